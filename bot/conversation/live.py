"""Telling whoever watches a conversation that something new was committed."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MOST_WATCHERS = 8
"""Of one conversation; when one more comes, the one that has watched longest ends."""
TYPING_S = 5.0
"""How long a sign of typing is believed."""


RESIDENT = "resident"
"""Who types where it is not a clerk."""


class News(asyncio.Event):
    """Set whenever there is news, or when watching has `ended`. The watcher clears it before it reads."""

    ended = False

    def end(self) -> None:
        """Have the watcher go."""
        self.ended = True
        self.set()


class Live:
    """In-process news by conversation. News carry nothing: watchers read the committed rows."""

    def __init__(self) -> None:
        self._watchers: dict[str, list[News]] = {}
        self._listeners: list[Callable[[str], None]] = []
        self._typing: dict[tuple[str, str], float] = {}
        self._closed = False

    def listen(self, listener: Callable[[str], None]) -> None:
        """Have `listener` called with the id of every conversation that has news. It must not wait."""
        self._listeners.append(listener)

    def type(self, conversation_id: str, who: str) -> None:
        """Somebody is typing: `resident` or a clerk's name. It is over by itself, and kept nowhere."""
        self._typing[conversation_id, who] = time.monotonic()
        self.publish(conversation_id)

    def who_types(self, conversation_id: str) -> list[str]:
        """Who is typing in the conversation."""
        oldest = time.monotonic() - TYPING_S
        for key in [key for key, at in self._typing.items() if at < oldest]:
            del self._typing[key]
        return [who for of, who in self._typing if of == conversation_id]

    def stop_typing(self, conversation_id: str, who: str) -> None:
        """What was typed has been said."""
        self._typing.pop((conversation_id, who), None)

    def publish(self, conversation_id: str) -> None:
        """Wake every watcher of the conversation."""
        for listener in self._listeners:
            listener(conversation_id)
        for news in self._watchers.get(conversation_id, ()):
            news.set()

    @contextmanager
    def watch(self, conversation_id: str) -> Iterator[News]:
        """News of the conversation, until they have ended."""
        news = News()
        watchers = self._watchers.setdefault(conversation_id, [])
        watchers.append(news)
        if len(watchers) > MOST_WATCHERS:
            watchers.pop(0).end()
        if self._closed:
            news.end()
        try:
            yield news
        finally:
            if news in watchers:
                watchers.remove(news)
            if not watchers and self._watchers.get(conversation_id) is watchers:
                del self._watchers[conversation_id]

    def close(self) -> None:
        """End all watching, present and future."""
        self._closed = True
        for watchers in self._watchers.values():
            for news in watchers:
                news.end()

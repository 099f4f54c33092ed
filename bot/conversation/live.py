"""Telling whoever watches a conversation that something new was committed."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

MOST_WATCHERS = 8
"""Of one conversation; when one more comes, the one that has watched longest ends."""


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
        self._closed = False

    def publish(self, conversation_id: str) -> None:
        """Wake every watcher of the conversation."""
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

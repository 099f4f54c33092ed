"""Telling whoever watches a conversation that something new was committed."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Live:
    """In-process news by conversation. News carry nothing: watchers read the committed rows."""

    def __init__(self) -> None:
        self._watchers: dict[str, set[asyncio.Event]] = defaultdict(set)

    def publish(self, conversation_id: str) -> None:
        """Wake every watcher of the conversation."""
        for event in self._watchers.get(conversation_id, ()):
            event.set()

    @contextmanager
    def watch(self, conversation_id: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever there is news; the watcher clears it before it reads."""
        event = asyncio.Event()
        self._watchers[conversation_id].add(event)
        try:
            yield event
        finally:
            watchers = self._watchers[conversation_id]
            watchers.discard(event)
            if not watchers:
                del self._watchers[conversation_id]

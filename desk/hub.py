"""News for the desks: what is said in the conversation each is looking at, who types, who looks on, and that the
queue changed. News of one moment are read once, however many desks are open."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.live import Live
from bot.conversation.models import Conversation, Handoff, HeldReply
from bot.conversation.news import Position, end_of, news_after
from cases.models import Case
from desk.rights import DeskClerk
from desk.thread import entry_of
from desk.views import Entry
from records.database import DATABASE_OUTAGES, Sessions

logger = logging.getLogger(__name__)

MOST_KEPT = 500
"""News kept for a desk that does not read them; then it is told to look at everything again."""
GATHERED_S = 0.05
"""Seconds for which news are gathered before they are read: one message alone wakes three times."""
PAUSE_S = 1.0
PAUSE_A_DESK_S = 0.04
"""Seconds between telling one desk of the queue and the next: with fifty desks each hears every two seconds."""


Shown = tuple[object, ...]
"""What the queue shows of a conversation, to see whether it changed."""


@dataclass(frozen=True)
class News:
    """One piece of news: `kind` is queue, thread, typing or viewers."""

    kind: str
    conversation_id: str = ""
    handoff_id: int = 0
    entries: tuple[Entry, ...] = ()
    who: str = ""
    names: tuple[str, ...] = ()


@dataclass(eq=False)
class Desk:
    """One open page of a clerk, and the handoff it shows."""

    clerk: DeskClerk
    news: asyncio.Queue[News] = field(default_factory=lambda: asyncio.Queue(MOST_KEPT))
    handoff_id: int | None = None
    conversation_id: str | None = None
    position: Position = field(default_factory=Position)

    def tell(self, news: News) -> None:
        """Put news in the desk's queue. Where that is full, all of it gives way to: look again."""
        try:
            self.news.put_nowait(news)
        except asyncio.QueueFull:
            while not self.news.empty():
                self.news.get_nowait()
            self.news.put_nowait(News("queue"))


class Hub:
    """All open desks of this process."""

    def __init__(self, sessions: Sessions, live: Live) -> None:
        self._sessions, self._live = sessions, live
        self._desks: set[Desk] = set()
        self._changed: set[str] = set()
        self._shown: dict[str, Shown] = {}
        self._woken = asyncio.Event()
        self._queue_changed = self._queue_due = False
        self._telling: asyncio.Task[None] | None = None
        self.version = 0
        """Goes up before the desks are told that the queue changed: what was read of it before is old."""
        live.listen(self._heard)

    @contextmanager
    def open(self, clerk: DeskClerk) -> Iterator[Desk]:
        """A desk that gets news until it is closed."""
        desk = Desk(clerk)
        self._desks.add(desk)
        try:
            yield desk
        finally:
            self._desks.discard(desk)
            if desk.handoff_id is not None:
                self._tell_viewers(desk.handoff_id)

    async def look_at(self, clerk_id: str, handoff_id: int | None, conversation_id: str | None) -> None:
        """The clerk's desks show that handoff from now on, or none."""
        position = Position()
        if conversation_id is not None:
            async with self._sessions() as session:
                position = await end_of(session, conversation_id)
        for desk in self._desks:
            if desk.clerk.id != clerk_id:
                continue
            left = desk.handoff_id
            desk.handoff_id, desk.conversation_id, desk.position = handoff_id, conversation_id, position
            if left is not None and left != handoff_id:
                self._tell_viewers(left)
        if handoff_id is not None:
            self._tell_viewers(handoff_id)

    def viewers(self) -> dict[int, list[str]]:
        """Who looks at which handoff, by its number."""
        seen: dict[int, dict[str, str]] = {}
        for desk in self._desks:
            if desk.handoff_id is not None:
                seen.setdefault(desk.handoff_id, {})[desk.clerk.id] = desk.clerk.name
        return {handoff_id: sorted(names.values()) for handoff_id, names in seen.items()}

    def queue_changed(self) -> None:
        """Something in the queue changed that no conversation has news of."""
        self.version += 1
        self._queue_changed = True
        self._woken.set()

    async def run(self) -> None:
        """Carry news to the desks, for ever."""
        while True:
            await self._woken.wait()
            await asyncio.sleep(GATHERED_S)
            self._woken.clear()
            changed, self._changed = self._changed, set()
            queue, self._queue_changed = self._queue_changed, False
            try:
                if changed and self._desks and await self._carry(changed):
                    queue = True
                if queue:
                    self._tell_of_the_queue()
            except DATABASE_OUTAGES as error:
                logger.warning("the desks wait for news: %s", type(error).__name__)
                self._changed |= changed
                self._woken.set()
                await asyncio.sleep(PAUSE_S)

    def end(self) -> None:
        """Tell nothing more."""
        if self._telling is not None:
            self._telling.cancel()

    def _tell_of_the_queue(self) -> None:
        """Tell all desks to look at the queue, one after the other: if all asked at once, whoever talks would wait."""
        self._queue_due = True
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell_in_time())

    async def _tell_in_time(self) -> None:
        while self._queue_due:
            self._queue_due = False
            self.version += 1
            for desk in list(self._desks):
                desk.tell(News("queue"))
                await asyncio.sleep(PAUSE_A_DESK_S)

    def _heard(self, conversation_id: str) -> None:
        if self._desks:
            self._changed.add(conversation_id)
            self._woken.set()
        else:
            self.version += 1

    async def _carry(self, changed: set[str]) -> bool:
        """Tell the desks that look at those conversations. True where the queue shows one otherwise than before."""
        async with self._sessions() as session:
            for conversation_id in changed:
                looking = [desk for desk in self._desks if desk.conversation_id == conversation_id]
                if not looking:
                    continue
                said = await news_after(session, conversation_id, min((d.position for d in looking), key=_place))
                for desk in looking:
                    new = [each for each in said if desk.position.past(each) != desk.position]
                    for each in new:
                        desk.position = desk.position.past(each)
                    if new:
                        entries = tuple(entry_of(each) for each in new)
                        desk.tell(News("thread", conversation_id, entries=entries))
                    for who in self._live.who_types(conversation_id):
                        if who != desk.clerk.name:
                            desk.tell(News("typing", conversation_id, who=who))
            now_shown = await _shown(session, changed)
        before = {name: self._shown.pop(name) for name in changed if name in self._shown}
        self._shown |= now_shown
        return before != now_shown

    def _tell_viewers(self, handoff_id: int) -> None:
        names = tuple(self.viewers().get(handoff_id, []))
        for desk in self._desks:
            desk.tell(News("viewers", handoff_id=handoff_id, names=names))


@asynccontextmanager
async def carrying(hub: Hub) -> AsyncIterator[None]:
    """The hub at work meanwhile."""
    task = asyncio.create_task(hub.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        hub.end()


async def _shown(session: AsyncSession, conversations: Collection[str]) -> dict[str, Shown]:
    """What the queue shows of those conversations: their open handoff, what is held back, the newest case."""
    found: dict[str, list[object]] = {}
    rows = select(
        Handoff.conversation_id, Handoff.stage, Handoff.clerk_id, Handoff.urgency, Handoff.window, Handoff.offered_to,
        Handoff.waiting_since, Handoff.unanswered_since, Handoff.meet_at,
    ).where(Handoff.closed_at.is_(None), Handoff.conversation_id.in_(conversations))  # fmt: skip
    held = (
        select(HeldReply.conversation_id, func.max(HeldReply.id))
        .where(HeldReply.decided_at.is_(None), HeldReply.conversation_id.in_(conversations))
        .group_by(HeldReply.conversation_id)
    )
    cases = (
        select(Conversation.id, func.max(Case.received_at))
        .join(Case, Case.resident_id == Conversation.resident_id)
        .where(Conversation.id.in_(conversations), Case.number.is_not(None))
        .group_by(Conversation.id)
    )
    for wanted in (rows, held, cases):
        for conversation_id, *shown in await session.execute(wanted):
            found.setdefault(conversation_id, []).extend(shown)
    return {conversation_id: tuple(shown) for conversation_id, shown in found.items()}


def _place(position: Position) -> tuple[int, int]:
    return position.reply, position.message

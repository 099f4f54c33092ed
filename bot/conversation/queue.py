"""The queue of those who wait for a clerk: its order, who is asked first, and an honest guess of how long it takes."""

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import duty
from bot.conversation.duty import EVERY_WINDOW, Colleague
from bot.conversation.handoffs import Stage
from bot.conversation.models import Handoff

LOOKED_BACK = 50
"""How many of the last talks the guess rests on."""
FEWEST_TALKS = 5
"""With fewer there is no guess."""
ROUNDED_TO_MIN = 5
LONG_MIN = 30
"""From this guess on the office is overloaded, and a call is offered."""


@dataclass(frozen=True)
class Place:
    """How many wait before this one, how many clerks could take it now, and the guess in minutes where there is one."""

    ahead: int
    clerks: int
    minutes: int | None

    @property
    def is_long(self) -> bool:
        """Whether so many wait that another way may be better."""
        if self.minutes is not None:
            return self.minutes > LONG_MIN
        return self.ahead >= 5 * max(self.clerks, 1)


async def place_of(session: AsyncSession, handoff: Handoff, restricted: frozenset[str]) -> Place:
    """Where a waiting handoff stands in the queue of those who could take it."""
    able = [c for c in await duty.who_is_there(session) if c.may_take(handoff.window, handoff.department, restricted)]
    before = or_(
        Handoff.urgency > handoff.urgency,
        and_(Handoff.urgency == handoff.urgency, Handoff.waiting_since < handoff.waiting_since),
    )
    waiting = select(func.count()).where(
        Handoff.closed_at.is_(None), Handoff.stage == Stage.WAITING.value, Handoff.id != handoff.id, before
    )
    if able and not any(EVERY_WINDOW in clerk.windows for clerk in able) and handoff.window is not None:
        waiting = waiting.where(or_(Handoff.window == handoff.window, Handoff.window.is_(None)))
    ahead = await session.scalar(waiting) or 0
    return Place(ahead, len(able), await _guess(session, ahead, able))


async def offer(session: AsyncSession, handoff: Handoff, restricted: frozenset[str]) -> str | None:
    """Show a waiting handoff first to the clerk who can take it and has least to do; gives the clerk's id.

    Others may still take it. None where nobody who can has room. Takes effect with the session's commit.
    """
    busy = await duty.load(session)
    able = [
        clerk
        for clerk in await duty.who_is_there(session)
        if clerk.may_take(handoff.window, handoff.department, restricted)
        and busy.get(clerk.clerk_id, 0) < clerk.at_once
    ]
    if not any(clerk.clerk_id == handoff.offered_to for clerk in able):
        handoff.offered_to = None if not able else min(able, key=lambda c: _fitness(c, handoff, busy)).clerk_id
    return handoff.offered_to


def _fitness(clerk: Colleague, handoff: Handoff, busy: dict[str, int]) -> tuple[int, bool]:
    """Least to do first, then whose own window it is."""
    return busy.get(clerk.clerk_id, 0), handoff.window not in clerk.windows


async def _guess(session: AsyncSession, ahead: int, able: list[Colleague]) -> int | None:
    if not able:
        return None
    talks = [
        (closed_at - claimed_at).total_seconds() / 60
        for claimed_at, closed_at in await session.execute(_last_talks())
        if claimed_at is not None and closed_at is not None
    ]
    if len(talks) < FEWEST_TALKS:
        return None
    minutes: float = (ahead + 1) * median(talks) / len(able)
    return max(ROUNDED_TO_MIN, round(minutes / ROUNDED_TO_MIN) * ROUNDED_TO_MIN)


def _last_talks() -> Select[datetime | None, datetime | None]:
    return (
        select(Handoff.claimed_at, Handoff.closed_at)
        .where(Handoff.closed_at.is_not(None), Handoff.claimed_at.is_not(None))
        .order_by(Handoff.closed_at.desc())
        .limit(LOOKED_BACK)
    )

"""Which clerks are there to talk: they come, are seen, and go."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.models import Handoff, OnDuty
from records.base import now

GONE_AFTER = timedelta(seconds=90)
"""A desk shows that it is there every 20 seconds; who misses that several times is not there."""
EVERY_WINDOW = "*"


@dataclass(frozen=True)
class Colleague:
    """A clerk as the conversation knows them. `restricted` departments are taken only by those who list them."""

    clerk_id: str
    name: str
    windows: Sequence[str]
    departments: Sequence[str]
    at_once: int = 5

    def may_take(self, window: str | None, department: str | None, restricted: Collection[str]) -> bool:
        """Whether a handoff of that window and department is theirs to take."""
        return takes(self.windows, self.departments, window, department, restricted)


def takes(
    windows: Collection[str],
    departments: Collection[str],
    window: str | None,
    department: str | None,
    restricted: Collection[str],
) -> bool:
    """Whether somebody with those windows and restricted departments works on what is of that window and department.

    What nobody knows the item of is general, and goes to whoever works at a general window (无差别受理).
    """
    if department is not None and department in restricted:
        return department in departments
    if window is None:
        return bool(windows)
    return EVERY_WINDOW in windows or window in windows


async def be_there(session: AsyncSession, colleague: Colleague) -> None:
    """Note that a clerk is on duty, now or still, with the session's commit."""
    row = await session.get(OnDuty, colleague.clerk_id)
    if row is None:
        row = OnDuty(clerk_id=colleague.clerk_id)
        session.add(row)
    row.name, row.at_once = colleague.name, colleague.at_once
    row.windows, row.departments = list(colleague.windows), list(colleague.departments)
    row.seen_at = now()


async def leave(session: AsyncSession, clerk_id: str) -> None:
    """Note that a clerk is on duty no longer, with the session's commit."""
    await session.execute(delete(OnDuty).where(OnDuty.clerk_id == clerk_id))


async def is_there(session: AsyncSession, clerk_id: str) -> bool:
    """Whether a clerk is on duty and was seen lately."""
    there = select(OnDuty.clerk_id).where(OnDuty.clerk_id == clerk_id, OnDuty.seen_at > now() - GONE_AFTER)
    return await session.scalar(there) is not None


async def who_is_there(session: AsyncSession) -> list[Colleague]:
    """The clerks on duty, who came first before the others."""
    there = select(OnDuty).where(OnDuty.seen_at > now() - GONE_AFTER).order_by(OnDuty.since)
    return [
        Colleague(row.clerk_id, row.name, tuple(row.windows), tuple(row.departments), row.at_once)
        for row in await session.scalars(there)
    ]


async def load(session: AsyncSession) -> dict[str, int]:
    """How many conversations each clerk is in, by the clerk's id."""
    mine = (
        select(Handoff.clerk_id, func.count())
        .where(Handoff.closed_at.is_(None), Handoff.clerk_id.is_not(None))
        .group_by(Handoff.clerk_id)
    )
    return {clerk_id: count for clerk_id, count in await session.execute(mine) if clerk_id is not None}

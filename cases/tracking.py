"""Finding a case by its number and the last four digits of a phone given in it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case, CaseEvent
from cases.states import Status
from cases.submission import phone_index


@dataclass(frozen=True)
class Reached:
    """A status a case has reached, and when."""

    status: Status
    at: datetime


async def find_by_number(session: AsyncSession, number: str, last_four: str) -> Case | None:
    """The case, or None if the two do not belong together; which of them is wrong is not told."""
    key = phone_index(last_four)
    wanted = select(Case).where(Case.number == number, or_(Case.phone_index == key, Case.proxy_phone_index == key))
    return (await session.scalars(wanted)).one_or_none()


async def own_cases(session: AsyncSession, resident_id: str, limit: int = 5) -> list[Case]:
    """The resident's own filed cases, newest first."""
    wanted = (
        select(Case)
        .where(Case.resident_id == resident_id, Case.number.is_not(None))
        .order_by(Case.received_at.desc())
        .limit(limit)
    )
    return list(await session.scalars(wanted))


async def reached(session: AsyncSession, case: Case) -> list[Reached]:
    """Every status the case has been in, in order."""
    events = (
        select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.to_status.is_not(None)).order_by(CaseEvent.id)
    )
    return [Reached(Status(event.to_status), event.at) for event in await session.scalars(events) if event.to_status]

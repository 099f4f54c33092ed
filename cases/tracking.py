"""Finding a case by its number and the last four digits of a phone given in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case, CaseEvent, TrackingAttempts
from cases.states import Status
from cases.submission import phone_index
from records.base import now
from records.encryption import blind_index

MAX_FAILURES_OF_A_NUMBER = 10
"""Wrong digits for one number, by whomever, after which it is locked."""
LOCKED_FOR = timedelta(hours=24)
"""How long after the last failure a number's failures count."""

_NUMBER_INDEX = "case number asked for"


class NumberLocked(Exception):
    """Too many wrong digits were tried with this number; right ones do not open it now, either."""


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


async def look_up(session: AsyncSession, number: str, last_four: str, resident_id: str) -> Case | None:
    """The case for whoever asks, or None if the two do not belong together.

    Raises NumberLocked after too many failures, which count whether the number exists or not. The case's own
    resident is never locked out.
    """
    case = await find_by_number(session, number, last_four)
    if case is not None and case.resident_id == resident_id:
        return case
    index = blind_index(number, _NUMBER_INDEX)
    if not await _claim_attempt(session, index):
        raise NumberLocked
    if case is not None:
        mine = update(TrackingAttempts).where(TrackingAttempts.number_index == index)
        await session.execute(mine.values(failures=TrackingAttempts.failures - 1))
    return case


async def _claim_attempt(session: AsyncSession, index: str) -> bool:
    """Count an attempt as failed before its outcome is told, so that attempts at once cannot pass the limit.

    False if none is left.
    """
    await session.execute(delete(TrackingAttempts).where(TrackingAttempts.last_failed_at < now() - LOCKED_FOR))
    insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    counted = (
        insert(TrackingAttempts)
        .values(number_index=index, failures=1, last_failed_at=now())
        .on_conflict_do_update(
            index_elements=["number_index"],
            set_={"failures": TrackingAttempts.failures + 1, "last_failed_at": now()},
            where=TrackingAttempts.failures < MAX_FAILURES_OF_A_NUMBER,
        )
        .returning(TrackingAttempts.failures)
    )
    return (await session.execute(counted)).scalar_one_or_none() is not None


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

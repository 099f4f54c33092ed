"""The hall's figures, counted in the database. No query decrypts anything or reads more than its period's rows.

Each query names the index that bounds it; the figures' meanings stand in `wording.yml` and docs/desk.md.
"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot.conversation import duty
from bot.conversation.handoffs import Stage
from bot.conversation.hours import Hours
from bot.conversation.models import Handoff, InboxMessage
from cases.models import OPEN_CASES, Case
from cases.terms import working_days
from cases.wording import day_in_china
from desk.supervision.china_time import ChinaHour, day_and_hour
from desk.supervision.periods import Period
from records.base import CHINA

FETCHED_AT_ONCE = 500

Columns = TypeVarTuple("Columns")


@dataclass(frozen=True)
class Now:
    """The hall at this moment. `longest` is how long the one who waits longest has waited."""

    waiting: int
    waiting_late: int
    longest: timedelta | None
    talking: int
    calls_owed: int
    visits: int
    clerks: int
    open_cases: int
    cases_late: int


@dataclass(frozen=True)
class Talks:
    """Conversations in which residents said something, and those of them that never had a clerk meanwhile."""

    all: int
    without_clerk: int


@dataclass(frozen=True)
class Handoffs:
    """Those opened in a period: why, and how long (in minutes) until a clerk's first words.

    The waits are those of handoffs opened while the office was open, `off_hours` how many were not; `late` counts
    waits beyond the limit, whether they ended or not.
    """

    by_reason: Mapping[str, int]
    first_response_min: tuple[float, ...]
    late: int
    in_hours: int
    off_hours: int

    @property
    def all(self) -> int:
        """How many were opened."""
        return sum(self.by_reason.values())


@dataclass(frozen=True)
class Ended:
    """Handoffs that ended in a period: minutes from claim to end where a clerk had them, and ratings from 1 to 5."""

    handling_min: tuple[float, ...]
    ratings: tuple[int, ...]


@dataclass(frozen=True)
class Decided:
    """Cases that ended in a period after they had been accepted: working days from acceptance, and how many in time."""

    working_days: tuple[int, ...]
    with_promise: int
    in_time: int


async def right_now(session: AsyncSession, at: datetime, wait_limit: timedelta) -> Now:
    """What waits and is late. Bounded by what is open: ix_handoffs_open, ix_cases_open."""
    stages = {
        stage: (count, oldest)
        for stage, count, oldest in await session.execute(
            select(Handoff.stage, func.count(), func.min(Handoff.waiting_since))
            .where(Handoff.closed_at.is_(None))
            .group_by(Handoff.stage)
        )
    }
    late = select(func.count()).where(
        Handoff.closed_at.is_(None), Handoff.stage == Stage.WAITING.value, Handoff.waiting_since < at - wait_limit
    )
    today = day_in_china(at)
    overdue = or_(Case.due_on < today, Case.act_by < today)
    open_cases, cases_late = (
        await session.execute(
            select(func.count(), func.count().filter(overdue)).where(text(OPEN_CASES)).select_from(Case)
        )
    ).one()
    waiting, oldest = stages.get(Stage.WAITING.value, (0, None))
    return Now(
        waiting=waiting,
        waiting_late=await session.scalar(late) or 0,
        longest=None if oldest is None else max(at - oldest, timedelta()),
        talking=_count(stages, Stage.TAKEN) + _count(stages, Stage.LENT),
        calls_owed=_count(stages, Stage.CALL),
        visits=_count(stages, Stage.VISIT),
        clerks=len(await duty.who_is_there(session)),
        open_cases=open_cases,
        cases_late=cases_late,
    )


def _count(stages: Mapping[str, tuple[int, datetime | None]], stage: Stage) -> int:
    return stages.get(stage.value, (0, None))[0]


async def asked_by_hour(session: AsyncSession, period: Period) -> dict[tuple[date, int], int]:
    """How many residents (threads) said something, by day and hour. ix_inbox_received_at covers it."""
    hour = ChinaHour(InboxMessage.received_at)
    rows = await session.execute(
        select(hour, func.count(InboxMessage.conversation_id.distinct()))
        .where(_within(InboxMessage.received_at, period))
        .group_by(hour)
    )
    return {day_and_hour(told): count for told, count in rows}


async def talks(session: AsyncSession, period: Period) -> Talks:
    """Who talked, and with whom. ix_inbox_received_at, and ix_handoffs_conversation_id for each thread found."""
    talked = select(InboxMessage.conversation_id).where(_within(InboxMessage.received_at, period)).distinct().subquery()
    with_clerk = exists().where(
        Handoff.conversation_id == talked.c.conversation_id,
        Handoff.opened_at < period.ends,
        or_(Handoff.closed_at.is_(None), Handoff.closed_at >= period.begins),
    )
    found = select(func.count(), func.count().filter(~with_clerk)).select_from(talked)
    return Talks(*(await session.execute(found)).one())


async def handoffs_opened(
    session: AsyncSession, period: Period, at: datetime, hours: Hours, wait_limit: timedelta
) -> Handoffs:
    """What was handed to clerks, seen from the moment `at`. ix_handoffs_opened_at."""
    wanted = select(Handoff.reason, Handoff.opened_at, Handoff.first_reply_at, Handoff.closed_at).where(
        _within(Handoff.opened_at, period)
    )
    shifts = {day: hours.on(day) for day in period.each_day}
    reasons: Counter[str] = Counter()
    responses: list[float] = []
    late = in_hours = 0
    async for reason, opened_at, first_reply_at, closed_at in _each(session, wanted):
        reasons[reason] += 1
        local = opened_at.astimezone(CHINA)
        if not any(shift.begins <= local.time() < shift.ends for shift in shifts[local.date()]):
            continue
        in_hours += 1
        late += (first_reply_at or closed_at or at) - opened_at > wait_limit
        if first_reply_at is not None:
            responses.append(_minutes(opened_at, first_reply_at))
    return Handoffs(dict(reasons), tuple(responses), late, in_hours, sum(reasons.values()) - in_hours)


async def handoffs_ended(session: AsyncSession, period: Period) -> Ended:
    """How long clerks had them, and how content residents were. ix_handoffs_closed_at."""
    handling, ratings = list[float](), list[int]()
    wanted = select(Handoff.claimed_at, Handoff.closed_at, Handoff.rating).where(_within(Handoff.closed_at, period))
    async for claimed_at, closed_at, rating in _each(session, wanted):
        if claimed_at is not None and closed_at is not None:
            handling.append(_minutes(claimed_at, closed_at))
        if rating is not None:
            ratings.append(rating)
    return Ended(tuple(handling), tuple(ratings))


async def cases_by_item(session: AsyncSession, period: Period) -> dict[str, int]:
    """How many cases were received, by item, most first. ix_cases_received_at."""
    rows = await session.execute(
        select(Case.item_id, func.count())
        .where(_within(Case.received_at, period))
        .group_by(Case.item_id)
        .order_by(func.count().desc(), Case.item_id)
    )
    return dict(rows.all())


async def cases_by_hour(session: AsyncSession, period: Period) -> dict[tuple[date, int], int]:
    """How many cases were received, by day and hour. ix_cases_received_at."""
    hour = ChinaHour(Case.received_at)
    rows = await session.execute(select(hour, func.count()).where(_within(Case.received_at, period)).group_by(hour))
    return {day_and_hour(told): count for told, count in rows}


async def cases_ended(session: AsyncSession, period: Period) -> Decided:
    """How long accepted cases took. ix_cases_ended_at."""
    took, promised, kept = list[int](), 0, 0
    wanted = select(Case.accepted_at, Case.ended_at, Case.due_on).where(
        _within(Case.ended_at, period), Case.accepted_at.is_not(None)
    )
    async for accepted_at, ended_at, due_on in _each(session, wanted):
        if accepted_at is None or ended_at is None:
            continue
        ended_on = day_in_china(ended_at)
        took.append(working_days(day_in_china(accepted_at), ended_on))
        if due_on is not None:
            promised += 1
            kept += ended_on <= due_on
    return Decided(tuple(took), promised, kept)


def by_hour_of_day(counts: Mapping[tuple[date, int], int]) -> list[int]:
    """The sums of the 24 hours over all days."""
    sums = [0] * 24
    for (_day, hour), count in counts.items():
        sums[hour] += count
    return sums


async def _each(session: AsyncSession, wanted: Select[*Columns]) -> AsyncIterator[tuple[*Columns]]:
    """The rows one by one, fetched some at a time: what residents and clerks ask meanwhile does not wait for all."""
    found = await session.stream(wanted, execution_options={"yield_per": FETCHED_AT_ONCE})
    async for rows in found.partitions():
        for row in rows:
            yield row


def _within(
    moment: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None], period: Period
) -> ColumnElement[bool]:
    return and_(moment >= period.begins, moment < period.ends)


def _minutes(begun: datetime, ended: datetime) -> float:
    return max((ended - begun).total_seconds(), 0.0) / 60

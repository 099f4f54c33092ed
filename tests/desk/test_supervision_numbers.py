"""The figures against small data counted by hand, in both databases."""

import itertools
import re
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.hours import Hours
from bot.conversation.models import Conversation, Handoff, InboxMessage, OnDuty
from cases.models import Case
from desk.supervision import numbers
from desk.supervision.figures import Hall, figures_of
from desk.supervision.periods import Period
from kyc.profile import create_resident
from records.base import CHINA, new_id, now
from records.database import Database

MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)
BOTH = Period(MONDAY, TUESDAY)
OPENING = Hours.read("工作日 9:00-17:00")
LIMIT = timedelta(minutes=5)
LATER = datetime(2026, 11, 25, tzinfo=UTC)


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=CHINA)


async def people(session: AsyncSession, number: int) -> list[str]:
    resident = await create_resident(session)
    await session.flush()
    threads = [Conversation(channel="web", channel_user=new_id(), resident_id=resident.id) for _ in range(number)]
    session.add_all(threads)
    await session.flush()
    return [thread.id for thread in threads]


def says(conversation: str, moment: datetime) -> InboxMessage:
    return InboxMessage(conversation_id=conversation, client_id=new_id(), body={}, received_at=moment)


def handoff(conversation: str, opened: datetime, **values: object) -> Handoff:
    minutes = {name: values.pop(name) for name in ("claimed", "replied", "closed") if name in values}
    moments = {
        {"claimed": "claimed_at", "replied": "first_reply_at", "closed": "closed_at"}[name]: opened
        + timedelta(minutes=after)
        for name, after in minutes.items()
        if isinstance(after, int | float)
    }
    told = {"stage": "waiting", "reason": "asked", "opened_at": opened, "waiting_since": opened, **moments, **values}
    return Handoff(conversation_id=conversation, **told)


async def case(
    session: AsyncSession, received: datetime | None, item: str = "gaoling-jintie", **values: object
) -> Case:
    resident = await create_resident(session)
    await session.flush()
    status = "draft" if received is None else "received"
    row = Case(resident_id=resident.id, item_id=item, received_at=received, **{"status": status, **values})
    session.add(row)
    return row


async def test_residents_are_counted_once_an_hour_by_the_clock_of_china(database: Database) -> None:
    async with database.session() as session:
        wang, li = await people(session, 2)
        session.add_all(
            [
                says(wang, at(MONDAY, 10, 0)),
                says(wang, at(MONDAY, 10, 59, 59)),
                says(li, at(MONDAY, 10, 30)),
                says(wang, at(MONDAY, 11, 0)),
                says(li, at(TUESDAY, 0, 0)),  # still Monday in UTC
                says(li, at(TUESDAY, 23, 59, 59)),
                says(li, at(TUESDAY + timedelta(days=1), 0, 0)),
                says(li, at(MONDAY, 0, 0) - timedelta(seconds=1)),
            ]
        )
        await session.commit()
        counted = await numbers.asked_by_hour(session, BOTH)
    assert counted == {(MONDAY, 10): 2, (MONDAY, 11): 1, (TUESDAY, 0): 1, (TUESDAY, 23): 1}
    assert numbers.by_hour_of_day(counted)[10] == 2


async def test_the_bot_settled_a_talk_alone_where_no_handoff_touched_the_period(database: Database) -> None:
    async with database.session() as session:
        alone, helped, before, after, silent, still = await people(session, 6)
        session.add_all(says(each, at(MONDAY, 10)) for each in (alone, alone, helped, before, after, still))
        session.add_all(
            [
                handoff(helped, at(MONDAY, 10), closed=5),
                handoff(before, at(MONDAY, 0) - timedelta(days=2), closed=60),
                handoff(after, at(TUESDAY, 0) + timedelta(days=1), closed=60),
                handoff(silent, at(MONDAY, 9), closed=60),
                handoff(still, at(MONDAY, 0) - timedelta(days=9)),
            ]
        )
        await session.commit()
        talks = await numbers.talks(session, BOTH)
        nothing = await numbers.talks(session, Period(date(2020, 1, 1), date(2020, 1, 2)))
    assert (talks.all, talks.without_clerk) == (5, 3)
    assert (nothing.all, nothing.without_clerk) == (0, 0)


async def test_waits_are_those_of_office_hours_and_reasons_those_of_all(database: Database) -> None:
    async with database.session() as session:
        threads = await people(session, 6)
        rows = [
            handoff(threads[0], at(MONDAY, 10), replied=2, closed=9),
            handoff(threads[1], at(MONDAY, 10), replied=7, closed=9, reason="misses"),
            handoff(threads[2], at(MONDAY, 10), closed=4, outcome="bot_again"),
            handoff(threads[3], at(TUESDAY, 16, 59), reason="complaint"),
            handoff(threads[4], at(TUESDAY, 17, 0), replied=900, closed=990),
            handoff(threads[5], at(TUESDAY + timedelta(days=1), 10), replied=1, closed=2),
        ]
        session.add_all(rows)
        await session.commit()
        found = await numbers.handoffs_opened(session, BOTH, LATER, OPENING, LIMIT)
        soon = await numbers.handoffs_opened(session, BOTH, at(TUESDAY, 17, 1), OPENING, LIMIT)
    assert found.by_reason == {"asked": 3, "misses": 1, "complaint": 1}
    assert (found.all, found.in_hours, found.off_hours) == (5, 4, 1)
    assert sorted(found.first_response_min) == [2, 7]
    assert (found.late, soon.late) == (2, 1)  # who waits since 16:59 was not late at 17:01


async def test_handling_and_ratings_are_those_of_what_ended(database: Database) -> None:
    async with database.session() as session:
        threads = await people(session, 5)
        rows = [
            handoff(threads[0], at(MONDAY, 0) - timedelta(minutes=30), claimed=10, closed=45, rating=5),
            handoff(threads[1], at(MONDAY, 10), claimed=1, closed=11, rating=2),
            handoff(threads[2], at(MONDAY, 10), closed=4),
            handoff(threads[3], at(TUESDAY, 23, 59), claimed=0, closed=2, rating=1),
            handoff(threads[4], at(TUESDAY, 10), claimed=1),
        ]
        session.add_all(rows)
        await session.commit()
        ended = await numbers.handoffs_ended(session, BOTH)
    assert sorted(ended.handling_min) == [10, 35]
    assert sorted(ended.ratings) == [2, 5]


async def test_cases_are_counted_when_they_were_received_and_drafts_never(database: Database) -> None:
    async with database.session() as session:
        await case(session, at(MONDAY, 9, 30))
        await case(session, at(TUESDAY, 9, 0), status="done")
        await case(session, at(TUESDAY, 14, 0), item="canji-zheng-shenling")
        await case(session, None)
        await case(session, at(TUESDAY, 0) + timedelta(days=1))
        await session.commit()
        by_item, by_hour = await numbers.cases_by_item(session, BOTH), await numbers.cases_by_hour(session, BOTH)
    assert list(by_item.items()) == [("gaoling-jintie", 2), ("canji-zheng-shenling", 1)]
    assert by_hour == {(MONDAY, 9): 1, (TUESDAY, 9): 1, (TUESDAY, 14): 1}


async def test_terms_count_working_days_from_acceptance(database: Database) -> None:
    friday = MONDAY - timedelta(days=3)
    async with database.session() as session:
        await case(
            session, at(friday, 9), status="done", accepted_at=at(friday, 10), ended_at=at(MONDAY, 11), due_on=MONDAY
        )
        await case(
            session, at(friday, 9), status="done", accepted_at=at(MONDAY, 9), ended_at=at(TUESDAY, 9), due_on=MONDAY
        )
        await case(session, at(friday, 9), status="refused", ended_at=at(MONDAY, 9))
        await case(
            session, at(friday, 9), status="done", accepted_at=at(friday, 9), ended_at=at(friday, 10), due_on=friday
        )
        await case(session, at(MONDAY, 9), status="done", accepted_at=at(MONDAY, 9), ended_at=at(MONDAY, 10))
        await session.commit()
        decided = await numbers.cases_ended(session, BOTH)
    assert sorted(decided.working_days) == [0, 1, 1]
    assert (decided.with_promise, decided.in_time) == (2, 1)


async def test_the_present_is_what_is_open(database: Database) -> None:
    moment = now()
    today, day = moment.astimezone(CHINA).date(), timedelta(days=1)
    async with database.session() as session:
        empty = await numbers.right_now(session, moment, LIMIT)
        threads = await people(session, 6)
        session.add_all(
            [
                handoff(threads[0], moment - timedelta(hours=2), waiting_since=moment - timedelta(minutes=7)),
                handoff(threads[1], moment - timedelta(minutes=4)),
                handoff(threads[2], moment - timedelta(minutes=40), stage="taken"),
                handoff(threads[3], moment - timedelta(minutes=40), stage="call"),
                handoff(threads[4], moment - timedelta(minutes=40), stage="visit"),
                handoff(threads[5], moment - timedelta(minutes=40), stage="waiting", closed=3),
                *(
                    OnDuty(clerk_id=name, name=name, windows=["*"], departments=[], at_once=5, seen_at=seen)
                    for name, seen in (("here", moment), ("gone", moment - timedelta(hours=1)))
                ),
            ]
        )
        await case(session, moment, act_by=today)
        await case(session, moment, act_by=today - day)
        await case(session, moment, status="review", due_on=today - day)
        await case(session, moment, status="done", due_on=today - day)
        await case(session, None)
        await session.commit()
        present = await numbers.right_now(session, moment, LIMIT)
    assert (empty.waiting, empty.longest, empty.clerks, empty.open_cases) == (0, None, 0, 0)
    assert (present.waiting, present.waiting_late, present.longest) == (2, 1, timedelta(minutes=7))
    assert (present.talking, present.calls_owed, present.visits, present.clerks) == (1, 1, 1, 1)
    assert (present.open_cases, present.cases_late) == (3, 2)


async def test_the_sums_of_every_period_agree_and_its_parts_add_up(sqlite_database: Database) -> None:
    chance, days = Random(11), [MONDAY + timedelta(days=after) for after in range(6)]

    def moment() -> datetime:
        return at(chance.choice(days), chance.randrange(24), chance.randrange(60), chance.randrange(60))

    async with sqlite_database.session() as session:
        threads = await people(session, 8)
        session.add_all(says(chance.choice(threads), moment()) for _ in range(120))
        session.add_all(
            handoff(
                thread, moment(), reason=chance.choice(["asked", "misses"]), claimed=1, closed=chance.randrange(2000)
            )
            for thread in threads * 5
        )
        for _ in range(40):
            await case(session, moment(), item=chance.choice(["gaoling-jintie", "canji-zheng-shenling"]))
        await session.commit()
        counts: dict[tuple[date, date], tuple[int, ...]] = {}
        for first, last in itertools.combinations_with_replacement(days, 2):
            period = Period(first, last)
            opened = await numbers.handoffs_opened(session, period, LATER, OPENING, LIMIT)
            by_item, by_hour = (
                await numbers.cases_by_item(session, period),
                await numbers.cases_by_hour(session, period),
            )
            asked, talks = await numbers.asked_by_hour(session, period), await numbers.talks(session, period)
            ended = await numbers.handoffs_ended(session, period)
            assert sum(by_item.values()) == sum(by_hour.values())
            assert opened.in_hours + opened.off_hours == opened.all >= len(opened.first_response_min)
            assert sum(asked.values()) == sum(numbers.by_hour_of_day(asked)) >= talks.all >= talks.without_clerk
            counts[first, last] = sum(by_item.values()), opened.all, sum(asked.values()), len(ended.handling_min)
    assert counts[days[0], days[-1]][0] == 40 and counts[days[0], days[-1]][1] == 40
    for (first, last), whole in counts.items():
        parts = [counts[day, day] for day in days if first <= day <= last]
        assert whole == tuple(sum(each) for each in zip(*parts, strict=True))


async def test_every_figure_of_a_period_is_found_by_an_index(sqlite_database: Database) -> None:
    asked: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        asked.append((statement, parameters))

    engine = sqlite_database.engine.sync_engine
    async with sqlite_database.session() as session:
        event.listen(engine, "before_cursor_execute", note)
        await figures_of(session, BOTH, LATER, Hall({}, OPENING, LIMIT))
        await numbers.right_now(session, LATER, LIMIT)
        event.remove(engine, "before_cursor_execute", note)
        connection = await session.connection()
        plans = {
            statement: [
                row[-1] for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            ]
            for statement, parameters in asked
        }
    assert len(plans) >= 10
    whole_tables = [
        (line, statement)
        for statement, lines in plans.items()
        for line in lines
        if re.match(r"SCAN (inbox|handoffs|cases)\b(?! USING (COVERING )?INDEX ix_(handoffs|cases)_open)", line)
    ]
    assert whole_tables == []

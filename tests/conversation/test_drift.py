"""Messages counted by week, and the week in which more than usual is not understood."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from bot.conversation.drift import Confusion, Understanding, count, report, stands_out
from bot.conversation.lessons import How, keep, week_of
from bot.conversation.models import UnderstandingCount
from bot.conversation.state import Guess
from records.base import now
from records.database import Database

AT_ONCE = 24


def numbers(understood: int, missed: int) -> Counter[Understanding]:
    return Counter({Understanding.UNDERSTOOD: understood, Understanding.MISSED: missed})


async def _week_ago(database: Database, weeks: int) -> None:
    async with database.session() as session:
        before = week_of(now()) - timedelta(weeks=weeks)
        await session.execute(
            update(UnderstandingCount).where(UnderstandingCount.week == week_of(now())).values(week=before)
        )
        await session.commit()


async def _said(database: Database, *outcomes: Understanding) -> None:
    async with database.session() as session:
        await count(session, uuid4().hex, outcomes)
        await session.commit()


async def test_no_message_is_lost_where_many_turns_end_at_once(database: Database) -> None:
    await asyncio.gather(
        *(
            _said(database, Understanding.UNDERSTOOD, Understanding.CORRECTED, Understanding.UNDERSTOOD)
            for _ in range(AT_ONCE)
        ),
        *(_said(database, Understanding.CORRECTED, Understanding.MISSED) for _ in range(AT_ONCE)),
        *(_said(database) for _ in range(AT_ONCE)),
    )
    async with database.session() as session:
        (week,) = await report(session, 12, 5)
    assert week.numbers == {
        Understanding.UNDERSTOOD: 2 * AT_ONCE, Understanding.CORRECTED: 2 * AT_ONCE, Understanding.MISSED: AT_ONCE,
    }  # fmt: skip
    assert week.messages == 3 * AT_ONCE
    assert week.share(Understanding.MISSED) == 1 / 3


async def test_a_week_without_a_word_stands_in_the_report_and_those_before_the_first_do_not(database: Database) -> None:
    await _said(database, *[Understanding.UNDERSTOOD] * 95, *[Understanding.MISSED] * 5)
    await _week_ago(database, 3)
    await _said(database, *[Understanding.UNDERSTOOD] * 60, *[Understanding.MISSED] * 20)
    async with database.session() as session:
        weeks = await report(session, 12, 5)
        latest = await report(session, 1, 5)
    assert [week.messages for week in weeks] == [100, 0, 0, 80]
    assert [week.stands_out for week in weeks] == [False, False, False, True]
    assert latest == weeks[-1:], "earlier weeks count, shown or not"


async def test_the_commonest_confusions_come_first_and_what_nobody_explained_is_none(database: Database) -> None:
    guessed = Guess(text="那个", intent="apply", confidence=0.9, items={"b": 0.2, "a": 0.7}, how="understood")
    none = guessed.model_copy(update={"items": {}})
    async with database.session() as session:
        keep(session, guessed, How.CORRECTED, "c", "apply")
        keep(session, guessed, How.CHOSEN, "b", "apply")
        keep(session, guessed, How.CLERK, "b", "apply")
        keep(session, guessed, How.CHOSEN, None, None)
        keep(session, guessed, How.CHOSEN, "a", "apply")
        keep(session, guessed, How.MISSED)
        keep(session, none, How.REWORDED, "b", "apply")
        await count(session, "c", [Understanding.ASKED])
        await session.commit()
        (week,) = await report(session, 2, 2)
    assert week.confusions[0] == Confusion("a", "b", 2)
    assert len(week.confusions) == 2 and week.confusions[1].number == 1


async def test_where_nobody_ever_talked_this_week_is_all_there_is(sqlite_database: Database) -> None:
    async with sqlite_database.session() as session:
        weeks = await report(session, 12, 5)
    assert [week.messages for week in weeks][-1] == 0
    assert not any(week.stands_out for week in weeks)


def test_a_week_stands_out_only_beyond_what_chance_explains() -> None:
    before = [numbers(95, 5), numbers(94, 6), numbers(96, 4)]
    assert not stands_out(numbers(93, 7), before)
    assert stands_out(numbers(85, 15), before)
    assert not stands_out(numbers(5, 5), before), "ten messages say nothing"
    assert not stands_out(numbers(50, 50), []), "there is nothing to compare with"
    assert not stands_out(numbers(100, 0), before)


@given(
    st.integers(0, 500), st.integers(0, 500), st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=6)
)
def test_no_week_stands_out_that_missed_no_more_than_those_before(
    understood: int, missed: int, before: list[tuple[int, int]]
) -> None:
    weeks = [numbers(*each) for each in before]
    total, missed_before = sum(sum(each) for each in before), sum(each[1] for each in before)
    if stands_out(numbers(understood, missed), weeks):
        assert missed * total > missed_before * (understood + missed)

"""A call is had by one clerk and one browser, and a handoff has at most one."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from bot.conversation import handoffs
from bot.conversation.erasure import erase_talk
from bot.conversation.handoffs import Outcome
from bot.conversation.models import Handoff
from bot.conversation.wording import phrases
from cases.models import CaseEvent
from desk.models import DeskLog
from desk.video import calls, confirmations, room
from desk.video.calls import CallFault, CallRefused, EndedBy, LinkFault, LinkRefused
from desk.video.confirmations import MOST_ASKED, Answer, AnswerRefused, AskRefused, Kind
from desk.video.models import VideoCall, VideoConfirmation
from desk.wording import said
from records.base import now
from records.database import Database
from services_catalog.loader import Catalog
from tests.desk.video_hall import LI, OTHER_ITEM, WANG, taken_by
from tests.support.people import draft_of


async def _fault(attempt: Awaitable[object]) -> CallFault | LinkFault | None:
    try:
        await attempt
    except (CallRefused, LinkRefused) as refused:
        return refused.fault
    return None


async def test_a_call_is_begun_by_the_clerk_who_has_the_word_for_an_item_done_by_video(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with sqlite_database.session() as session:
        handoff = await taken_by(session, WANG.id)
        call, token = await calls.begin(session, handoff, WANG, catalog)
        await session.commit()
        assert (await calls.of_link(session, token, None)).id == call.id
        assert token not in str(vars(call)), "only a keyed hash of the link is kept"
        assert await _fault(calls.begin(session, handoff, LI, catalog)) is CallFault.NOT_YOURS
        for item_id in (OTHER_ITEM, "no-such-item", None):
            other = await taken_by(session, WANG.id, item_id)
            assert await _fault(calls.begin(session, other, WANG, catalog)) is CallFault.NO_VIDEO
        acts = await session.scalars(select(DeskLog.act))
        assert list(acts) == ["video_begun"]


async def test_of_any_number_of_browsers_one_takes_the_call(database: Database, catalog: Catalog) -> None:
    async with database.session() as session:
        _, token = await calls.begin(session, await taken_by(session, WANG.id), WANG, catalog)
        await session.commit()

    async def takes() -> str | None:
        async with database.session() as session:
            try:
                browser = await calls.join(session, await calls.of_link(session, token, None))
            except LinkRefused as refused:
                assert refused.fault is LinkFault.ELSEWHERE
                return None
            await session.commit()
            return browser

    taken = [browser for browser in await asyncio.gather(*(takes() for _ in range(6))) if browser is not None]
    assert len(taken) == 1
    async with database.session() as session:
        assert (await calls.of_link(session, token, taken[0])).joined_at is not None
        for other in (None, "another browser"):
            assert await _fault(calls.of_link(session, token, other)) is LinkFault.ELSEWHERE


async def test_of_two_calls_begun_at_once_one_is_left(database: Database, catalog: Catalog) -> None:
    async with database.session() as session:
        handoff = await taken_by(session, WANG.id)
        await session.commit()

    async def begins() -> str:
        async with database.session() as session:
            mine = await session.get_one(Handoff, handoff.id)
            _, token = await calls.begin(session, mine, WANG, catalog)
            await session.commit()
            return token

    tokens = await asyncio.gather(*(begins() for _ in range(4)))
    async with database.session() as session:
        faults = [await _fault(calls.of_link(session, token, None)) for token in tokens]
    assert sorted(fault or "" for fault in faults) == ["", *[LinkFault.ENDED] * 3]


async def test_a_link_is_good_for_a_quarter_of_an_hour_and_a_call_for_an_hour(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with sqlite_database.session() as session:
        call, token = await calls.begin(session, await taken_by(session, WANG.id), WANG, catalog)
        assert call.expires_at - now() <= timedelta(minutes=15)
        browser = await calls.join(session, call)
        taken = await calls.of_link(session, token, browser)
        assert timedelta(minutes=59) < taken.expires_at - now() <= timedelta(hours=1)
        await session.execute(update(VideoCall).values(expires_at=now()))
        session.expire_all()
        assert await _fault(calls.of_link(session, token, browser)) is LinkFault.ENDED
        late, late_token = await calls.begin(session, await taken_by(session, LI.id), LI, catalog)
        await session.execute(update(VideoCall).where(VideoCall.id == late.id).values(expires_at=now()))
        session.expire_all()
        assert await _fault(calls.of_link(session, late_token, None)) is LinkFault.EXPIRED
        assert await _fault(calls.join(session, await session.get_one(VideoCall, late.id))) is LinkFault.ELSEWHERE
        assert await _fault(calls.of_link(session, "forged", None)) is LinkFault.UNKNOWN


async def test_a_call_goes_on_while_the_bot_does_something_for_the_clerk(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with sqlite_database.session() as session:
        handoff = await taken_by(session, WANG.id)
        call, _ = await calls.begin(session, handoff, WANG, catalog)
        await handoffs.lend(session, handoff, WANG.id)
        assert await calls.over_by(session, call) is None
        assert await _fault(calls.begin(session, handoff, WANG, catalog)) is CallFault.NOT_YOURS


Step = Callable[["_Story"], Awaitable[None]]


class _Story:
    """One handoff's calls, and what must be so after each event."""

    def __init__(self, database: Database, catalog: Catalog, handoff_id: int) -> None:
        self.database, self.catalog, self.handoff_id = database, catalog, handoff_id
        self.tokens: list[str] = []
        self.browsers: dict[str, str] = {}

    async def begin(self) -> None:
        for clerk in (WANG, LI):
            async with self.database.session() as session:
                handoff = await session.get_one(Handoff, self.handoff_id)
                try:
                    _, token = await calls.begin(session, handoff, clerk, self.catalog)
                except CallRefused:
                    continue
                await session.commit()
                self.tokens.append(token)

    async def join(self) -> None:
        for token in self.tokens[-2:]:
            async with self.database.session() as session:
                try:
                    browser = await calls.join(session, await calls.of_link(session, token, None))
                except LinkRefused:
                    continue
                await session.commit()
                assert token not in self.browsers, "a link is used once"
                self.browsers[token] = browser

    async def hang_up(self) -> None:
        async with self.database.session() as session:
            call = await calls.open_of(session, self.handoff_id)
            if call is not None:
                assert await calls.end(session, call, EndedBy.RESIDENT)
                assert not await calls.end(session, call, EndedBy.CLERK), "who comes second changes nothing"
                await session.commit()

    async def expire(self) -> None:
        async with self.database.session() as session:
            await session.execute(update(VideoCall).values(expires_at=now()))
            await session.commit()

    async def pass_on(self) -> None:
        async with self.database.session() as session:
            handoff = await session.get_one(Handoff, self.handoff_id)
            if handoff.closed_at is None and handoff.clerk_id is not None:
                other = LI if handoff.clerk_id == WANG.id else WANG
                await handoffs.pass_on(session, handoff, handoff.clerk_id, other.id)
                await session.commit()

    async def close(self) -> None:
        async with self.database.session() as session:
            handoff = await session.get_one(Handoff, self.handoff_id)
            if handoff.closed_at is None:
                await handoffs.close(session, handoff, handoff.clerk_id, Outcome.SETTLED)
                await session.commit()

    async def check(self) -> None:
        async with self.database.session() as session:
            handoff = await session.get_one(Handoff, self.handoff_id)
            good = []
            for token in self.tokens:
                try:
                    good.append(await calls.of_link(session, token, self.browsers.get(token)))
                except LinkRefused:
                    continue
            assert len(good) <= 1, "at most one call of a handoff is on"
            if good:
                assert handoff.closed_at is None
                assert good[0].clerk_id == handoff.clerk_id, "only the clerk who has the word is in a call"


_STEPS: list[Step] = [_Story.begin, _Story.join, _Story.hang_up, _Story.expire, _Story.pass_on, _Story.close]


@given(steps=st.lists(st.sampled_from(_STEPS), max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
async def test_whatever_happens_in_whatever_order_at_most_one_call_is_on_and_each_link_is_used_once(
    sqlite_database: Database, catalog: Catalog, steps: list[Step]
) -> None:
    async with sqlite_database.session() as session:
        handoff = await taken_by(session, WANG.id)
        await session.commit()
    story = _Story(sqlite_database, catalog, handoff.id)
    for step in steps:
        await step(story)
        await story.check()


async def test_a_question_is_answered_once_and_the_former_one_is_taken_back(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with sqlite_database.session() as session:
        call, _ = await calls.begin(session, await taken_by(session, WANG.id), WANG, catalog)
        first = await confirmations.ask(session, call, Kind.STATEMENT, " 您是‮本人\n吗？ ")
        assert first.asked == "您是本人 吗？"
        second = await confirmations.ask(session, call, Kind.STATEMENT, "您确认自愿申请吗？")
        with pytest.raises(AnswerRefused):
            await confirmations.answer(session, call, first.id, Answer.CONFIRMED)
        await confirmations.answer(session, call, second.id, Answer.DENIED)
        with pytest.raises(AnswerRefused):
            await confirmations.answer(session, call, second.id, Answer.CONFIRMED)
        await session.commit()
    async with sqlite_database.session() as session:
        asked = await confirmations.of_call(session, call.id)
        assert [each.answer for each in asked] == [Answer.WITHDRAWN, Answer.DENIED]
        assert all(each.at is not None for each in asked)


async def test_nothing_empty_too_long_or_too_often_is_asked(sqlite_database: Database, catalog: Catalog) -> None:
    async with sqlite_database.session() as session:
        call, _ = await calls.begin(session, await taken_by(session, WANG.id), WANG, catalog)
        for words, fault in (("  \n", "empty"), ("长" * 201, "long")):
            with pytest.raises(AskRefused) as refused:
                await confirmations.ask(session, call, Kind.STATEMENT, words)
            assert refused.value.fault == fault
        for _ in range(MOST_ASKED):
            await confirmations.ask(session, call, Kind.STATEMENT, "您是本人吗？")
        with pytest.raises(AskRefused, match="many"):
            await confirmations.ask(session, call, Kind.STATEMENT, "您是本人吗？")


async def test_an_answer_about_a_filed_case_stands_in_its_history_and_outlives_the_talk(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with sqlite_database.session() as session:
        case = await draft_of(session, "yanglao-zige-renzheng", {})
        case.number = "1" * 22
        await session.commit()
        handoff = await taken_by(session, WANG.id, case_id=case.id)
        call, _ = await calls.begin(session, handoff, WANG, catalog)
        asked = await confirmations.ask(session, call, Kind.STATEMENT, "您确认是本人吗？")
        await confirmations.answer(session, call, asked.id, Answer.CONFIRMED)
        await session.commit()
        await erase_talk(session, handoff.conversation_id)
        await session.commit()
        assert await session.scalar(select(func.count()).select_from(VideoConfirmation)) == 0
        notes = await session.scalars(
            select(CaseEvent.note).where(CaseEvent.case_id == case.id, CaseEvent.action == confirmations.HISTORY_ACTION)
        )
        assert list(notes) == ["视频里问：您确认是本人吗？　答：确认"]


def test_every_reason_to_refuse_has_its_sentence_and_every_act_its_name() -> None:
    assert {f"utter_video_link_{fault}" for fault in LinkFault} <= set(phrases())
    for name in (
        *(f"video_refused_{fault}" for fault in CallFault),
        *(f"video_ask_{fault}" for fault in ("empty", "long", "many")),
        f"event_{confirmations.HISTORY_ACTION}",
    ):
        assert said(name, most=200)


def test_every_end_of_a_call_is_told_on_both_pages() -> None:
    told = (Path(room.__file__).parents[1] / "static" / "video_phrases.js").read_text("utf-8")
    for reason in EndedBy:
        assert told.count(f"    {reason}: ") == 2, reason

"""What a resident hears and may choose while waiting for a clerk."""

import datetime as dt
from collections.abc import Iterator

import pytest

import actions.handoff
import actions.waiting_room
from bot.conversation import duty, handoffs
from bot.conversation.duty import Colleague
from bot.conversation.handoffs import Matter, Outcome, Reason, Urgency
from bot.conversation.models import Handoff
from bot.conversation.ownership import Owner
from records.base import CHINA, now
from tests.support.form_filling import begin
from tests.support.hall import Hall, Resident
from tests.support.people import NAME, PHONE

AT_WORK = dt.datetime(2026, 11, 25, 10, 0, tzinfo=CHINA)
EVENING = dt.datetime(2026, 11, 25, 19, 0, tzinfo=CHINA)
BEFORE_HOLIDAYS = dt.datetime(2026, 9, 30, 18, 0, tzinfo=CHINA)
WANG = Colleague("wang", "王敏", ["*"], [])


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator["Clock"]:
    """What time it is at the office."""
    yield Clock(monkeypatch)


class Clock:
    """Sets the time that opening hours are asked for."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def at(self, moment: dt.datetime) -> None:
        """It is that moment."""
        for module in (actions.handoff, actions.waiting_room):
            self._patch.setattr(module, "now", lambda: moment.astimezone(dt.UTC))


async def _come(hall: Hall, *clerks: Colleague) -> None:
    async with hall.database.session() as session:
        for clerk in clerks:
            await duty.be_there(session, clerk)
        await session.commit()


async def _handoff(resident: Resident) -> Handoff:
    async with resident.hall.database.session() as session:
        found = await handoffs.open_of(session, resident.conversation)
    assert found is not None
    return found


async def test_in_office_hours_with_nobody_there_the_truth_is_told_and_other_ways_offered(
    resident: Resident, clock: Clock
) -> None:
    clock.at(AT_WORK)
    said = await resident.say("人工")
    assert "没有人在岗" in said and "0571-88888888" in said
    assert [choice.label for choice in resident.choices] == ["请给我打电话", "约个时间到窗口", "不等了，接着跟我办"]


async def test_after_hours_the_next_opening_is_told(resident: Resident, clock: Clock) -> None:
    clock.at(EVENING)
    assert "9点上班" in await resident.say("人工")


async def test_before_long_holidays_the_opening_after_them_is_told(resident: Resident, clock: Clock) -> None:
    clock.at(BEFORE_HOLIDAYS)
    assert "10月8日上午9点上班" in await resident.say("人工")


async def test_who_is_next_is_told_so_and_those_behind_how_many_are_before_them(hall: Hall) -> None:
    await _come(hall, WANG)
    first, second = await hall.resident("first"), await hall.resident("second")
    assert "下一位就是您" in await first.say("人工")
    assert "前面还有1位" in await second.say("人工")
    assert "前面还有1位" in await second.say("还要多久")


async def test_the_guess_rests_on_talks_that_were_and_there_is_none_without(hall: Hall, resident: Resident) -> None:
    await _come(hall, WANG)
    for number in range(5):
        await _closed_talk(hall, f"earlier {number}", dt.timedelta(minutes=12))
    assert "大约要等10分钟" in await resident.say("人工"), "one talk of 12 minutes, told in fives"


async def test_where_the_wait_is_long_a_call_is_offered(hall: Hall, resident: Resident) -> None:
    await _come(hall, WANG)
    for number in range(5):
        await _closed_talk(hall, f"earlier {number}", dt.timedelta(minutes=40))
    await resident.say("人工")
    assert "请给我打电话" in [choice.label for choice in resident.choices]


async def test_a_complaint_comes_before_others_who_have_waited_longer(hall: Hall) -> None:
    await _come(hall, WANG)
    patient, angry = await hall.resident("patient"), await hall.resident("angry")
    await patient.say("人工")
    await angry.say("投诉")
    assert "下一位就是您" in await angry.tap("找人工")
    assert "前面还有1位" in await patient.say("在吗")
    assert (await _handoff(angry)).reason == Reason.COMPLAINT


async def test_an_elder_is_helped_first_and_the_packet_knows_what_was_being_asked(hall: Hall) -> None:
    elder = await hall.resident("elder")
    await begin(elder, "办高龄补贴")
    await elder.say(NAME)
    await elder.say("330105194503051232")
    await elder.say("人工")
    handoff = await _handoff(elder)
    assert (handoff.urgency, handoff.urgent_for) == (Urgency.RAISED, "elder")
    assert handoff.tried is not None and handoff.tried["asking"]
    assert (handoff.item_id, handoff.window) == ("gaoling-jintie", "chuangkou-1")


async def test_a_life_in_danger_while_waiting_comes_before_all(hall: Hall, resident: Resident) -> None:
    await resident.say("人工")
    assert "110" in await resident.say("我不想活了") or "120" in "".join(b.text for b in resident.heard)
    assert (await _handoff(resident)).urgency == Urgency.DANGER


async def test_a_life_in_danger_is_answered_at_once_where_the_clerk_is_gone(hall: Hall, resident: Resident) -> None:
    await _come(hall, WANG)
    await resident.say("人工")
    await _claim(resident, "wang")
    assert await resident.say("我不想活了") == "", "the clerk is there, and is told that it is urgent"
    async with hall.database.session() as session:
        await duty.leave(session, "wang")
        await session.commit()
    said = await resident.say("我不想活了")
    assert len(resident.heard) == 2 and "再帮您找一位" in said


async def test_a_visit_is_kept_with_its_time_and_the_bot_goes_on(resident: Resident, clock: Clock) -> None:
    clock.at(EVENING)
    await resident.say("人工")
    await resident.tap("约个时间到窗口")
    times = [choice.label for choice in resident.choices]
    assert len(times) == 5 and times[-1] == "接着等"
    assert times[0] in await resident.tap(times[0])
    handoff = await _handoff(resident)
    assert (handoff.stage, (await resident.row()).owner) == ("visit", Owner.RETURNED)
    assert handoff.meet_at is not None and handoff.meet_at > now() - dt.timedelta(days=400)
    assert "不客气" in await resident.say("谢谢")


async def test_a_number_known_from_before_is_offered_masked(hall: Hall, resident: Resident, clock: Clock) -> None:
    clock.at(EVENING)
    await resident.say("人工")
    await resident.tap("请给我打电话")
    await resident.say(PHONE)
    handoff = await _handoff(resident)
    assert (handoff.stage, handoff.contact) == ("call", PHONE)
    await resident.say("人工")
    again = await _handoff(resident)
    assert (again.id, again.stage, again.contact) == (handoff.id, "waiting", PHONE), (
        "one handoff, which keeps the number"
    )


async def test_who_goes_back_to_the_bot_has_nobody_waiting_for_them(resident: Resident) -> None:
    await resident.say("人工")
    await resident.tap("不等了，接着跟我办")
    async with resident.hall.database.session() as session:
        assert await handoffs.open_of(session, resident.conversation) is None
        closed = await session.get(Handoff, 1)
    assert closed is not None and closed.outcome == Outcome.BOT_AGAIN


async def test_what_is_offered_goes_to_who_may_take_it_and_has_least_to_do(hall: Hall) -> None:
    other = Colleague("li", "李静", ["chuangkou-1"], [])
    wrong = Colleague("wu", "吴强", ["chuangkou-4"], [])
    await _come(hall, wrong, other)
    first = await hall.resident("first")
    await begin(first, "办高龄补贴")
    await first.say("人工")
    assert (await _handoff(first)).offered_to == "li"
    await _claim(first, "li")
    await _come(hall, WANG)
    second = await hall.resident("second")
    await begin(second, "办高龄补贴")
    await second.say("人工")
    assert (await _handoff(second)).offered_to == "wang"


async def _claim(resident: Resident, clerk_id: str) -> None:
    async with resident.hall.database.session() as session:
        handoff = await handoffs.open_of(session, resident.conversation)
        assert handoff is not None
        await handoffs.claim(session, handoff, clerk_id)
        await session.commit()


async def _closed_talk(hall: Hall, name: str, took: dt.timedelta) -> None:
    resident = await hall.resident(name)
    async with hall.database.session() as session:
        handoff = await handoffs.opened(session, await resident.row(), Matter(Reason.ASKED))
        await handoffs.claim(session, handoff, "wang")
        handoff.claimed_at = now() - took
        await session.flush()
        await handoffs.close(session, handoff, "wang", Outcome.SETTLED)
        await session.commit()

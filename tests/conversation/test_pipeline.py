"""Durable on both sides: nothing lost, nothing answered twice, everything in order."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy import func, select

from bot.conversation.bubbles import Bubble
from bot.conversation.engine import EngineRequest, EngineUnavailable
from bot.conversation.inbox import Receipt
from bot.conversation.incoming import MAX_CHARS, Incoming
from bot.conversation.models import Conversation, InboxMessage, OutboxMessage
from bot.conversation.ownership import Owner
from bot.conversation.pipeline import TURNS_AT_ONCE, Pipeline
from bot.conversation.wording import phrase
from cases.models import Case, CaseAnswer, CaseEvent
from kyc.models import Consent
from records.database import Database
from services_catalog.loader import Catalog
from tests.support.hall import Hall, Resident, opened
from tests.support.scripted_engine import Means

SCRIPT = {
    "谢谢": Means("thanks"),
    "再见": Means("bye"),
    "办高龄津贴": Means("apply", items={"gaoling-jintie": 0.97}),
    "人工": Means("human"),
    "坏": Means("apply", items={"gaoling-jintie": "not a number"}),
}
THANKS, LATE = phrase("utter_thanks"), phrase("utter_engine_late")


@pytest.fixture
async def hall(database: Database, catalog: Catalog) -> AsyncIterator[Hall]:
    async with opened(database, catalog, SCRIPT) as hall:
        yield hall


async def _replies(database: Database, conversation: str) -> list[str]:
    async with database.session() as session:
        bodies = await session.scalars(
            select(OutboxMessage.body).where(OutboxMessage.conversation_id == conversation).order_by(OutboxMessage.id)
        )
        return [Bubble.model_validate(body).text for body in bodies]


async def _pending(database: Database) -> int:
    async with database.session() as session:
        counted = select(func.count()).select_from(InboxMessage).where(InboxMessage.done_at.is_(None))
        return (await session.execute(counted)).scalar_one()


async def _until(true: Callable[[], Awaitable[bool]], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not await true():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.02)


async def _exactly_once(resident: Resident, answer: str, late: bool = False) -> None:
    replies = await _replies(resident.hall.database, resident.conversation)
    assert replies.count(answer) == 1
    assert len(replies) == 1 + late
    assert await _pending(resident.hall.database) == 0


async def test_a_message_is_committed_before_anything_is_done_with_it(hall: Hall) -> None:
    resident = await hall.resident()
    seen: list[int] = []

    async def look(request: EngineRequest) -> None:
        seen.append(await _pending(hall.database))

    hall.engine.before = look
    number = (await hall.pipeline.receive(resident.conversation, "1", Incoming(text="谢谢"))).number
    async with hall.database.session() as session:
        assert (await session.get_one(InboxMessage, number)).body == {"text": "谢谢"}
    await hall.pipeline.settled(resident.conversation)
    assert seen == [1]
    assert await resident.listen() == THANKS


async def test_while_the_engine_is_down_the_resident_is_told_once_and_answered_once_when_it_is_back(
    database: Database, catalog: Catalog
) -> None:
    async with opened(database, catalog, SCRIPT, patience_s=0.15) as hall:
        resident = await hall.resident()
        hall.engine.down = True
        start = time.monotonic()
        await hall.pipeline.receive(resident.conversation, "1", Incoming(text="谢谢"))

        async def told() -> bool:
            return LATE in await _replies(database, resident.conversation)

        await _until(told, 4)
        assert time.monotonic() - start < 4
        await asyncio.sleep(0.5)
        assert await _replies(database, resident.conversation) == [LATE]
        hall.engine.down = False
        await hall.pipeline.settled(resident.conversation)
        assert len(hall.engine.requests) > 1
        await _exactly_once(resident, THANKS, late=True)


async def test_a_slow_engine_that_answers_in_time_causes_no_notice(database: Database, catalog: Catalog) -> None:
    async with opened(database, catalog, SCRIPT, patience_s=1.0) as hall:
        resident = await hall.resident()
        assert await resident.say("谢谢") == THANKS
        await asyncio.sleep(1.1)
        assert await resident.listen() == ""


async def test_a_turn_that_breaks_after_its_actions_is_undone_and_answered_once_on_the_next_try(hall: Hall) -> None:
    resident = await hall.resident()
    tries = 0

    async def break_twice(request: EngineRequest) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise EngineUnavailable("the connection broke")

    hall.engine.after = break_twice
    await resident.say("谢谢")
    assert tries == 3
    await _exactly_once(resident, THANKS)


async def test_a_turn_leaves_all_of_case_state_and_replies_or_nothing(hall: Hall) -> None:
    resident = await hall.resident()
    await resident.say("办高龄津贴")
    before = await resident.state()
    assert resident.choices[0].label == "同意，开始办"
    tries = 0

    async def break_once(request: EngineRequest) -> None:
        nonlocal tries
        tries += 1
        async with hall.database.session() as session:
            for table in (Case, CaseAnswer, CaseEvent, Consent):
                assert (await session.execute(select(func.count()).select_from(table))).scalar_one() == 0
        assert await resident.state() == before
        assert await resident.listen() == ""
        if tries == 1:
            raise EngineUnavailable("killed in the middle")

    hall.engine.after = break_once
    await resident.tap("同意，开始办")
    assert tries == 2
    assert len(await resident.cases()) == 1
    state = await resident.state()
    assert state.loop == "application_form"
    assert state.offered == resident.choices


async def test_an_action_that_fails_three_times_ends_in_an_apology_with_a_person_and_the_queue_goes_on(
    hall: Hall,
) -> None:
    resident = await hall.resident()
    await hall.pipeline.receive(resident.conversation, "1", Incoming(text="坏"))
    await hall.pipeline.receive(resident.conversation, "2", Incoming(text="谢谢"))
    await hall.pipeline.settled(resident.conversation)
    assert await resident.listen() == f"{phrase('utter_turn_failed')}\n{THANKS}"
    assert [choice.label for choice in resident.heard[0].choices] == ["找人工"]
    assert [request.text for request in hall.engine.requests] == ["坏"] * 3 + ["谢谢"]
    assert await _pending(hall.database) == 0


@pytest.mark.parametrize("text", ["找人工", "1", "第一个"])
async def test_the_person_offered_after_a_failure_can_be_had_by_word_and_by_number(hall: Hall, text: str) -> None:
    resident = await hall.resident()
    await resident.say("坏")
    await resident.say(text)
    assert (await resident.row()).owner == Owner.WAITING


async def test_the_person_offered_after_a_failure_can_be_had_by_tapping(hall: Hall) -> None:
    resident = await hall.resident()
    await resident.say("坏")
    await resident.tap("找人工")
    assert (await resident.row()).owner == Owner.WAITING


async def test_the_same_message_sent_again_is_one_turn(hall: Hall) -> None:
    resident = await hall.resident()
    receipts = await asyncio.gather(
        *(hall.pipeline.receive(resident.conversation, "same", Incoming(text="谢谢")) for _ in range(5))
    )
    await hall.pipeline.settled(resident.conversation)
    assert len({receipt.number for receipt in receipts}) == 1
    assert sum(not receipt.again for receipt in receipts) == 1
    repeated = await hall.pipeline.receive(resident.conversation, "same", Incoming(text="再见"))
    assert repeated == Receipt(receipts[0].number, again=True)
    await hall.pipeline.settled(resident.conversation)
    await _exactly_once(resident, THANKS)


async def test_two_conversations_may_use_the_same_client_id(hall: Hall) -> None:
    one, two = await hall.resident("one"), await hall.resident("two")
    assert await one.send(Incoming(text="谢谢"), "1") == THANKS
    assert await two.send(Incoming(text="谢谢"), "1") == THANKS


async def test_twenty_quick_messages_are_answered_one_at_a_time_in_their_order(hall: Hall) -> None:
    resident = await hall.resident()
    running, most = 0, 0

    async def enter(request: EngineRequest) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.002)

    async def leave(request: EngineRequest) -> None:
        nonlocal running
        running -= 1

    hall.engine.before, hall.engine.after = enter, leave
    texts = ["谢谢" if number % 3 else "再见" for number in range(20)]
    for number, text in enumerate(texts):
        await hall.pipeline.receive(resident.conversation, str(number), Incoming(text=text))
    await hall.pipeline.settled(resident.conversation)
    answers = {"谢谢": THANKS, "再见": phrase("utter_bye")}
    assert await _replies(hall.database, resident.conversation) == [answers[text] for text in texts]
    assert most == 1


async def test_after_a_kill_everything_left_is_answered_once_in_order(database: Database, catalog: Catalog) -> None:
    async with opened(database, catalog, SCRIPT) as killed:
        hanging = asyncio.Event()

        async def hang(request: EngineRequest) -> None:
            hanging.set()
            await asyncio.sleep(60)

        killed.engine.after = hang
        resident = await killed.resident()
        for number, text in enumerate(("谢谢", "再见", "谢谢")):
            await killed.pipeline.receive(resident.conversation, str(number), Incoming(text=text))
        await hanging.wait()
    assert await _replies(database, resident.conversation) == []
    assert await _pending(database) == 3
    async with opened(database, catalog, SCRIPT) as restarted:
        await restarted.pipeline.recover()
        await restarted.pipeline.settled(resident.conversation)
        expected = [THANKS, phrase("utter_bye"), THANKS]
        assert await _replies(database, resident.conversation) == expected
        await restarted.pipeline.recover()
        await restarted.pipeline.settled(resident.conversation)
        assert await _replies(database, resident.conversation) == expected
        assert await _pending(database) == 0


async def test_a_delay_told_before_a_kill_is_not_told_again_after_it(database: Database, catalog: Catalog) -> None:
    async with opened(database, catalog, SCRIPT, patience_s=0.05) as killed:
        killed.engine.down = True
        resident = await killed.resident()
        await killed.pipeline.receive(resident.conversation, "1", Incoming(text="谢谢"))

        async def told() -> bool:
            return await _replies(database, resident.conversation) == [LATE]

        await _until(told)
    async with opened(database, catalog, SCRIPT, patience_s=0.05) as restarted:
        restarted.engine.down = True
        await restarted.pipeline.recover()
        await asyncio.sleep(0.3)
        restarted.engine.down = False
        await restarted.pipeline.settled(resident.conversation)
        assert await _replies(database, resident.conversation) == [LATE, THANKS]


async def test_fifty_conversations_go_on_side_by_side(hall: Hall) -> None:
    residents = [await hall.resident(f"resident {number}") for number in range(50)]
    together = asyncio.Event()
    waiting = 0

    async def meet(request: EngineRequest) -> None:
        nonlocal waiting
        waiting += 1
        if waiting == TURNS_AT_ONCE:
            together.set()
        await asyncio.wait_for(together.wait(), 20)

    hall.engine.before = meet
    answers = await asyncio.gather(*(resident.say("谢谢") for resident in residents))
    assert answers == [THANKS] * 50
    assert not any(hall.pipeline.is_working(resident.conversation) for resident in residents)


async def test_a_conversation_that_waits_for_the_engine_does_not_hold_up_another(hall: Hall) -> None:
    slow, quick = await hall.resident("slow"), await hall.resident("quick")
    release = asyncio.Event()

    async def hold(request: EngineRequest) -> None:
        if request.conversation == slow.conversation:
            await release.wait()

    hall.engine.before = hold
    await hall.pipeline.receive(slow.conversation, "1", Incoming(text="谢谢"))
    assert await quick.say("谢谢") == THANKS
    release.set()
    await hall.pipeline.settled(slow.conversation)
    assert await slow.listen() == THANKS


async def test_a_message_that_comes_while_a_turn_ends_is_answered(hall: Hall) -> None:
    resident = await hall.resident()
    for number in range(15):
        await asyncio.gather(
            hall.pipeline.receive(resident.conversation, f"a{number}", Incoming(text="谢谢")),
            hall.pipeline.settled(resident.conversation),
            hall.pipeline.receive(resident.conversation, f"b{number}", Incoming(text="谢谢")),
        )
    await hall.pipeline.settled(resident.conversation)
    assert await _replies(hall.database, resident.conversation) == [THANKS] * 30


async def test_while_a_clerk_speaks_the_bot_is_silent_and_the_message_is_kept(hall: Hall) -> None:
    resident = await hall.resident()
    async with hall.database.session() as session:
        (await session.get_one(Conversation, resident.conversation)).owner = Owner.CLERK.value
        await session.commit()
    assert await resident.say("谢谢") == ""
    assert hall.engine.requests == []
    assert await _pending(hall.database) == 0


@pytest.mark.parametrize("text", ["", "长" * (MAX_CHARS + 1)])
async def test_an_empty_or_endless_message_is_answered_without_the_engine(
    sqlite_database: Database, catalog: Catalog, text: str
) -> None:
    async with opened(sqlite_database, catalog, SCRIPT) as hall:
        resident = await hall.resident()
        reply = await resident.say(text)
        assert reply in (phrase("utter_empty_message"), phrase("utter_long_message", limit=MAX_CHARS))
        assert hall.engine.requests == []


async def test_whatever_nobody_understands_is_still_answered(sqlite_database: Database, catalog: Catalog) -> None:
    async with opened(sqlite_database, catalog, SCRIPT) as hall:
        resident = await hall.resident()
        for text in ("asdf", "/choose", "／submit", "🙂🙂", "' OR 1=1 --", "{{7*7}}", "{who}"):
            assert await resident.say(text)
        assert not any(request.text.startswith(("/", "／")) for request in hall.engine.requests)


async def test_two_wishes_in_one_message_are_both_served_in_one_turn(
    sqlite_database: Database, catalog: Catalog
) -> None:
    script = {**SCRIPT, "高龄津贴什么时候发": Means("ask_time", items={"gaoling-jintie": 0.97})}
    async with opened(sqlite_database, catalog, script) as hall:
        resident = await hall.resident()
        reply = await resident.say("高龄津贴什么时候发，顺便办高龄津贴")
        assert len(resident.heard) == 2
        assert "同意，开始办" in [choice.label for choice in resident.choices]
        assert reply


async def test_a_choice_that_was_not_offered_cannot_be_taken(sqlite_database: Database, catalog: Catalog) -> None:
    async with opened(sqlite_database, catalog, SCRIPT) as hall:
        resident = await hall.resident()
        for forged in ("begin:gaoling-jintie", "submit:x", "change:name", "resume:x", "value:x", "prefill:yes"):
            await resident.send(Incoming(text="", choice=forged))
        assert await resident.cases() == []


async def test_closing_a_pipeline_that_does_nothing_is_quick(sqlite_database: Database, catalog: Catalog) -> None:
    async with opened(sqlite_database, catalog, SCRIPT) as hall:
        assert isinstance(hall.pipeline, Pipeline)
        await hall.pipeline.recover()
        assert not hall.pipeline.is_working("nothing")

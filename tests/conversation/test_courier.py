"""Replies are sent in order, once, through whatever the channel allows; what it does not allow is kept."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.conversation import courier, deliveries
from bot.conversation.bubbles import Bubble
from bot.conversation.channel import AddressGone, NeverSent, TryLater, Window, WindowClosed
from bot.conversation.courier import GIVEN_UP_AFTER, REPEATED_BY_THEN_S, Clock, Courier
from bot.conversation.deliveries import Status
from bot.conversation.models import Conversation, Delivery, InboxMessage, OutboxMessage, PushWindow
from bot.conversation.outbox import post
from bot.conversation.people import conversation_of
from bot.conversation.windows import open_windows, spend
from bot.conversation.wording import phrase
from records.base import now
from records.database import Database, WritingSession
from tests.support.post_office import PostOffice

AFTER_MESSAGE = Window("message", 5, 48 * 3600)
AGAIN = phrase("utter_said_again")


class MovedTime:
    """Time that passes only while the courier pauses, and at once."""

    def __init__(self) -> None:
        self.moment = now()

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.moment += timedelta(seconds=seconds)

    def now(self) -> datetime:
        return max(self.moment, now())


class Counter:
    """A courier at a counter, with the tools of these tests."""

    def __init__(self, database: Database, office: PostOffice) -> None:
        self.database, self.office, self.time = database, office, MovedTime()
        self.courier = Courier(database.session, {"wechat": office}, Clock(self.time.now, self.time.pause))

    async def conversation(self, name: str = "somebody") -> str:
        return await conversation_of(self.database.session, "wechat", name, address=name)

    async def say(self, conversation_id: str, *texts: str) -> None:
        async with self.database.session() as session:
            conversation = await session.get_one(Conversation, conversation_id)
            post(session, conversation, None, [Bubble(text=text) for text in texts], is_pushed=True)
            await session.commit()

    async def answer(self, conversation_id: str, number: int, text: str) -> None:
        """What a turn that answers message `number` does at its end."""
        async with self.database.session() as session:
            conversation = await deliveries.held(session, conversation_id)
            post(session, conversation, number, [Bubble(text=text)], is_pushed=True)
            await self.courier.commit(session, conversation, [number])

    async def carry(self, conversation_id: str) -> None:
        self.courier.wake(conversation_id)
        await self.courier.settled(conversation_id)

    async def grant(self, conversation_id: str, window: Window = AFTER_MESSAGE) -> None:
        async with self.database.session() as session:
            await open_windows(session, [(conversation_id, window)])
            await session.commit()

    async def all(self) -> list[Delivery]:
        async with self.database.session() as session:
            return list(await session.scalars(select(Delivery).order_by(Delivery.id)))

    async def change(self, **values: object) -> None:
        async with self.database.session() as session:
            await session.execute(update(Delivery).values(**values))
            await session.commit()

    @property
    def arrived(self) -> list[str]:
        return [text for _, text in self.office.arrived]


@asynccontextmanager
async def _counter(database: Database, *, windowed: bool = False) -> AsyncIterator[Counter]:
    counter = Counter(database, PostOffice(windowed=windowed))
    try:
        yield counter
    finally:
        await counter.courier.close()


@pytest.fixture
async def counter(database: Database) -> AsyncIterator[Counter]:
    async with _counter(database) as counter:
        yield counter


@pytest.fixture
async def windowed(database: Database) -> AsyncIterator[Counter]:
    async with _counter(database, windowed=True) as counter:
        yield counter


async def test_bubbles_of_a_turn_arrive_as_one_message(counter: Counter) -> None:
    mine = await counter.conversation()
    await counter.say(mine, "您好。", "想办什么？")
    await counter.carry(mine)
    assert counter.office.arrived == [("somebody", "您好。\n\n想办什么？")]
    assert [delivery.status for delivery in await counter.all()] == [Status.SENT]


async def test_what_is_long_arrives_in_parts_and_in_order(counter: Counter) -> None:
    mine = await counter.conversation()
    sentences = [f"这是第{number}句话，说的是怎么办事。" for number in range(150)]
    await counter.say(mine, "".join(sentences))
    await counter.carry(mine)
    assert len(counter.arrived) > 1
    assert "".join(counter.arrived) == "".join(sentences)
    assert all(len(text.encode()) <= 2000 for text in counter.arrived)


async def test_an_unreachable_channel_is_tried_until_it_is_back_and_each_reply_arrives_once(counter: Counter) -> None:
    mine = await counter.conversation()
    counter.office.faults = [TryLater("ConnectError")] * 7
    await counter.say(mine, "一")
    counter.courier.wake(mine)
    await _until(lambda: counter.office.calls > 0)
    await counter.say(mine, "二")
    await counter.carry(mine)
    assert "".join(counter.arrived).replace("\n", "") == "一二"


async def test_an_hour_without_the_network_costs_few_attempts_and_no_reply_and_no_quota(windowed: Counter) -> None:
    mine = await windowed.conversation()
    await windowed.grant(mine)
    back_at = windowed.time.now() + timedelta(hours=1)
    windowed.office.is_down = lambda: windowed.time.now() < back_at
    await windowed.say(mine, "您的事办好了")
    windowed.courier.wake(mine)
    await _until(lambda: windowed.office.calls > 0)
    await windowed.say(mine, "还有一件")
    await windowed.carry(mine)
    assert windowed.arrived == ["您的事办好了", "还有一件"]
    assert 60 < windowed.office.calls < 120, "every half minute to minute, not all the time"
    async with windowed.database.session() as session:
        assert [row.left for row in await session.scalars(select(PushWindow))] == [3]


async def test_a_channel_that_asks_for_patience_gets_it(counter: Counter) -> None:
    mine = await counter.conversation()
    counter.office.faults = [TryLater("429", after_s=1700.0)]
    await counter.say(mine, "一")
    began = counter.time.now()
    await counter.carry(mine)
    assert counter.arrived == ["一"]
    assert timedelta(seconds=1690) < counter.time.now() - began < timedelta(seconds=1710)


async def test_an_answer_that_may_have_arrived_is_sent_again_and_says_so(counter: Counter) -> None:
    mine = await counter.conversation()
    counter.office.after = [TryLater("ReadTimeout", maybe_sent=True)]
    await counter.say(mine, "一")
    await counter.carry(mine)
    assert counter.arrived == ["一", f"{AGAIN}\n一"]


async def test_what_will_never_be_taken_is_listed_as_dead_and_the_rest_goes_on(counter: Counter) -> None:
    mine = await counter.conversation()
    counter.office.faults = [NeverSent("45002")]
    await counter.say(mine, "一")
    await counter.carry(mine)
    await counter.say(mine, "二")
    await counter.carry(mine)
    assert counter.arrived == ["二"]
    async with counter.database.session() as session:
        (dead,) = await deliveries.listed(session, [Status.DEAD])
        assert (dead.failure, dead.attempts, dead.channel) == ("45002", 1, "wechat")
        assert await deliveries.revive(session, None) == 1
        await session.commit()
    await counter.carry(mine)
    assert counter.arrived == ["二", "一"]


async def test_after_two_days_a_channel_that_never_answers_is_given_up(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "LONGEST_PAUSE_S", 3600.0)  # or it would be tried three thousand times
    mine = await counter.conversation()
    counter.office.is_down = lambda: True
    await counter.say(mine, "一")
    began = counter.time.now()
    await counter.carry(mine)
    (delivery,) = await counter.all()
    assert (delivery.status, delivery.failure) == (Status.DEAD, "ConnectError")
    assert GIVEN_UP_AFTER < counter.time.now() - began < GIVEN_UP_AFTER * 1.1


async def test_a_resident_who_left_gets_nothing_more(counter: Counter) -> None:
    mine = await counter.conversation()
    counter.office.faults = [AddressGone("43004")]
    await counter.say(mine, "一")
    await counter.carry(mine)
    await counter.carry(mine)
    assert counter.office.calls == 1
    assert [delivery.status for delivery in await counter.all()] == [Status.DEAD]


async def test_without_a_window_nothing_is_sent_and_the_resident_is_invited(windowed: Counter) -> None:
    mine = await windowed.conversation()
    await windowed.say(mine, "一")
    await windowed.carry(mine)
    assert (windowed.arrived, windowed.office.invited) == ([], ["somebody"])
    await windowed.say(mine, "二")
    await windowed.grant(mine)
    await windowed.carry(mine)
    assert windowed.arrived == ["一\n\n二"], "what waited is merged: one message of five"


async def test_what_waited_for_days_begins_by_saying_so(windowed: Counter) -> None:
    mine = await windowed.conversation()
    await windowed.say(mine, "您的事办好了")
    async with windowed.database.session() as session:
        await session.execute(update(OutboxMessage).values(created_at=now() - timedelta(days=3)))
        await session.commit()
    await windowed.grant(mine)
    await windowed.carry(mine)
    assert windowed.arrived == [f"{phrase('utter_waited_for_you')}\n\n您的事办好了"]


async def test_a_window_is_never_overdrawn(windowed: Counter) -> None:
    mine = await windowed.conversation()
    await windowed.grant(mine)
    for number in range(7):
        await windowed.say(mine, f"第{number}条")
        await windowed.carry(mine)
    assert len(windowed.arrived) == 5
    await windowed.grant(mine)
    await windowed.carry(mine)
    assert windowed.arrived[5] == "第5条\n\n第6条"


async def test_the_window_that_closes_first_is_spent_first_and_a_new_one_replaces_the_old(windowed: Counter) -> None:
    mine = await windowed.conversation()
    await windowed.grant(mine)
    await windowed.grant(mine, Window("action", 3, 60))
    async with windowed.database.session() as session:
        assert [await spend(session, mine) for _ in range(9)] == ["action"] * 3 + ["message"] * 5 + [None]
        await session.commit()
    await windowed.grant(mine)
    await windowed.grant(mine)
    async with windowed.database.session() as session:
        assert [await spend(session, mine) for _ in range(6)] == ["message"] * 5 + [None]


async def test_where_the_channel_says_that_the_window_is_closed_it_is_believed(windowed: Counter) -> None:
    mine = await windowed.conversation()
    await windowed.grant(mine)
    windowed.office.faults = [WindowClosed("45015")]
    await windowed.say(mine, "一")
    await windowed.carry(mine)
    assert windowed.office.calls == 1
    await windowed.carry(mine)
    assert windowed.office.calls == 1
    await windowed.grant(mine)
    await windowed.carry(mine)
    assert windowed.arrived == ["一"]


async def test_while_a_request_is_open_nothing_is_pushed_and_the_request_gets_the_answer(counter: Counter) -> None:
    mine = await counter.conversation()
    async with counter.courier.answering(mine, "msg 1", 1) as request:
        await counter.say(mine, "一")
        await counter.carry(mine)
        assert counter.arrived == []
        handed = await counter.courier.hand_over(request, counter.office)
    assert handed is not None
    assert handed.part.text == "一"
    await counter.courier.confirm(handed)
    await counter.courier.settled(mine)
    assert counter.arrived == []
    assert [delivery.status for delivery in await counter.all()] == [Status.SENT]


async def test_a_turn_commits_its_first_reply_as_handed_to_the_last_request_that_waits_for_it(counter: Counter) -> None:
    mine = await counter.conversation()
    async with counter.courier.answering(mine, "msg 1", 1) as given_up:
        async with counter.courier.answering(mine, "msg 1", 1) as repeated:
            await counter.answer(mine, 1, "一")
            assert [delivery.status for delivery in await counter.all()] == [Status.HANDED]
        assert given_up.handed is None
    assert repeated.handed is not None
    await counter.courier.confirm(repeated.handed)
    await counter.courier.settled(mine)
    assert counter.arrived == []
    assert [delivery.status for delivery in await counter.all()] == [Status.SENT]


async def test_a_request_for_another_message_is_not_given_the_reply_of_a_turn(counter: Counter) -> None:
    mine = await counter.conversation()
    async with counter.courier.answering(mine, "msg 2", 2) as request:
        await counter.answer(mine, 1, "一")
        assert request.handed is None
    await counter.courier.settled(mine)
    assert counter.arrived == ["一"]


async def test_what_a_request_was_given_and_did_not_take_is_sent(counter: Counter) -> None:
    mine = await counter.conversation()
    async with counter.courier.answering(mine, "msg 1", 1) as request:
        await counter.answer(mine, 1, "一")
        assert request.handed is not None
        await counter.courier.take_back(request.handed)
        assert await counter.courier.handed_before(mine, "msg 1") is None
    counter.courier.wake(mine)
    await counter.courier.settled(mine)
    assert counter.arrived == ["一"]


async def test_a_request_that_ends_while_its_turn_commits_loses_nothing(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = await counter.conversation()
    async with counter.courier.answering(mine, "msg 1", 1) as request:
        as_before = WritingSession.commit

        async def commit(session: WritingSession) -> None:
            await as_before(session)
            request.is_open = False  # as when the service is stopped

        monkeypatch.setattr(WritingSession, "commit", commit)
        await counter.answer(mine, 1, "一")
        assert request.handed is None
    await counter.courier.settled(mine)
    assert counter.arrived == ["一"]


async def test_what_does_not_fit_into_the_answer_follows_it(counter: Counter) -> None:
    mine = await counter.conversation()
    long = "这是一句很长的话。" * 120
    async with counter.courier.answering(mine, "msg 1", 1) as request:
        await counter.say(mine, long)
        handed = await counter.courier.hand_over(request, counter.office)
    assert handed is not None
    assert counter.arrived == [], "the answer is not written yet"
    await counter.courier.confirm(handed)
    await counter.courier.settled(mine)
    assert handed.part.text + "".join(counter.arrived) == long


async def test_a_request_that_is_repeated_gets_the_same_answer(counter: Counter) -> None:
    mine = await counter.conversation()
    await counter.say(mine, "一")
    async with counter.courier.answering(mine, "msg 1", 1) as request:
        first = await counter.courier.hand_over(request, counter.office)
        again = await counter.courier.handed_before(mine, "msg 1")
        assert first is not None
        assert again is not None
        assert (again.part, again.delivery_id) == (first.part, first.delivery_id)
        assert await counter.courier.hand_over(request, counter.office) is None
        assert await counter.courier.handed_before(mine, "msg 2") is None


async def test_a_push_under_way_keeps_the_answer_of_a_request_waiting_behind_it(counter: Counter) -> None:
    mine = await counter.conversation()
    counter.office.gate = asyncio.Event()
    await counter.say(mine, "一")
    counter.courier.wake(mine)
    await _until(lambda: counter.office.calls == 1)
    await counter.say(mine, "二")
    async with counter.courier.answering(mine, "msg 1", 1) as request:
        assert await counter.courier.hand_over(request, counter.office) is None
    counter.office.gate.set()
    await counter.courier.settled(mine)
    assert counter.arrived == ["一", "二"]


async def test_a_kill_during_a_push_sends_it_again_and_says_so(database: Database) -> None:
    async with _counter(database) as killed:
        mine = await killed.conversation()
        killed.office.gate = asyncio.Event()
        await killed.say(mine, "一", "二")
        killed.courier.wake(mine)
        await _until(lambda: killed.office.calls == 1)
    assert [delivery.status for delivery in await killed.all()] == [Status.SENDING]
    async with _counter(database) as restarted:
        await restarted.courier.recover()
        await restarted.courier.settled(mine)
        assert restarted.arrived == [f"{AGAIN}\n一\n\n二"]


async def test_a_kill_after_handing_over_waits_for_the_repeated_request(database: Database) -> None:
    async with _counter(database) as killed:
        mine = await _asked(killed, received_before_s=1)
        await killed.say(mine, "一")
        async with killed.courier.answering(mine, "msg 1", 1) as request:
            assert await killed.courier.hand_over(request, killed.office) is not None
    async with _counter(database) as restarted:
        await restarted.courier.recover()
        again = await restarted.courier.handed_before(mine, "msg 1")
        assert again is not None
        assert again.part.text == "一"
        await restarted.courier.confirm(again)
        await restarted.courier.settled(mine)
        assert restarted.arrived == []


async def test_a_request_nobody_repeats_after_a_kill_may_have_had_no_answer(database: Database) -> None:
    async with _counter(database) as killed:
        mine = await _asked(killed, received_before_s=1)
        await killed.say(mine, "一")
        async with killed.courier.answering(mine, "msg 1", 1) as request:
            assert await killed.courier.hand_over(request, killed.office) is not None
    async with _counter(database) as restarted:
        await restarted.courier.recover()
        await restarted.courier.settled(mine)
        assert restarted.time.moment >= now() + timedelta(seconds=REPEATED_BY_THEN_S - 1), "it waited for the repeat"
        assert restarted.arrived == [f"{AGAIN}\n一"]


async def test_a_request_that_was_answered_and_is_not_repeated_has_had_its_answer(counter: Counter) -> None:
    mine = await counter.conversation()
    await counter.say(mine, "一")
    async with counter.courier.answering(mine, "msg 1", 1) as request:
        assert await counter.courier.hand_over(request, counter.office) is not None
    await counter.change(due_at=now() - timedelta(seconds=1))
    await counter.carry(mine)
    assert counter.arrived == []
    assert [delivery.status for delivery in await counter.all()] == [Status.SENT]


async def test_after_a_long_outage_a_handed_answer_is_sent_again_because_the_request_was_repeated_in_vain(
    database: Database,
) -> None:
    async with _counter(database) as killed:
        mine = await _asked(killed, received_before_s=30)
        await killed.say(mine, "一")
        async with killed.courier.answering(mine, "msg 1", 1) as request:
            assert await killed.courier.hand_over(request, killed.office) is not None
    async with _counter(database) as restarted:
        await restarted.courier.recover()
        await restarted.courier.settled(mine)
        assert restarted.arrived == [f"{AGAIN}\n一"]


async def test_what_is_due_and_nobody_carries_is_taken_up(counter: Counter) -> None:
    mine = await counter.conversation()
    counter.office.faults = [NeverSent("40008")]
    await counter.say(mine, "一")
    await counter.carry(mine)
    async with counter.database.session() as session:
        await deliveries.revive(session, None)
        await session.commit()
    sweeping = asyncio.create_task(counter.courier.sweep())
    await _until(lambda: counter.arrived == ["一"])
    sweeping.cancel()
    await asyncio.wait({sweeping})  # it gives its connection back while the database is still open


async def test_many_residents_are_served_side_by_side_each_in_order(sqlite_database: Database) -> None:
    async with _counter(sqlite_database) as counter:
        residents = [await counter.conversation(f"resident {number}") for number in range(40)]
        for mine in residents:
            for text in ("一", "二", "三"):
                await counter.say(mine, text)
                counter.courier.wake(mine)
        for mine in residents:
            await counter.courier.settled(mine)
        for number in range(40):
            mine_texts = [text for address, text in counter.office.arrived if address == f"resident {number}"]
            assert "".join(mine_texts).replace("\n", "") == "一二三"


async def test_replies_of_the_web_page_are_never_carried(counter: Counter) -> None:
    mine = await conversation_of(counter.database.session, "web", "somebody")
    async with counter.database.session() as session:
        conversation = await session.get_one(Conversation, mine)
        post(session, conversation, None, [Bubble(text="一")], is_pushed=False)
        await session.commit()
    await counter.carry(mine)
    assert await counter.all() == []
    async with counter.database.session() as session:
        assert list(await session.scalars(select(OutboxMessage.undelivered))) == [None]


async def _asked(counter: Counter, received_before_s: float) -> str:
    """A conversation with an answered message, received that long ago."""
    mine = await counter.conversation()
    async with counter.database.session() as session:
        received_at = now() - timedelta(seconds=received_before_s)
        session.add(
            InboxMessage(conversation_id=mine, client_id="msg 1", body={}, received_at=received_at, done_at=now())
        )
        await session.commit()
    return mine


async def _until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - looks at what another task does
            await asyncio.sleep(0.005)

"""Messages are stored together, in order, and one that came before changes nothing."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.conversation.channel import Window
from bot.conversation.inbox import Arrival, Receipt, store
from bot.conversation.incoming import Incoming
from bot.conversation.models import InboxMessage, PushWindow
from bot.conversation.people import conversation_of
from records.database import Database

MESSAGE, ACTION = Window("message", 5, 172_800), Window("action", 3, 60)


async def _stored(database: Database) -> list[tuple[int, str]]:
    async with database.session() as session:
        rows = await session.scalars(select(InboxMessage).order_by(InboxMessage.id))
        return [(row.id, row.body["text"]) for row in rows]


async def test_what_comes_together_keeps_its_order_and_a_repeat_among_it_is_one(database: Database) -> None:
    mine = await conversation_of(database.session, "wechat", "mine")
    other = await conversation_of(database.session, "wechat", "other")
    coming = [
        Arrival(mine, "1", Incoming(text="一"), MESSAGE),
        Arrival(other, "1", Incoming(text="甲"), MESSAGE),
        Arrival(mine, "2", Incoming(text="二"), ACTION),
        Arrival(mine, "1", Incoming(text="一"), MESSAGE),
    ]
    receipts = await store(database.session, coming)
    numbers = [receipt.number for receipt in receipts]
    assert [receipt.again for receipt in receipts] == [False, False, False, True]
    assert numbers[3] == numbers[0] < numbers[1] < numbers[2]
    assert await _stored(database) == [(numbers[0], "一"), (numbers[1], "甲"), (numbers[2], "二")]
    assert await store(database.session, coming[:1]) == [Receipt(numbers[0], again=True)]


async def test_windows_open_anew_with_new_messages_only(database: Database) -> None:
    mine = await conversation_of(database.session, "wechat", "mine")
    first = Arrival(mine, "1", Incoming(text="一"), MESSAGE)
    await store(database.session, [first, Arrival(mine, "2", Incoming(text="二"), ACTION)])
    async with database.session() as session:
        for window in await session.scalars(select(PushWindow)):
            window.left = 1
        await session.commit()
    await store(database.session, [first, Arrival(mine, "3", Incoming(text="三"), ACTION)])
    async with database.session() as session:
        left = {window.kind: window.left for window in await session.scalars(select(PushWindow))}
    assert left == {"message": 1, "action": 3}


async def test_a_message_for_a_conversation_that_is_gone_is_refused_with_all_of_its_batch(database: Database) -> None:
    mine = await conversation_of(database.session, "wechat", "mine")
    with pytest.raises(IntegrityError):
        await store(
            database.session, [Arrival(mine, "1", Incoming(text="一")), Arrival("gone", "1", Incoming(text="甲"))]
        )
    assert await _stored(database) == []

import asyncio
import random

import pytest

from bot.conversation.models import Conversation
from bot.conversation.ownership import TRANSITIONS, Owner, OwnerChanged, change_owner
from bot.conversation.people import conversation_of
from records.database import Database

ALL = [(before, after) for before in Owner for after in Owner]


async def _change(database: Database, conversation_id: str, before: Owner, after: Owner) -> bool:
    async with database.session() as session:
        try:
            await change_owner(session, conversation_id, before, after)
        except OwnerChanged:
            return False
        await session.commit()
        return True


async def _owner(database: Database, conversation_id: str) -> Owner:
    async with database.session() as session:
        return Owner((await session.get_one(Conversation, conversation_id)).owner)


async def _put(database: Database, conversation_id: str, owner: Owner) -> None:
    async with database.session() as session:
        (await session.get_one(Conversation, conversation_id)).owner = owner.value
        await session.commit()


async def test_of_many_clerks_who_claim_at_once_one_gets_the_conversation(database: Database) -> None:
    conversation = await conversation_of(database.session, "web", "u")
    await _put(database, conversation, Owner.WAITING)
    claims = await asyncio.gather(
        *(_change(database, conversation, Owner.WAITING, Owner.CLERK) for _ in range(12)),
        *(_change(database, conversation, Owner.WAITING, Owner.RETURNED) for _ in range(4)),
    )
    assert claims.count(True) == 1
    assert await _owner(database, conversation) is (Owner.CLERK if any(claims[:12]) else Owner.RETURNED)


@pytest.mark.parametrize(("before", "after"), [pair for pair in ALL if pair[1] not in TRANSITIONS[pair[0]]])
async def test_a_change_that_is_not_in_the_table_is_refused(
    sqlite_database: Database, before: Owner, after: Owner
) -> None:
    conversation = await conversation_of(sqlite_database.session, "web", "u")
    await _put(sqlite_database, conversation, before)
    assert not await _change(sqlite_database, conversation, before, after)
    assert await _owner(sqlite_database, conversation) is before


async def test_whatever_is_tried_in_whatever_order_the_owner_follows_the_table(database: Database) -> None:
    conversation, owner = await conversation_of(database.session, "web", "u"), Owner.BOT
    chance = random.Random(20261122)
    for _ in range(80):
        before, after = chance.choice(ALL)
        changed = await _change(database, conversation, before, after)
        assert changed == (before is owner and after in TRANSITIONS[before])
        owner = after if changed else owner
    assert await _owner(database, conversation) is owner


async def test_the_time_of_waiting_is_known_while_waiting_and_only_then(database: Database) -> None:
    conversation = await conversation_of(database.session, "web", "u")
    for before, after in ((Owner.BOT, Owner.WAITING), (Owner.WAITING, Owner.CLERK), (Owner.CLERK, Owner.WAITING)):
        assert await _change(database, conversation, before, after)
        async with database.session() as session:
            row = await session.get_one(Conversation, conversation)
            assert (row.waiting_since is not None) == (after is Owner.WAITING)


def test_exactly_one_of_bot_and_people_speaks() -> None:
    assert {owner for owner in Owner if owner.is_bot} == {Owner.BOT, Owner.RETURNED}
    assert all(TRANSITIONS[owner] for owner in Owner)


async def test_a_channels_user_has_one_conversation_however_often_they_come_at_once(database: Database) -> None:
    found = await asyncio.gather(*(conversation_of(database.session, "web", "visitor") for _ in range(8)))
    assert len(set(found)) == 1
    assert await conversation_of(database.session, "web", "another") != found[0]
    assert await conversation_of(database.session, "telegram", "visitor") != found[0]
    async with database.session() as session:
        row = await session.get_one(Conversation, found[0])
        assert "visitor" not in row.channel_user

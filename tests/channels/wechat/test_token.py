"""One token for all who ask, in however many processes: one owner, one flight, one retry."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.channels.wechat.models import WeChatToken
from bot.channels.wechat.token import FORCED_A_DAY, AccessToken, Fetched
from bot.conversation.channel import TryLater
from records.base import CHINA, now
from records.database import Database

APPID = "wx1234567890abcdef"


class Desk:
    """Gives tokens out as WeChat does: the same one until it is forced to give another."""

    def __init__(self) -> None:
        self.calls: list[bool] = []
        self.given = 1
        self.expires_in = 7200
        self.fault: Exception | None = None

    async def fetch_token(self, *, force: bool) -> Fetched:
        self.calls.append(force)
        await asyncio.sleep(0.02)
        if self.fault is not None:
            raise self.fault
        self.given += force
        return Fetched(f"token {self.given}", self.expires_in)


async def _change(database: Database, **values: object) -> None:
    async with database.session() as session:
        await session.execute(update(WeChatToken).values(**values))
        await session.commit()


async def test_however_many_ask_at_once_in_several_processes_one_fetches(database: Database) -> None:
    desk = Desk()
    processes = [AccessToken(database.session, APPID, desk) for _ in range(4)]
    tokens = await asyncio.gather(*(process.get() for process in processes for _ in range(10)))
    assert set(tokens) == {"token 1"}
    assert desk.calls == [False]


async def test_a_refused_token_is_replaced_once_for_all_who_were_refused(database: Database) -> None:
    desk = Desk()
    processes = [AccessToken(database.session, APPID, desk) for _ in range(3)]
    for process in processes:
        await process.get()
    tokens = await asyncio.gather(*(process.replace("token 1") for process in processes for _ in range(5)))
    assert set(tokens) == {"token 2"}
    assert desk.calls == [False, True]


async def test_a_token_is_fetched_anew_five_minutes_before_it_ends(sqlite_database: Database) -> None:
    desk = Desk()
    desk.expires_in = 290
    token = AccessToken(sqlite_database.session, APPID, desk)
    await token.get()
    await token.get()
    assert desk.calls == [False, False]


async def test_forced_refreshes_keep_to_what_wechat_allows(sqlite_database: Database) -> None:
    desk = Desk()
    token = AccessToken(sqlite_database.session, APPID, desk)
    await token.get()
    await token.replace("token 1")
    with pytest.raises(TryLater):
        await token.replace("token 2")
    assert desk.calls == [False, True, False], "a second one within half a minute would change nothing"
    await _change(sqlite_database, forced_at=now() - timedelta(minutes=1), forced=FORCED_A_DAY)
    with pytest.raises(TryLater):
        await token.replace("token 2")
    yesterday = now().astimezone(CHINA).date() - timedelta(days=1)
    await _change(sqlite_database, forced_on=yesterday)
    assert await token.replace("token 2") == "token 3"


async def test_a_failed_fetch_gives_the_lease_back(sqlite_database: Database) -> None:
    desk = Desk()
    desk.fault = TryLater("down")
    token = AccessToken(sqlite_database.session, APPID, desk)
    with pytest.raises(TryLater):
        await token.get()
    desk.fault = None
    assert await token.get() == "token 1"


async def test_a_process_that_died_while_fetching_is_taken_over_from(sqlite_database: Database) -> None:
    desk = Desk()
    dead = AccessToken(sqlite_database.session, APPID, desk)
    assert await dead._lease()
    waiting = asyncio.create_task(AccessToken(sqlite_database.session, APPID, desk).get())
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await _change(sqlite_database, fetching_until=now() - timedelta(seconds=1))
    assert await waiting == "token 1"

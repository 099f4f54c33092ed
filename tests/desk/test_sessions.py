"""Sessions of signed-in clerks: they belong to one browser, and end."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from desk import accounts, sessions, trail
from desk.models import Clerk, ClerkSession
from desk.signing_in import onward_of
from records.base import now
from records.database import Database
from tests.desk.staff import CHROME, FIREFOX, employed

pytestmark = pytest.mark.usefixtures("quick_hashes")


async def _begun(database: Database, account: Clerk, replaces: str | None = None) -> str:
    async with database.session() as session:
        token = await sessions.begin(session, account, FIREFOX, replaces)
        await session.commit()
    return token


async def _found(database: Database, token: str | None, browser: str = FIREFOX, *, is_active: bool = True) -> bool:
    async with database.session() as session:
        return await sessions.find(session, token, browser, is_active=is_active) is not None


async def _aged(database: Database, **values: object) -> None:
    async with database.session() as session:
        await session.execute(update(ClerkSession).values(**values))
        await session.commit()


async def test_a_session_tells_who_it_is_of_and_what_their_changes_carry(sqlite_database: Database) -> None:
    account = await employed(sqlite_database.session, windows=["chuangkou-1"])
    tokens = [await _begun(sqlite_database, account) for _ in range(2)]
    async with sqlite_database.session() as session:
        first, second = [await sessions.find(session, token, FIREFOX) for token in tokens]
    assert first is not None and second is not None
    assert (first.clerk.id, first.clerk.name, list(first.clerk.windows)) == (account.id, "王敏", ["chuangkou-1"])
    assert first.csrf != second.csrf and tokens[0] not in repr(first) and first.csrf not in repr(first)


async def test_the_database_holds_neither_token_nor_browser(sqlite_database: Database) -> None:
    token = await _begun(sqlite_database, await employed(sqlite_database.session))
    async with sqlite_database.session() as session:
        row = (await session.scalars(select(ClerkSession))).one()
    assert token not in (row.token_index, row.browser_index) and FIREFOX not in (row.token_index, row.browser_index)


async def test_a_new_session_takes_the_place_of_the_browsers_old_one(sqlite_database: Database) -> None:
    account = await employed(sqlite_database.session)
    old, elsewhere = await _begun(sqlite_database, account), await _begun(sqlite_database, account)
    new = await _begun(sqlite_database, account, replaces=old)
    assert [await _found(sqlite_database, each) for each in (old, elsewhere, new)] == [False, True, True]


async def test_a_stolen_token_ends_the_session_and_is_on_the_trail(sqlite_database: Database) -> None:
    token = await _begun(sqlite_database, await employed(sqlite_database.session))
    assert not await _found(sqlite_database, token, CHROME)
    assert not await _found(sqlite_database, token, FIREFOX)
    async with sqlite_database.session() as session:
        assert (await trail.search(session, limit=1))[0].act == "session_elsewhere"


async def test_a_session_ends_after_half_an_hour_without_work_and_after_twelve_hours_of_it(
    sqlite_database: Database,
) -> None:
    token = await _begun(sqlite_database, await employed(sqlite_database.session))
    await _aged(sqlite_database, seen_at=now() - timedelta(minutes=29))
    assert await _found(sqlite_database, token, is_active=False)
    await _aged(sqlite_database, seen_at=now() - timedelta(minutes=29))
    assert await _found(sqlite_database, token)
    await _aged(sqlite_database, expires_at=now() - timedelta(seconds=1))
    assert not await _found(sqlite_database, token)
    await _aged(sqlite_database, expires_at=now() + timedelta(hours=1), seen_at=now() - timedelta(minutes=30))
    assert not await _found(sqlite_database, token)


async def test_only_work_puts_the_end_off_and_is_written_down_once_a_minute(sqlite_database: Database) -> None:
    token = await _begun(sqlite_database, await employed(sqlite_database.session))

    async def seen_ago(is_active: bool, ago: timedelta) -> timedelta:
        await _aged(sqlite_database, seen_at=now() - ago)
        await _found(sqlite_database, token, is_active=is_active)
        async with sqlite_database.session() as session:
            return now() - (await session.scalars(select(ClerkSession.seen_at))).one()

    assert await seen_ago(False, timedelta(minutes=20)) >= timedelta(minutes=20)
    assert await seen_ago(True, timedelta(seconds=30)) >= timedelta(seconds=30)
    assert await seen_ago(True, timedelta(minutes=20)) < timedelta(minutes=1)


async def test_what_is_over_is_deleted_when_somebody_signs_in(sqlite_database: Database) -> None:
    account = await employed(sqlite_database.session)
    for _ in range(3):
        await _begun(sqlite_database, account)
    await _aged(sqlite_database, seen_at=now() - timedelta(hours=1))
    await _begun(sqlite_database, account)
    async with sqlite_database.session() as session:
        assert await session.scalar(select(func.count()).select_from(ClerkSession)) == 1


async def test_a_stream_learns_that_its_session_ended(sqlite_database: Database) -> None:
    account = await employed(sqlite_database.session)
    token = await _begun(sqlite_database, account)
    async with sqlite_database.session() as session:
        signed_in = await sessions.find(session, token, FIREFOX)
        assert signed_in is not None and await sessions.stands(session, signed_in)
        await accounts.deactivate(session, await accounts.known(session, account.login), by="command")
        await session.commit()
        assert not await sessions.stands(session, signed_in)


async def test_whose_account_is_not_active_is_not_signed_in_whatever_is_stored(sqlite_database: Database) -> None:
    token = await _begun(sqlite_database, await employed(sqlite_database.session))
    async with sqlite_database.session() as session:
        await session.execute(update(Clerk).values(active=False))
        await session.commit()
    assert not await _found(sqlite_database, token)


@pytest.mark.parametrize("token", [None, "", "A" * 43, "A" * 42, "é" * 43, "\x00" * 43, "A" * 100_000])
async def test_no_other_token_is_anybodys(sqlite_database: Database, token: str | None) -> None:
    await _begun(sqlite_database, await employed(sqlite_database.session))
    assert not await _found(sqlite_database, token)
    assert not await _found(sqlite_database, token, "\ud800")


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_where_signing_in_leads_to_is_always_a_page_of_the_desk(asked: str) -> None:
    for candidate in (asked, f"/desk{asked}", f"/desk/{asked}"):
        onward = onward_of(candidate)
        assert onward == "/desk" or (onward.startswith(("/desk/", "/desk?")) and "\\" not in onward)
        assert onward.isascii() and onward.isprintable()

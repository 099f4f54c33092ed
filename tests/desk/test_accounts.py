"""Accounts: made, found under any spelling, changed, and everything of it on the trail."""

import pytest
from sqlalchemy import func, select

from desk import accounts, sessions, trail
from desk.accounts import AccountFault, AccountRefused
from desk.models import Clerk, ClerkSession, Role
from desk.passwords import PasswordFault, PasswordRefused
from records.database import Database
from tests.desk.staff import FIREFOX, PASSWORD, employed

pytestmark = pytest.mark.usefixtures("quick_hashes")


async def _acts(database: Database) -> list[str]:
    async with database.session() as session:
        return [line.act for line in reversed(await trail.search(session))]


async def _signed_in(database: Database, account: Clerk) -> None:
    async with database.session() as session:
        await sessions.begin(session, account, FIREFOX, None)
        await session.commit()


async def _open_sessions(database: Database) -> int:
    async with database.session() as session:
        return await session.scalar(select(func.count()).select_from(ClerkSession)) or 0


@pytest.mark.parametrize("spelled", ["wangmin", "WangMin", " wangmin ", "ｗａｎｇｍｉｎ"])
async def test_an_account_is_found_under_every_spelling_of_its_login(sqlite_database: Database, spelled: str) -> None:
    account = await employed(sqlite_database.session, "ＷangMin")
    async with sqlite_database.session() as session:
        found = await accounts.known(session, spelled)
        assert (found.id, found.login, found.windows) == (account.id, "wangmin", ["*"])
        assert await accounts.names(session, [account.id, "nobody"]) == {account.id: "王敏"}


@pytest.mark.parametrize(
    "login", ["", "a", "a" * 65, "wang min", "wang\u202emin", "王敏\x00", "a/b", "\ud800ab", "'--"]
)
async def test_a_login_that_can_be_nobodys_is_refused_and_finds_nobody(sqlite_database: Database, login: str) -> None:
    with pytest.raises(AccountRefused) as refused:
        await employed(sqlite_database.session, login)
    assert refused.value.fault is AccountFault.LOGIN
    async with sqlite_database.session() as session:
        assert await accounts.find(session, login) is None
        with pytest.raises(AccountRefused):
            await accounts.known(session, login)


@pytest.mark.parametrize("name", ["", "  ", "王" * 33, "王\u202e敏", "王\u200b敏", "王\x07敏"])
async def test_a_name_that_residents_could_not_read_is_refused(sqlite_database: Database, name: str) -> None:
    with pytest.raises(AccountRefused) as refused:
        await employed(sqlite_database.session, name=name)
    assert refused.value.fault is AccountFault.NAME


async def test_a_login_is_given_once(database: Database) -> None:
    await employed(database.session)
    with pytest.raises(AccountRefused) as refused:
        await employed(database.session, "WANGMIN", name="另一个")
    assert refused.value.fault is AccountFault.TAKEN
    async with database.session() as session:
        assert [each.name for each in await accounts.everybody(session)] == ["王敏"]
    assert await _acts(database) == ["account_added"]


async def test_a_bad_password_makes_no_account(sqlite_database: Database) -> None:
    with pytest.raises(PasswordRefused) as refused:
        await employed(sqlite_database.session, "wangmin2026", password="WangMin2026")
    assert refused.value.fault is PasswordFault.LOGIN
    async with sqlite_database.session() as session:
        assert await accounts.everybody(session) == []


async def test_another_password_a_deactivation_and_codes_sign_out_everywhere(sqlite_database: Database) -> None:
    account = await employed(sqlite_database.session)
    other = await employed(sqlite_database.session, "lijing")
    await _signed_in(sqlite_database, other)
    for change in ("password", "totp", "deactivate"):
        await _signed_in(sqlite_database, account)
        await _signed_in(sqlite_database, account)
        assert await _open_sessions(sqlite_database) == 3
        async with sqlite_database.session() as session:
            mine = await accounts.known(session, account.login)
            if change == "password":
                await accounts.set_password(session, mine, PASSWORD + "!", by="command")
            elif change == "totp":
                assert await accounts.set_totp(session, mine, wanted=True, by="command")
            else:
                await accounts.deactivate(session, mine, by="command")
            await session.commit()
        assert await _open_sessions(sqlite_database) == 1, change


async def test_what_is_changed_is_on_the_trail(sqlite_database: Database) -> None:
    await employed(sqlite_database.session)
    async with sqlite_database.session() as session:
        account = await accounts.known(session, "wangmin")
        accounts.set_rights(
            session, account, role=Role.SUPERVISOR, windows=["chuangkou-1"], departments=["gongan"], by="command"
        )
        await session.flush()
        assert await accounts.set_totp(session, account, wanted=True, by="command") == account.totp_secret
        assert await accounts.set_totp(session, account, wanted=False, by="command") is None
        await session.flush()
        await accounts.set_openid(session, account, "8f2c41", by="command")
        await accounts.deactivate(session, account, by="command")
        accounts.activate(session, account, by="command")
        await session.commit()
        lines = list(reversed(await trail.search(session)))
        assert {(line.clerk_id, line.subject_kind, line.subject_id) for line in lines} == {
            ("command", "clerk", account.id)
        }
    assert sorted(line.act for line in lines) == sorted(
        ["account_added", "rights_changed", "totp_changed", "totp_changed", "openid_changed", "account_deactivated",
         "account_activated"]
    )  # fmt: skip
    assert (account.role, account.windows, account.departments) == ("supervisor", ["chuangkou-1"], ["gongan"])


async def test_an_account_of_the_office_belongs_to_one_person(database: Database) -> None:
    for login in ("wangmin", "lijing"):
        await employed(database.session, login)
    async with database.session() as session:
        await accounts.set_openid(session, await accounts.known(session, "wangmin"), "8f2c41", by="command")
        await session.commit()
    async with database.session() as session:
        with pytest.raises(AccountRefused) as refused:
            await accounts.set_openid(session, await accounts.known(session, "lijing"), "8f2c41", by="command")
        assert refused.value.fault is AccountFault.SUBJECT_TAKEN
        await accounts.set_openid(session, await accounts.known(session, "wangmin"), "8f2c41", by="command")

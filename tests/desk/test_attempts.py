"""Attempts to sign in: five wrong ones lock an account for a quarter of an hour, however they come."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyotp
import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from desk import accounts, attempts, passwords, trail
from desk.attempts import MOST_FAILURES, by_code, by_openid, by_password
from desk.models import Clerk
from desk.openid import Identity
from records.base import now
from records.database import Database
from tests.desk.staff import LOGIN, PASSWORD, employed
from tests.support.databases import SqliteTemplate

pytestmark = pytest.mark.usefixtures("quick_hashes")


async def _account(database: Database) -> Clerk:
    async with database.session() as session:
        return await accounts.known(session, LOGIN)


async def _changed(database: Database, **values: object) -> None:
    async with database.session() as session:
        await session.execute(update(Clerk).where(Clerk.login == LOGIN).values(**values))
        await session.commit()


async def _refusals(database: Database) -> list[tuple[str, str | None]]:
    async with database.session() as session:
        lines = await trail.search(session)
    return [(line.act, line.note) for line in reversed(lines) if line.act in ("sign_in_refused", "locked_out")]


async def test_the_right_password_gives_the_account_and_forgets_failures(sqlite_database: Database) -> None:
    employee = await employed(sqlite_database.session)
    for _ in range(MOST_FAILURES - 1):
        assert await by_password(sqlite_database.session, LOGIN, "wrong password") is None
    found = await by_password(sqlite_database.session, " WangMin", PASSWORD)
    assert found is not None and found.id == employee.id
    assert (await _account(sqlite_database)).failed == 0


@pytest.mark.parametrize("login", ["nobody", "", "wang\x00min", "\ud800", "'; DROP TABLE clerks"])
async def test_a_login_that_nobody_has_is_refused_and_the_hash_is_made_all_the_same(
    sqlite_database: Database, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str | None] = []
    real = passwords.matches

    def matches(kept: str | None, sent: str) -> bool:
        asked.append(kept)
        return real(kept, sent)

    monkeypatch.setattr(passwords, "matches", matches)
    assert await by_password(sqlite_database.session, login, "nobody has this password") is None
    assert asked == [None]
    async with sqlite_database.session() as session:
        [line] = await trail.search(session)
    assert (line.clerk_id, line.subject_id) == ("nobody", "nobody")


async def test_after_five_failures_not_even_the_right_password_gets_in_for_a_quarter_of_an_hour(
    sqlite_database: Database,
) -> None:
    await employed(sqlite_database.session)
    for _ in range(MOST_FAILURES):
        assert await by_password(sqlite_database.session, LOGIN, "wrong password") is None
    assert await by_password(sqlite_database.session, LOGIN, PASSWORD) is None
    until = (await _account(sqlite_database)).locked_until
    assert until is not None and timedelta(minutes=14) < until - now() <= timedelta(minutes=15)
    refusals = await _refusals(sqlite_database)
    assert refusals == [("sign_in_refused", "password")] * 5 + [("locked_out", None), ("sign_in_refused", "locked")]
    await _changed(sqlite_database, locked_until=now() - timedelta(seconds=1))
    for _ in range(MOST_FAILURES - 1):
        assert await by_password(sqlite_database.session, LOGIN, "wrong password") is None
    assert await by_password(sqlite_database.session, LOGIN, PASSWORD) is not None


async def test_a_supervisor_at_the_command_line_unlocks_at_once(sqlite_database: Database) -> None:
    await employed(sqlite_database.session)
    await _changed(sqlite_database, failed=5, locked_until=now() + timedelta(minutes=10))
    async with sqlite_database.session() as session:
        accounts.activate(session, await accounts.known(session, LOGIN), by="command")
        await session.commit()
    assert await by_password(sqlite_database.session, LOGIN, PASSWORD) is not None


async def test_many_wrong_passwords_at_once_are_still_only_five(database: Database) -> None:
    await employed(database.session)

    async def guess(number: int) -> Clerk | None:
        return await by_password(database.session, LOGIN, PASSWORD if number == 15 else f"wrong {number}")

    found = await asyncio.gather(*(guess(number) for number in range(20)))
    admitted = [note for act, note in await _refusals(database) if act == "sign_in_refused" and note == "password"]
    assert len(admitted) + sum(each is not None for each in found) <= MOST_FAILURES + 1
    assert len(admitted) <= MOST_FAILURES


async def test_an_account_that_is_not_active_or_has_no_password_is_refused_by_it(sqlite_database: Database) -> None:
    await employed(sqlite_database.session)
    await _changed(sqlite_database, active=False)
    assert await by_password(sqlite_database.session, LOGIN, PASSWORD) is None
    await _changed(sqlite_database, active=True, password_hash=None)
    assert await by_password(sqlite_database.session, LOGIN, PASSWORD) is None


async def test_an_outdated_hash_is_made_anew_by_the_right_password(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await employed(sqlite_database.session)
    before = (await _account(sqlite_database)).password_hash
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=2, memory_cost=128, parallelism=1))
    assert await by_password(sqlite_database.session, LOGIN, PASSWORD) is not None
    after = (await _account(sqlite_database)).password_hash
    assert after != before and after is not None and "t=2" in after
    assert await by_password(sqlite_database.session, LOGIN, PASSWORD) is not None


async def test_a_code_is_taken_once_even_by_two_at_the_same_moment(database: Database) -> None:
    employee = await employed(database.session, totp=True)
    assert employee.totp_secret is not None
    code = pyotp.TOTP(employee.totp_secret).at(now())
    found = await asyncio.gather(*(by_code(database.session, employee.id, code) for _ in range(2)))
    assert sorted(each is not None for each in found) == [False, True]
    assert await by_code(database.session, employee.id, code) is None


async def test_who_knows_the_password_cannot_guess_codes_for_ever(sqlite_database: Database) -> None:
    employee = await employed(sqlite_database.session, totp=True)
    for _ in range(MOST_FAILURES):
        assert await by_password(sqlite_database.session, LOGIN, PASSWORD) is not None
        assert await by_code(sqlite_database.session, employee.id, "no code") is None
    assert await by_password(sqlite_database.session, LOGIN, PASSWORD) is None
    assert employee.totp_secret is not None
    right = pyotp.TOTP(employee.totp_secret).at(now())
    assert await by_code(sqlite_database.session, employee.id, right) is None
    assert ("locked_out", None) in await _refusals(sqlite_database)


async def test_a_code_of_an_account_without_codes_or_of_nobody_is_refused(sqlite_database: Database) -> None:
    employee = await employed(sqlite_database.session)
    assert await by_code(sqlite_database.session, employee.id, "123456") is None
    assert await by_code(sqlite_database.session, "nobody", "123456") is None


async def test_the_office_is_believed_once_by_login_and_then_by_its_own_name_for_somebody(database: Database) -> None:
    employee = await employed(database.session, password=None)
    found = await by_openid(database.session, Identity("8f2c41", "WANGMIN"))
    assert found is not None and found.id == employee.id
    renamed = await by_openid(database.session, Identity("8f2c41", "wangmin2"))
    assert renamed is not None and renamed.id == employee.id
    assert await by_openid(database.session, Identity("another", LOGIN)) is None


@pytest.mark.parametrize(
    "identity", [Identity("8f2c41", None), Identity("8f2c41", "nobody"), Identity("8f2c41", "\x00")]
)
async def test_whom_the_desk_does_not_know_gets_nowhere(sqlite_database: Database, identity: Identity) -> None:
    await employed(sqlite_database.session)
    assert await by_openid(sqlite_database.session, identity) is None


async def test_an_account_that_is_not_active_is_refused_by_every_way(sqlite_database: Database) -> None:
    employee = await employed(sqlite_database.session, totp=True)
    await _changed(sqlite_database, active=False)
    assert await by_openid(sqlite_database.session, Identity("8f2c41", LOGIN)) is None
    await _changed(sqlite_database, openid_subject="8f2c41")
    assert await by_openid(sqlite_database.session, Identity("8f2c41", LOGIN)) is None
    assert employee.totp_secret is not None
    right = pyotp.TOTP(employee.totp_secret).at(now())
    assert await by_code(sqlite_database.session, employee.id, right) is None


async def test_two_browsers_of_one_person_may_come_for_the_first_time_at_once(database: Database) -> None:
    await employed(database.session, password=None)
    found = await asyncio.gather(*(by_openid(database.session, Identity("8f2c41", LOGIN)) for _ in range(3)))
    assert all(each is not None for each in found)


def test_hashes_are_made_one_at_a_time() -> None:
    assert passwords._hashing._max_workers == 1


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["right", "wrong", "wrong", "wrong", "a quarter of an hour"]), max_size=16))
def test_through_any_order_of_attempts_an_account_is_locked_exactly_after_five_failures_in_a_row(
    sqlite_template: SqliteTemplate, tmp_path: Path, events: list[str]
) -> None:
    async def lived() -> None:
        database = Database(sqlite_template.copy(tmp_path / f"{uuid4().hex}.db"))
        await employed(database.session)
        in_a_row = 0
        for event in events:
            is_locked = in_a_row >= MOST_FAILURES
            if event == "a quarter of an hour":
                if is_locked:
                    await _changed(database, locked_until=now() - timedelta(seconds=1))
                    in_a_row = 0
                continue
            found = await by_password(database.session, LOGIN, PASSWORD if event == "right" else "wrong password")
            assert (found is not None) is (event == "right" and not is_locked), events
            if not is_locked:
                in_a_row = 0 if event == "right" else in_a_row + 1
        await database.close()

    asyncio.run(lived())


async def test_a_password_that_is_changed_while_the_old_one_is_tried_lets_nobody_in(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await employed(sqlite_database.session)
    counted = attempts._counted

    async def changed_meanwhile(*given: Any) -> bool:
        await _changed(sqlite_database, password_hash=passwords.hashed("another password"))
        return await counted(*given)

    monkeypatch.setattr(attempts, "_counted", changed_meanwhile)
    assert await by_password(sqlite_database.session, LOGIN, PASSWORD) is None

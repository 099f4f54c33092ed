import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from cases.models import Case, TrackingAttempts
from cases.submission import phone_index
from cases.tracking import LOCKED_FOR, MAX_FAILURES_OF_A_NUMBER, NumberLocked, look_up
from kyc.profile import create_resident
from records.base import now
from records.database import Database
from tests.support.people import draft_of

NUMBER = "3301050012026112000001"
UNKNOWN = "3301050012026112000999"


async def _filed(database: Database) -> Case:
    async with database.session() as session:
        case = await draft_of(session, "gaoling-jintie", {})
        case.number, case.phone_index, case.promised_on = NUMBER, phone_index("5678"), date(2026, 12, 18)
        await session.commit()
        return case


async def _ask(database: Database, number: str, last_four: str, resident_id: str = "stranger") -> str | None:
    """The id of the case shown, as one turn does it."""
    async with database.session() as session:
        try:
            case = await look_up(session, number, last_four, resident_id)
        except NumberLocked:
            return "locked"
        await session.commit()
        return None if case is None else case.id


@pytest.mark.parametrize("number", [NUMBER, UNKNOWN])
async def test_ten_failures_lock_a_number_whether_it_exists_or_not(database: Database, number: str) -> None:
    case = await _filed(database)
    for _ in range(MAX_FAILURES_OF_A_NUMBER):
        assert await _ask(database, number, "0000") is None
    for digits in ("0000", "5678"):
        assert await _ask(database, number, digits) == "locked"
    assert await _ask(database, NUMBER, "5678", case.resident_id) == case.id
    if number == UNKNOWN:
        assert await _ask(database, NUMBER, "5678") == case.id


async def test_what_is_found_does_not_count(database: Database) -> None:
    case = await _filed(database)
    for _ in range(MAX_FAILURES_OF_A_NUMBER + 2):
        assert await _ask(database, NUMBER, "5678") == case.id


async def test_guesses_at_once_do_not_pass_the_limit(database: Database) -> None:
    await _filed(database)
    outcomes = await asyncio.gather(*(_ask(database, NUMBER, f"{guess:04d}") for guess in range(25)))
    assert outcomes.count(None) == MAX_FAILURES_OF_A_NUMBER
    assert outcomes.count("locked") == 25 - MAX_FAILURES_OF_A_NUMBER


async def test_a_lock_ends_a_day_after_the_last_failure_and_poking_does_not_prolong_it(database: Database) -> None:
    case = await _filed(database)
    for _ in range(MAX_FAILURES_OF_A_NUMBER):
        await _ask(database, NUMBER, "0000")
    for age, outcome in ((LOCKED_FOR - timedelta(minutes=1), "locked"), (LOCKED_FOR + timedelta(minutes=1), case.id)):
        async with database.session() as session:
            await session.execute(update(TrackingAttempts).values(last_failed_at=now() - age))
            await session.commit()
        assert await _ask(database, NUMBER, "5678") == outcome


async def test_the_number_asked_for_is_not_kept_in_the_clear(database: Database) -> None:
    await _ask(database, NUMBER, "0000")
    async with database.session() as session:
        await create_resident(session)
        [row] = await session.scalars(select(TrackingAttempts))
        assert NUMBER not in row.number_index
        assert row.failures == 1

"""What is done at the desk stays on record, and is found again."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from desk import trail
from records.base import now
from records.database import Database


async def _written(database: Database, count: int = 5) -> None:
    async with database.session() as session:
        for number in range(count):
            trail.note(session, f"clerk-{number % 2}", f"act-{number % 3}", "case", f"case-{number}", "a" * 200)
            await session.flush()
        await session.commit()


async def test_the_newest_lines_come_first_page_by_page(sqlite_database: Database) -> None:
    await _written(sqlite_database)
    async with sqlite_database.session() as session:
        first = await trail.search(session, limit=2)
        second = await trail.search(session, limit=2, before_id=first[-1].id)
    assert [line.subject_id for line in first + second] == ["case-4", "case-3", "case-2", "case-1"]
    assert first[0].note == "a" * 120


async def test_lines_are_found_by_who_what_and_when(sqlite_database: Database) -> None:
    await _written(sqlite_database)
    moment = now()
    async with sqlite_database.session() as session:
        assert [x.subject_id for x in await trail.search(session, clerk_id="clerk-1")] == ["case-3", "case-1"]
        assert [x.subject_id for x in await trail.search(session, subject_id="case-2")] == ["case-2"]
        assert [x.subject_id for x in await trail.search(session, act="act-0", clerk_id="clerk-1")] == ["case-3"]
        assert await trail.search(session, since=moment) == []
        assert len(await trail.search(session, since=moment - timedelta(minutes=1), until=moment)) == 5
        assert len(await trail.search(session, limit=0)) == 1


@pytest.mark.parametrize("change", ["UPDATE desk_log SET clerk_id = 'nobody'", "DELETE FROM desk_log"])
async def test_no_line_can_be_changed_or_deleted(database: Database, change: str) -> None:
    await _written(database)
    async with database.session() as session:
        with pytest.raises(DBAPIError, match="append-only"):
            await session.execute(text(change))
    async with database.session() as session:
        assert len(await trail.search(session)) == 5

"""Both databases come up from the migrations with exactly the models' tables."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, select, text, update
from sqlalchemy.exc import DatabaseError, StatementError

from app.database import ALL_TABLES, is_current, migrate
from cases.models import CaseEvent
from kyc.models import Resident
from records.database import Database
from tests.support.databases import PostgresServer
from tests.support.people import draft_of


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, ALL_TABLES))


async def test_the_migrations_make_exactly_the_tables_of_the_models(database: Database) -> None:
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def test_a_migrated_database_is_current_and_migrating_again_changes_nothing(database: Database) -> None:
    assert await is_current(database.url)
    await migrate(database.url)
    assert await is_current(database.url)


async def test_an_empty_sqlite_database_is_not_current_and_its_folder_is_made(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'new' / 'folder' / 'onecall.db'}"
    (tmp_path / "new" / "folder").mkdir(parents=True)
    assert not await is_current(url)
    (tmp_path / "new" / "folder" / "onecall.db").unlink(missing_ok=True)
    (tmp_path / "new" / "folder").rmdir()
    await migrate(url)
    assert await is_current(url)


async def test_an_empty_postgresql_database_is_not_current_until_it_is_migrated(postgres: PostgresServer) -> None:
    url = postgres.empty()
    assert not await is_current(url)
    await migrate(url)
    assert await is_current(url)
    postgres.drop(url)


@pytest.mark.parametrize("statement", ["UPDATE case_events SET actor = 'clerk'", "DELETE FROM case_events"])
async def test_the_history_of_a_case_cannot_be_changed_or_deleted(database: Database, statement: str) -> None:
    async with database.session() as session:
        case = await draft_of(session, "gaoling-jintie", {})
        await session.commit()
    async with database.engine.connect() as connection:
        with pytest.raises(DatabaseError, match="append-only"):
            await connection.execute(text(statement))
    async with database.session() as session:
        [event] = await session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id))
        assert (event.action, event.actor) == ("opened", "resident")


async def test_a_moment_comes_back_aware_and_equal_whatever_its_zone(database: Database) -> None:
    china = datetime(2026, 11, 22, 8, 30, 15, 123456, tzinfo=timezone(timedelta(hours=8)))
    async with database.session() as session:
        session.add(Resident(id="r", created_at=china))
        await session.commit()
    async with database.session() as session:
        resident = await session.get_one(Resident, "r")
        assert resident.created_at == china
        assert resident.created_at.tzinfo is UTC


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    async with database.session() as session:
        session.add(Resident(created_at=datetime(2026, 11, 22)))
        with pytest.raises(StatementError, match="time zone"):
            await session.flush()


async def test_moments_are_compared_in_the_database_as_moments(database: Database) -> None:
    early = datetime(2026, 11, 22, 9, 0, tzinfo=timezone(timedelta(hours=8)))
    late = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    async with database.session() as session:
        session.add_all([Resident(id="early", created_at=early), Resident(id="late", created_at=late)])
        await session.commit()
        found = await session.scalars(select(Resident.id).where(Resident.created_at > early))
        assert list(found) == ["late"]
        await session.execute(update(Resident).values(created_at=late))

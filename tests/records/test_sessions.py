"""Writers on SQLite queue, and none of them keeps the others out for longer than its transaction."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.exc import InvalidRequestError, StatementError

from kyc.models import Resident
from records.database import Database, WritingSession

SOON = 2.0
Write = Callable[[WritingSession], Awaitable[object]]


async def _flush(session: WritingSession) -> None:
    session.add(Resident())
    await session.flush()


async def _commit(session: WritingSession) -> None:
    session.add(Resident())
    await session.commit()


WRITES: dict[str, Write] = {
    "flush": _flush,
    "commit": _commit,
    "execute": lambda session: session.execute(insert(Resident).values(id="x")),
    "scalar": lambda session: session.scalar(insert(Resident).values(id="x").returning(Resident.id)),
    "scalars": lambda session: session.scalars(insert(Resident).values(id="x").returning(Resident.id)),
}


async def _is_free(database: Database) -> bool:
    """Whether somebody else may write now."""
    try:
        async with asyncio.timeout(0.2), database.session() as session:
            await session.execute(delete(Resident).where(Resident.id == "nobody"))
            await session.commit()
    except TimeoutError:
        return False
    return True


async def test_reading_and_writing_nothing_do_not_queue(sqlite_database: Database) -> None:
    async with sqlite_database.session() as session:
        await session.scalar(select(func.count()).select_from(Resident))
        await session.flush()
        assert await _is_free(sqlite_database)
        await session.commit()
        assert await _is_free(sqlite_database)


@pytest.mark.parametrize("write", [name for name in WRITES if name != "commit"])
@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
async def test_a_writer_keeps_others_out_until_its_transaction_ends(
    sqlite_database: Database, write: str, end: str
) -> None:
    async with sqlite_database.session() as session:
        await WRITES[write](session)
        assert not await _is_free(sqlite_database)
        await getattr(session, end)()
        assert await _is_free(sqlite_database)


async def test_a_failed_write_lets_the_next_one_in_when_it_is_undone(sqlite_database: Database) -> None:
    for ends in ("rollback", "close"):
        async with sqlite_database.session() as session:
            session.add(Resident(id=object()))
            with pytest.raises(StatementError):
                await session.commit()
            await getattr(session, ends)()
            assert await _is_free(sqlite_database)


@pytest.mark.parametrize("write", WRITES)
async def test_a_writer_cancelled_while_it_waits_leaves_the_queue(sqlite_database: Database, write: str) -> None:
    async def wait() -> None:
        async with sqlite_database.session() as session:
            await WRITES[write](session)

    async with sqlite_database.session() as first:
        await _flush(first)
        waiting = [asyncio.create_task(wait()) for _ in range(3)]
        await asyncio.sleep(0.05)
        for task in waiting:
            task.cancel()
        await first.commit()
        assert all(
            isinstance(e, asyncio.CancelledError) for e in await asyncio.gather(*waiting, return_exceptions=True)
        )
    assert await _is_free(sqlite_database)


async def test_a_writer_cancelled_at_the_moment_it_is_let_in_passes_the_place_on(sqlite_database: Database) -> None:
    async def write() -> None:
        async with sqlite_database.session() as session:
            await _commit(session)

    async with sqlite_database.session() as first:
        await _flush(first)
        unlucky, lucky = asyncio.create_task(write()), asyncio.create_task(write())
        await asyncio.sleep(0.05)
        await first.commit()
        unlucky.cancel()
        await asyncio.wait_for(lucky, SOON)
    with pytest.raises(asyncio.CancelledError):
        await unlucky
    assert await _is_free(sqlite_database)


@pytest.mark.parametrize("step", range(12))
async def test_a_writer_cancelled_anywhere_lets_the_next_one_in(sqlite_database: Database, step: int) -> None:
    async def write() -> None:
        async with sqlite_database.session() as session:
            await _flush(session)
            await session.execute(insert(Resident).values(id="y"))
            await session.commit()

    task = asyncio.create_task(write())
    for _ in range(step):
        await asyncio.sleep(0.0005)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await _is_free(sqlite_database)


async def test_a_closed_session_is_refused_and_keeps_nobody_out(sqlite_database: Database) -> None:
    for write in WRITES.values():
        async with sqlite_database.session() as session:
            await _commit(session)
        with pytest.raises(InvalidRequestError, match="closed"):
            await write(session)
        assert await _is_free(sqlite_database)
        with pytest.raises(InvalidRequestError, match="closed"):
            await session.scalar(select(Resident.id))


async def test_a_session_closed_while_it_waits_keeps_nobody_out(sqlite_database: Database) -> None:
    async with sqlite_database.session() as first:
        await _flush(first)
        second = sqlite_database.session()
        waiting = asyncio.create_task(_flush(second))
        await asyncio.sleep(0.05)
        await second.close()
        await first.commit()
    with pytest.raises(InvalidRequestError):
        await waiting
    assert await _is_free(sqlite_database)


async def test_a_crowd_of_writers_all_get_through(database: Database) -> None:
    async def write() -> None:
        async with database.session() as session:
            await _commit(session)

    tasks = [asyncio.create_task(write()) for _ in range(60)]
    for task in tasks[::3]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    async with database.session() as session:
        assert (await session.scalar(select(func.count()).select_from(Resident)) or 0) >= 40


async def test_more_writers_than_connections_all_get_through_at_once(sqlite_database: Database) -> None:
    """Half of them have read before they write, and so hold a connection while they queue."""

    async def write(reads_first: bool) -> None:
        async with sqlite_database.session() as session:
            if reads_first:
                await session.scalar(select(func.count()).select_from(Resident))
            await _commit(session)

    async with asyncio.timeout(10):
        await asyncio.gather(*(write(reads_first=number % 2 == 0) for number in range(300)))


async def test_an_error_of_the_database_does_not_tell_what_was_written(database: Database) -> None:
    async with database.session() as session:
        with pytest.raises(Exception, match="INSERT") as failed:
            await session.execute(text("INSERT INTO nowhere VALUES (:name)"), {"name": "王秀英"})
        assert "王秀英" not in str(failed.value)

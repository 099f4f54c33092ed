"""While 1call runs, lessons whose time is over go by themselves."""

import asyncio
from datetime import timedelta

from sqlalchemy import select, update

from app.purging import purging
from bot.conversation.lessons import How, keep
from bot.conversation.models import Lesson
from bot.conversation.state import Guess
from records.base import now
from records.database import Database


async def _left(database: Database) -> list[str]:
    async with database.session() as session:
        return list(await session.scalars(select(Lesson.id)))


async def test_old_lessons_go_as_soon_as_1call_runs_and_the_others_stay(sqlite_database: Database) -> None:
    guess = Guess(text="那个事", intent="apply", confidence=0.4, items={}, how="missed")
    async with sqlite_database.session() as session:
        old, new = keep(session, guess, How.MISSED), keep(session, guess, How.MISSED)
        await session.flush()
        await session.execute(update(Lesson).where(Lesson.id == old).values(created_at=now() - timedelta(days=31)))
        await session.commit()
    running = asyncio.create_task(purging(sqlite_database.session, timedelta(days=30)))
    async with asyncio.timeout(20):
        while old in await _left(sqlite_database):
            assert not running.done()
    running.cancel()
    assert await _left(sqlite_database) == [new]

"""What is deleted because its time is over: templates of faces, and lessons."""

import asyncio
import contextlib
import logging
from datetime import timedelta

from bot.conversation import lessons
from kyc import vault
from records.database import DATABASE_OUTAGES, Sessions

logger = logging.getLogger(__name__)

PURGE_EVERY_S = 3600.0


async def purging(sessions: Sessions, lessons_kept: timedelta) -> None:
    """At the start and every hour, for ever: delete the faces whose time is over, and lessons older than that."""
    while True:
        with contextlib.suppress(*DATABASE_OUTAGES):
            async with sessions() as session:
                if gone := await vault.purge(session, actor="purge"):
                    logger.info("%s faces deleted: their time is over", gone)
                await lessons.purge(session, lessons_kept)
                await session.commit()
        await asyncio.sleep(PURGE_EVERY_S)

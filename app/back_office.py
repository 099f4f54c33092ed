"""Working cases composed: the clock that returns what is overdue, and news that find their way to the city's back
office."""

import asyncio
import logging
from collections.abc import Callable
from datetime import date, datetime

import httpx

from app.settings import Settings
from bot.conversation.pipeline import Pipeline
from bot.conversation.turn import Office
from bot.conversation.wording import phrase
from cases.back_office import BackOffice, send_due
from cases.sweeping import sweep
from cases.telling import Voice
from records.base import CHINA, now
from records.database import Sessions
from services_catalog.loader import Catalog

logger = logging.getLogger(__name__)

SWEEP_EVERY_S = 3600.0
LOOK_EVERY_S = 3.0


def back_office_of(chosen: Settings) -> BackOffice | None:
    """Where news of cases go; None where the city has no back office."""
    return BackOffice(chosen.back_office_url, chosen.back_office_secret) if chosen.back_office_url else None


def voice_of(office: Office, pipeline: Pipeline) -> Voice:
    """How residents are told of their cases."""
    return Voice(office.public_url, office.link_key, frozenset(pipeline.courier.channels))


def office_told(office: Office) -> str:
    """Where and when somebody is there, as printed on a notice."""
    phone = f"，{office.phone}" if office.phone else ""
    return phrase("utter_notice_office", street=office.street_name, hours=office.hours, phone=phone)


async def sending_news(sessions: Sessions, office: BackOffice) -> None:
    """For ever: send what is due. Whatever goes wrong with the database is tried again."""
    async with httpx.AsyncClient(follow_redirects=False) as client:
        while True:
            try:
                tried = await send_due(sessions, client, office, now())
            except Exception as error:
                logger.error("news for the back office wait: %s", type(error).__name__)
                tried = 0
            if not tried:
                await asyncio.sleep(LOOK_EVERY_S)


async def sweeping_cases(
    sessions: Sessions, catalog: Callable[[], Catalog], pipeline: Pipeline, office: Office
) -> None:
    """At the start and every hour, for ever: return the cases whose materials did not come in time."""
    while True:
        try:
            returned = await sweep_once(sessions, catalog(), pipeline, office, datetime.now(CHINA).date())
        except Exception as error:
            logger.error("overdue cases wait: %s", type(error).__name__)
            returned = 0
        await asyncio.sleep(LOOK_EVERY_S if returned else SWEEP_EVERY_S)


async def sweep_once(sessions: Sessions, catalog: Catalog, pipeline: Pipeline, office: Office, today: date) -> int:
    """Return some of what is overdue and announce it; gives how many."""
    async with sessions() as session:
        swept = await sweep(session, catalog.items, voice_of(office, pipeline), today)
        await session.commit()
    for conversation in swept.conversations:
        pipeline.announce(conversation)
    return swept.returned

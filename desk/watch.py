"""Watching over those who wait: whom a clerk left without an answer waits for another one, and what was offered to
somebody who is gone is offered anew."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import duty, handoffs, outbox, queue
from bot.conversation.bubbles import Bubble, Speaker
from bot.conversation.handoffs import HandoffChanged, Stage
from bot.conversation.models import Conversation, Handoff
from bot.conversation.ownership import OwnerChanged
from bot.conversation.pipeline import Pipeline
from bot.conversation.wording import phrase
from desk.hub import Hub
from records.base import now
from records.database import DATABASE_OUTAGES, Sessions
from services_catalog.loader import Catalog

logger = logging.getLogger(__name__)

EVERY_S = 20.0
LEFT_ALONE = timedelta(minutes=2)
"""How long a resident may be without an answer of a clerk who is gone."""
AT_ONCE = 50


@dataclass(frozen=True)
class Watch:
    """What is needed to look after those who wait."""

    sessions: Sessions
    pipeline: Pipeline
    hub: Hub
    catalog: Callable[[], Catalog]


async def watching(watch: Watch) -> None:
    """For ever: look after those who wait."""
    while True:
        try:
            await look_after(watch)
        except DATABASE_OUTAGES as error:
            logger.warning("those who wait are looked after later: %s", type(error).__name__)
        await asyncio.sleep(EVERY_S)


async def look_after(watch: Watch) -> int:
    """Bring back whom a clerk left, and offer again what nobody there was offered; gives how many were brought back."""
    async with watch.sessions() as session:
        there = {each.clerk_id for each in await duty.who_is_there(session)}
        left = await _left_alone(session, there)
        unseen = [each.id for each in await _waiting(session) if each.offered_to not in there]
    back = 0
    for handoff_id in left:
        back += await _bring_back(watch, handoff_id)
    for handoff_id in unseen[:AT_ONCE] if there else []:
        async with watch.sessions() as session:
            handoff = await handoffs.find(session, handoff_id)
            if handoff is not None and handoff.stage == Stage.WAITING:
                await queue.offer(session, handoff, watch.catalog().restricted)
                await session.commit()
    if back:
        watch.hub.queue_changed()
    return back


async def _left_alone(session: AsyncSession, there: set[str]) -> list[int]:
    alone = select(Handoff.id, Handoff.clerk_id).where(
        Handoff.closed_at.is_(None),
        Handoff.stage == Stage.TAKEN.value,
        Handoff.unanswered_since < now() - LEFT_ALONE,
    )
    return [handoff_id for handoff_id, clerk_id in await session.execute(alone) if clerk_id not in there][:AT_ONCE]


async def _waiting(session: AsyncSession) -> list[Handoff]:
    waiting = (
        select(Handoff)
        .where(Handoff.closed_at.is_(None), Handoff.stage == Stage.WAITING.value)
        .order_by(Handoff.waiting_since)
        .limit(AT_ONCE * 4)
    )
    return list(await session.scalars(waiting))


async def _bring_back(watch: Watch, handoff_id: int) -> bool:
    """One handoff back to the queue, and its resident told; False where the clerk answered meanwhile."""
    async with watch.sessions() as session:
        handoff = await handoffs.find(session, handoff_id)
        if handoff is None or handoff.stage != Stage.TAKEN:
            return False
        conversation = await session.get_one(Conversation, handoff.conversation_id)
        try:
            await handoffs.abandon(session, handoff)
        except (HandoffChanged, OwnerChanged):
            return False
        await queue.offer(session, handoff, watch.catalog().restricted)
        gone = Bubble(text=phrase("utter_clerk_gone_waiting"))
        outbox.post(session, conversation, None, [gone], watch.pipeline.is_pushed(conversation), Speaker.SYSTEM)
        await session.commit()
    watch.pipeline.announce(conversation)
    return True

"""Reading a conversation back."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.bubbles import Bubble, Choice, Speaker
from bot.conversation.incoming import Incoming
from bot.conversation.models import InboxMessage, OutboxMessage
from bot.conversation.waiting import RETURN_TO_BOT
from records.database import Sessions

_TOKEN = re.compile(r"([0-9]{1,18})\.([0-9]{1,3})")
LOOKED_BACK = 50
"""How many bubbles back the last question is looked for: a wait may have lasted for many messages."""


@dataclass(frozen=True)
class Said:
    """One entry of the thread: a resident's message or a bubble."""

    number: int
    at: datetime
    incoming: Incoming | None = None
    client_id: str | None = None
    bubble: Bubble | None = None
    speaker: Speaker | None = None


async def last_said(session: AsyncSession, conversation_id: str) -> Bubble | None:
    """The bot's last bubble before the present turn, if any; what it said while waiting for a person is left out."""
    last = (
        select(OutboxMessage)
        .where(OutboxMessage.conversation_id == conversation_id, OutboxMessage.speaker == Speaker.BOT.value)
        .order_by(OutboxMessage.id.desc())
        .limit(LOOKED_BACK)
    )
    said = (Bubble.model_validate(row.body) for row in await session.scalars(last))
    return next((bubble for bubble in said if RETURN_TO_BOT not in bubble.choices), None)


async def pressed(sessions: Sessions, conversation_id: str, token: str) -> Incoming | None:
    """The message that pressing a channel's button means.

    None where the token is none of ours or its reply is gone.
    """
    if not token:
        return None
    async with sessions() as session:
        choice = await _choice_of(session, conversation_id, token)
    return None if choice is None else Incoming(text=choice.label, choice=choice.value)


async def said_after(session: AsyncSession, conversation_id: str, number: int, limit: int = 200) -> list[Said]:
    """What went out after the outbox row `number`, in order."""
    rows = (
        select(OutboxMessage)
        .where(OutboxMessage.conversation_id == conversation_id, OutboxMessage.id > number)
        .order_by(OutboxMessage.id)
        .limit(limit)
    )
    return [_outgoing(row) for row in await session.scalars(rows)]


async def thread(session: AsyncSession, conversation_id: str, limit: int, before: datetime | None = None) -> list[Said]:
    """The newest `limit` entries of the thread up to `before`, oldest first."""
    incoming = select(InboxMessage).where(InboxMessage.conversation_id == conversation_id)
    outgoing = select(OutboxMessage).where(OutboxMessage.conversation_id == conversation_id)
    if before is not None:
        incoming = incoming.where(InboxMessage.received_at < before)
        outgoing = outgoing.where(OutboxMessage.created_at < before)
    came = [_incoming(row) for row in await session.scalars(incoming.order_by(InboxMessage.id.desc()).limit(limit))]
    entries = [entry for entry in came if entry.incoming is not None and entry.incoming.is_said]
    entries += [
        _outgoing(row) for row in await session.scalars(outgoing.order_by(OutboxMessage.id.desc()).limit(limit))
    ]
    entries.sort(key=lambda entry: (entry.at, entry.bubble is not None, entry.number))
    return entries[-limit:]


async def _choice_of(session: AsyncSession, conversation_id: str, token: str) -> Choice | None:
    """The choice that a channel's button names, as `<outbox number>.<place among its choices>`.

    None where the token is none of ours or its reply is gone.
    """
    written = _TOKEN.fullmatch(token)
    if written is None:
        return None
    row = await session.get(OutboxMessage, int(written[1]))
    if row is None or row.conversation_id != conversation_id:
        return None
    choices = Bubble.model_validate(row.body).choices
    place = int(written[2])
    return choices[place - 1] if 1 <= place <= len(choices) else None


def _incoming(row: InboxMessage) -> Said:
    return Said(row.id, row.received_at, incoming=Incoming.model_validate(row.body), client_id=row.client_id)


def _outgoing(row: OutboxMessage) -> Said:
    return Said(row.id, row.created_at, bubble=Bubble.model_validate(row.body), speaker=Speaker(row.speaker))

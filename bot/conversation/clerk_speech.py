"""What a clerk says to a resident, and has the bot do: only while the clerk has the word."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import handoffs
from bot.conversation.bubbles import Bubble, Speaker
from bot.conversation.incoming import Directive, Incoming
from bot.conversation.models import Conversation, Handoff, InboxMessage, OutboxMessage
from records.base import new_id


@dataclass(frozen=True)
class Voice:
    """A clerk as a resident hears them."""

    clerk_id: str
    name: str


async def say(
    session: AsyncSession, handoff: Handoff, voice: Voice, text: str, client_id: str, *, is_pushed: bool
) -> int:
    """Say `text` to the resident, with the session's commit; gives the number of the reply.

    The same `client_id` again says nothing more. Raises HandoffChanged where the clerk does not have the word.
    """
    before = select(OutboxMessage.id).where(
        OutboxMessage.conversation_id == handoff.conversation_id, OutboxMessage.client_id == client_id
    )
    said = await session.scalar(before)
    if said is not None:
        return said
    await handoffs.speaks(session, handoff, voice.clerk_id)
    row = OutboxMessage(
        conversation_id=handoff.conversation_id,
        speaker=Speaker.CLERK.value,
        clerk_id=voice.clerk_id,
        client_id=client_id,
        body=Bubble(text=text, signed=voice.name).model_dump(mode="json", exclude_defaults=True),
        undelivered=True if is_pushed else None,
    )
    session.add(row)
    await session.flush()
    return row.id


def direct(session: AsyncSession, conversation: Conversation, directive: Directive) -> None:
    """Have the bot do something in the conversation's next turn, with the session's commit."""
    message = Incoming(event="directed", directive=directive)
    session.add(InboxMessage(conversation_id=conversation.id, client_id=f"desk-{new_id()}", body=message.stored()))

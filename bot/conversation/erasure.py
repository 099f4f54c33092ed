"""Deleting what was said in a conversation."""

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.models import InboxMessage, OutboxMessage


async def erase_talk(session: AsyncSession, conversation_id: str) -> None:
    """Delete every answered message of the conversation and every reply; the message being answered stays."""
    await session.execute(
        delete(InboxMessage).where(InboxMessage.conversation_id == conversation_id, InboxMessage.done_at.is_not(None))
    )
    await session.execute(delete(OutboxMessage).where(OutboxMessage.conversation_id == conversation_id))

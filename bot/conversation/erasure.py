"""Deleting what was said in a conversation, and what knows of it."""

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import handoffs
from bot.conversation.deliveries import forget
from bot.conversation.handoffs import Outcome
from bot.conversation.models import (
    Conversation,
    Handoff,
    HandoffNote,
    HeldReply,
    InboxMessage,
    OutboxMessage,
    PushWindow,
)
from bot.conversation.state import DialogueState
from records.base import ERASED_WITH_TALK, Base, new_id

_LEFT = "left "
"""Begins the name of a thread that was closed; the names of residents are hashes, in which no blank occurs."""


async def conversations_of(session: AsyncSession, resident_id: str) -> list[str]:
    """The ids of all of a resident's conversations, on whichever channels; those of channels they left are none."""
    mine = select(Conversation.id).where(
        Conversation.resident_id == resident_id, Conversation.channel_user.not_like(f"{_LEFT}%")
    )
    return list(await session.scalars(mine.order_by(Conversation.created_at)))


async def erase_talk(session: AsyncSession, conversation_id: str) -> None:
    """Delete what was said in the conversation and what clerks noted of it; the message being answered stays."""
    await session.execute(
        delete(InboxMessage).where(InboxMessage.conversation_id == conversation_id, InboxMessage.done_at.is_not(None))
    )
    for table in (OutboxMessage, HandoffNote, HeldReply):
        await session.execute(delete(table).where(table.conversation_id == conversation_id))
    for each in Base.metadata.sorted_tables:
        if each.info.get(ERASED_WITH_TALK):
            await session.execute(delete(each).where(each.c.conversation_id == conversation_id))
    told = update(Handoff).where(Handoff.conversation_id == conversation_id)
    await session.execute(told.values(contact=None, summary=None, tried=None))
    await forget(session, conversation_id)


async def forget_state(session: AsyncSession, conversation_id: str) -> None:
    """Let another conversation of the resident forget what it was about."""
    conversation = await session.get_one(Conversation, conversation_id)
    state = DialogueState.model_validate(conversation.state)
    state.forget()
    conversation.state = state.model_dump(mode="json", exclude_defaults=True)


async def close_thread(session: AsyncSession, conversation: Conversation) -> None:
    """Cut a thread from its resident's name on the channel: whoever comes back under it is somebody new."""
    await erase_talk(session, conversation.id)
    await session.execute(delete(PushWindow).where(PushWindow.conversation_id == conversation.id))
    conversation.address = None
    conversation.channel_user = f"{_LEFT}{new_id()}"
    handoff = await handoffs.open_of(session, conversation.id)
    if handoff is not None:
        await handoffs.close(session, handoff, handoff.clerk_id, Outcome.LEFT)

"""Deleting what was said in a conversation, and what knows of it."""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.deliveries import forget
from bot.conversation.models import Conversation, InboxMessage, OutboxMessage, PushWindow
from bot.conversation.ownership import Owner, change_owner
from bot.conversation.state import DialogueState
from records.base import new_id

_LEFT = "left "
"""Begins the name of a thread that was closed; the names of residents are hashes, in which no blank occurs."""


async def conversations_of(session: AsyncSession, resident_id: str) -> list[str]:
    """The ids of all of a resident's conversations, on whichever channels; those of channels they left are none."""
    mine = select(Conversation.id).where(
        Conversation.resident_id == resident_id, Conversation.channel_user.not_like(f"{_LEFT}%")
    )
    return list(await session.scalars(mine.order_by(Conversation.created_at)))


async def erase_talk(session: AsyncSession, conversation_id: str) -> None:
    """Delete every answered message of the conversation and every reply; the message being answered stays."""
    await session.execute(
        delete(InboxMessage).where(InboxMessage.conversation_id == conversation_id, InboxMessage.done_at.is_not(None))
    )
    await session.execute(delete(OutboxMessage).where(OutboxMessage.conversation_id == conversation_id))
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
    owner = Owner(conversation.owner)
    if not owner.is_bot:
        await change_owner(session, conversation.id, owner, Owner.RETURNED)

"""Opening a conversation for whoever comes through a channel."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.conversation.models import Conversation
from kyc.profile import create_resident
from records.database import Sessions
from records.encryption import blind_index


async def conversation_of(sessions: Sessions, channel: str, channel_user: str) -> str:
    """The id of the conversation of a channel's user, opened on first contact."""
    hashed = blind_index(channel_user, f"user of {channel}")
    wanted = select(Conversation.id).where(Conversation.channel == channel, Conversation.channel_user == hashed)
    async with sessions() as session:
        found = await session.scalar(wanted)
        if found is not None:
            return found
        resident = await create_resident(session)
        conversation = Conversation(channel=channel, channel_user=hashed, resident_id=resident.id)
        session.add(conversation)
        try:
            await session.commit()
        except IntegrityError:  # another request of the same user was first
            await session.rollback()
            return (await session.execute(wanted)).scalar_one()
        return conversation.id

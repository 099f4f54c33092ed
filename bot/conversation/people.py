"""Finding the conversation of whoever comes through a channel, and opening it."""

from sqlalchemy import Select, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.models import Conversation
from kyc.profile import create_resident
from records.database import Sessions
from records.encryption import blind_index


async def known_conversation(sessions: Sessions, channel: str, channel_user: str) -> str | None:
    """The id of the conversation of a channel's user, if there is one."""
    async with sessions() as session:
        return await session.scalar(_wanted(channel, _hashed(channel, channel_user)))


async def conversation_of(sessions: Sessions, channel: str, channel_user: str, address: str | None = None) -> str:
    """The id of the conversation of a channel's user, opened on first contact.

    `address` is where replies have to be sent; none where the channel's user fetches them.
    """
    hashed = _hashed(channel, channel_user)
    wanted = _wanted(channel, hashed)
    async with sessions() as session:
        found = await session.scalar(wanted)
        if found is not None:
            return found
        resident = await create_resident(session)
        conversation = Conversation(channel=channel, channel_user=hashed, address=address, resident_id=resident.id)
        session.add(conversation)
        try:
            await session.commit()
        except IntegrityError:  # another request of the same user was first
            await session.rollback()
            return (await session.execute(wanted)).scalar_one()
        return conversation.id


async def join_conversations(session: AsyncSession, gone: str, kept: str) -> None:
    """Every conversation of the resident `gone` is one of `kept`."""
    joined = update(Conversation).where(Conversation.resident_id == gone).values(resident_id=kept)
    await session.execute(joined, execution_options={"synchronize_session": "fetch"})


def _hashed(channel: str, channel_user: str) -> str:
    return blind_index(channel_user, f"user of {channel}")


def _wanted(channel: str, hashed: str) -> Select[str]:
    return select(Conversation.id).where(Conversation.channel == channel, Conversation.channel_user == hashed)

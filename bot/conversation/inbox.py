"""The inbox: messages committed before they are acknowledged, and taken from it in order."""

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.channel import Window
from bot.conversation.folding import MOST_FOLDED, Pending
from bot.conversation.incoming import Incoming
from bot.conversation.models import Conversation, InboxMessage
from bot.conversation.ownership import Owner
from bot.conversation.state import DialogueState
from bot.conversation.windows import open_window
from records.base import now
from records.database import Sessions, rows_changed

MOST_TRIES = 3


async def store(
    sessions: Sessions, conversation_id: str, client_id: str, message: Incoming, opens: Window | None
) -> tuple[int, bool]:
    """Commit a message, and the window that it opens; gives its number, and whether it had come before."""
    async with sessions() as session:
        for _ in range(MOST_TRIES):
            row = InboxMessage(conversation_id=conversation_id, client_id=client_id, body=message.stored())
            session.add(row)
            try:
                if opens is not None:
                    await open_window(session, conversation_id, opens)
                await session.commit()
            except IntegrityError as error:
                await session.rollback()
                number = await number_of(session, conversation_id, client_id)
                if number is not None:
                    return number, True
                clash = error  # another message of the resident opened the window at the same moment
            else:
                return row.id, False
        raise clash


async def number_of(session: AsyncSession, conversation_id: str, client_id: str) -> int | None:
    """The number of a message that came before under the same `client_id`, if one did."""
    before = select(InboxMessage.id).where(
        InboxMessage.conversation_id == conversation_id, InboxMessage.client_id == client_id
    )
    return await session.scalar(before)


async def is_done(sessions: Sessions, number: int) -> bool:
    """Whether a message has been answered."""
    async with sessions() as session:
        return await session.scalar(select(InboxMessage.done_at).where(InboxMessage.id == number)) is not None


async def pending(session: AsyncSession, conversation_id: str) -> list[Pending]:
    """The oldest messages of the conversation that wait for their turn."""
    waiting = (
        select(InboxMessage.id, InboxMessage.body, InboxMessage.received_at)
        .where(InboxMessage.done_at.is_(None), InboxMessage.conversation_id == conversation_id)
        .order_by(InboxMessage.id)
        .limit(MOST_FOLDED)
    )
    return [
        Pending(row.id, Incoming.model_validate(row.body), row.received_at) for row in await session.execute(waiting)
    ]


async def is_asked(session: AsyncSession, conversation_id: str) -> bool:
    """Whether the resident was asked something, or speaks to a person: then no word is only an opening."""
    conversation = await session.get_one(Conversation, conversation_id)
    state = DialogueState.model_validate(conversation.state)
    return bool(state.offered) or state.loop is not None or not Owner(conversation.owner).is_bot


async def mark_done(session: AsyncSession, numbers: list[int]) -> bool:
    """Claim messages as answered by this turn. False if another process answered them meanwhile."""
    answered = update(InboxMessage).where(InboxMessage.id.in_(numbers), InboxMessage.done_at.is_(None))
    return await rows_changed(session, answered.values(done_at=now())) == len(numbers)


async def conversations_waiting(session: AsyncSession) -> list[str]:
    """The conversations that have a message without an answer."""
    waiting = select(InboxMessage.conversation_id).where(InboxMessage.done_at.is_(None)).distinct()
    return list(await session.scalars(waiting))

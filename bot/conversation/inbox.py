"""The inbox: messages committed before they are acknowledged, and taken from it in order."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.channel import Window
from bot.conversation.folding import MOST_FOLDED, Pending
from bot.conversation.incoming import Incoming
from bot.conversation.models import Conversation, InboxMessage
from bot.conversation.ownership import Owner
from bot.conversation.state import DialogueState
from bot.conversation.windows import open_windows
from records.base import now
from records.database import Sessions, rows_changed

MOST_TRIES = 3


@dataclass(frozen=True)
class Arrival:
    """A message on its way into the inbox. `opens` is what its channel lets us send because of it."""

    conversation_id: str
    client_id: str
    message: Incoming
    opens: Window | None = None

    @property
    def name(self) -> tuple[str, str]:
        """What tells it from every other message."""
        return self.conversation_id, self.client_id


@dataclass(frozen=True)
class Receipt:
    """A stored message: its number, and whether it had come before."""

    number: int
    again: bool


async def store(sessions: Sessions, arrivals: Sequence[Arrival]) -> list[Receipt]:
    """Commit messages and the windows they open, all or none. One that came before changes nothing."""
    for _ in range(MOST_TRIES):
        async with sessions() as session:
            numbers = await _numbers(session, arrivals)
            new: dict[tuple[str, str], Arrival] = {}
            for each in arrivals:
                if each.name not in numbers:
                    new.setdefault(each.name, each)
            rows = {name: _row(each) for name, each in new.items()}
            session.add_all(rows.values())
            await open_windows(session, [(each.conversation_id, each.opens) for each in new.values() if each.opens])
            try:
                await session.commit()
            except IntegrityError as error:  # another process stored or opened the same at the same moment
                clash = error
                continue
        numbers |= {name: row.id for name, row in rows.items()}
        return [Receipt(numbers[each.name], again=each is not new.get(each.name)) for each in arrivals]
    raise clash


async def _numbers(session: AsyncSession, arrivals: Sequence[Arrival]) -> dict[tuple[str, str], int]:
    """The numbers of those messages that came before."""
    names = [arrival.name for arrival in arrivals]
    stored = select(InboxMessage.conversation_id, InboxMessage.client_id, InboxMessage.id).where(
        tuple_(InboxMessage.conversation_id, InboxMessage.client_id).in_(names)
    )
    return {
        (conversation_id, client_id): number for conversation_id, client_id, number in await session.execute(stored)
    }


def _row(arrival: Arrival) -> InboxMessage:
    return InboxMessage(
        conversation_id=arrival.conversation_id, client_id=arrival.client_id, body=arrival.message.stored()
    )


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


def is_asked(conversation: Conversation) -> bool:
    """Whether the resident was asked something, or speaks to a person: then no word is only an opening."""
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

"""What is new in a thread since a page looked: the resident's own messages, from whichever tab, and the replies."""

import re
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.history import Said, said_after
from bot.conversation.incoming import Incoming
from bot.conversation.models import InboxMessage, OutboxMessage

_WRITTEN = re.compile(r"(\d{1,16})-(\d{1,16})")


@dataclass(frozen=True)
class Position:
    """How far a page has read: the numbers of the last reply and of the last message of the resident."""

    reply: int = 0
    message: int = 0

    @classmethod
    def read(cls, written: str | None) -> "Position | None":
        """The position a page sent back, or None if it sent none that is ours."""
        match = _WRITTEN.fullmatch(written or "")
        return cls(int(match[1]), int(match[2])) if match else None

    def __str__(self) -> str:
        """As it is given to the page."""
        return f"{self.reply}-{self.message}"

    def past(self, said: Said) -> "Position":
        """The position after `said` as well."""
        if said.incoming is None:
            return Position(max(self.reply, said.number), self.message)
        return Position(self.reply, max(self.message, said.number))


async def end_of(session: AsyncSession, conversation_id: str) -> Position:
    """The position after everything said so far."""
    replies = select(func.max(OutboxMessage.id)).where(OutboxMessage.conversation_id == conversation_id)
    messages = select(func.max(InboxMessage.id)).where(InboxMessage.conversation_id == conversation_id)
    return Position(await session.scalar(replies) or 0, await session.scalar(messages) or 0)


async def news_after(session: AsyncSession, conversation_id: str, position: Position, limit: int = 200) -> list[Said]:
    """What was said after `position`, in the thread's order."""
    rows = (
        select(InboxMessage)
        .where(InboxMessage.conversation_id == conversation_id, InboxMessage.id > position.message)
        .order_by(InboxMessage.id)
        .limit(limit)
    )
    said = [
        Said(row.id, row.received_at, incoming=Incoming.model_validate(row.body), client_id=row.client_id)
        for row in await session.scalars(rows)
    ]
    said = [entry for entry in said if entry.incoming is not None and entry.incoming.is_said]
    said += await said_after(session, conversation_id, position.reply, limit)
    return sorted(said, key=lambda entry: (entry.at, entry.bubble is not None, entry.number))

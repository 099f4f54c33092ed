"""Who speaks in a conversation: four values, one table of transitions, one compare-and-swap."""

from enum import StrEnum

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.models import Conversation
from records.base import now
from records.database import rows_changed


class Owner(StrEnum):
    """Who answers the resident. RETURNED is the bot again, after a clerk or a wait."""

    BOT = "bot"
    WAITING = "waiting"
    CLERK = "clerk"
    RETURNED = "returned"

    @property
    def is_bot(self) -> bool:
        """Whether the bot speaks."""
        return self in (Owner.BOT, Owner.RETURNED)


TRANSITIONS: dict[Owner, frozenset[Owner]] = {
    Owner.BOT: frozenset({Owner.WAITING}),
    Owner.WAITING: frozenset({Owner.CLERK, Owner.RETURNED}),
    Owner.CLERK: frozenset({Owner.RETURNED, Owner.WAITING}),
    Owner.RETURNED: frozenset({Owner.WAITING}),
}


class OwnerChanged(Exception):
    """Somebody else changed the owner first, or the change is not allowed."""


async def change_owner(session: AsyncSession, conversation_id: str, before: Owner, after: Owner) -> None:
    """Pass the word from `before` to `after`. Raises OwnerChanged if `before` no longer holds it."""
    if after not in TRANSITIONS[before]:
        raise OwnerChanged(f"{before} -> {after} is not a transition")
    swap = (
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.owner == before.value)
        .values(owner=after.value, waiting_since=now() if after is Owner.WAITING else None)
    )
    if await rows_changed(session, swap) != 1:
        raise OwnerChanged(f"{before} no longer owns the conversation")

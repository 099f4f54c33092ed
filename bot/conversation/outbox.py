"""The outbox: replies written with the turn that made them."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.bubbles import Bubble, Speaker
from bot.conversation.models import Conversation, OutboxMessage


def post(
    session: AsyncSession,
    conversation: Conversation,
    inbox_id: int | None,
    bubbles: Sequence[Bubble],
    is_pushed: bool,
    speaker: Speaker = Speaker.BOT,
) -> None:
    """Add bubbles to the conversation's outbox, with the session's commit.

    `is_pushed` tells that they have to be sent, because the resident does not fetch them.
    """
    session.add_all(
        OutboxMessage(
            conversation_id=conversation.id,
            inbox_id=inbox_id,
            speaker=speaker.value,
            body=bubble.model_dump(mode="json", exclude_defaults=True),
            undelivered=True if is_pushed else None,
        )
        for bubble in bubbles
    )

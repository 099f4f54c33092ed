"""The ledger of what a channel still lets us send to a resident: windows that open with what residents do."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.channel import Window
from bot.conversation.models import PushWindow
from records.base import now
from records.database import rows_changed


async def open_windows(session: AsyncSession, opened: Sequence[tuple[str, Window]]) -> None:
    """Begin windows of conversations anew: what was left of one of its kind is replaced, not added to."""
    if not opened:
        return
    theirs = PushWindow.conversation_id.in_({conversation_id for conversation_id, _ in opened})
    known = {(row.conversation_id, row.kind): row for row in await session.scalars(select(PushWindow).where(theirs))}
    for conversation_id, window in opened:
        row = known.get((conversation_id, window.kind))
        if row is None:
            row = known[conversation_id, window.kind] = PushWindow(conversation_id=conversation_id, kind=window.kind)
            session.add(row)
        row.left, row.expires_at = window.most, now() + timedelta(seconds=window.seconds)


async def spend(session: AsyncSession, conversation_id: str) -> str | None:
    """Take one message from the window that closes first; gives its kind, or None where all are closed."""
    while (kind := await _soonest_to_close(session, conversation_id)) is not None:
        taken = update(PushWindow).where(
            PushWindow.conversation_id == conversation_id, PushWindow.kind == kind, PushWindow.left > 0
        )
        if await rows_changed(session, taken.values(left=PushWindow.left - 1)) == 1:
            return kind
    return None


async def give_back(session: AsyncSession, conversation_id: str, kind: str) -> None:
    """Undo one spending: the message did not reach the channel."""
    back = update(PushWindow).where(PushWindow.conversation_id == conversation_id, PushWindow.kind == kind)
    await session.execute(back.values(left=PushWindow.left + 1))


async def close_windows(session: AsyncSession, conversation_id: str) -> None:
    """The channel says that it takes nothing more, whatever our ledger says."""
    await session.execute(delete(PushWindow).where(PushWindow.conversation_id == conversation_id))


async def _soonest_to_close(session: AsyncSession, conversation_id: str) -> str | None:
    usable = (
        select(PushWindow.kind)
        .where(
            PushWindow.conversation_id == conversation_id,
            PushWindow.left > 0,
            PushWindow.expires_at > now(),
        )
        .order_by(PushWindow.expires_at)
        .limit(1)
    )
    return await session.scalar(usable)

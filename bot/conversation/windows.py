"""The ledger of what a channel still lets us send to a resident: windows that open with what residents do."""

from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.channel import Window
from bot.conversation.models import PushWindow
from records.base import now
from records.database import rows_changed


async def open_window(session: AsyncSession, conversation_id: str, window: Window) -> None:
    """Begin a window anew: what was left of one of its kind is replaced, not added to."""
    expires_at = now() + timedelta(seconds=window.seconds)
    known = await session.get(PushWindow, (conversation_id, window.kind))
    if known is None:
        session.add(
            PushWindow(conversation_id=conversation_id, kind=window.kind, left=window.most, expires_at=expires_at)
        )
    else:
        known.left, known.expires_at = window.most, expires_at


async def is_open(session: AsyncSession, conversation_id: str) -> bool:
    """Whether anything may be sent now."""
    return await _soonest_to_close(session, conversation_id) is not None


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

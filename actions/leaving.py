"""Leaving a channel."""

from bot.conversation.turn import Turn


async def leave(turn: Turn) -> None:
    """Forget a resident who left the channel."""

"""A resident leaves a channel: what is known of them there goes, what was filed stays as the law asks."""

from actions.erasing import forget_resident
from bot.conversation.erasure import close_thread, conversations_of
from bot.conversation.turn import Turn
from kyc import linking


async def leave(turn: Turn) -> None:
    """Forget a resident who left the channel, with the turn.

    Who talks to us on another channel too is still known there: then only this thread goes, and the link code they
    may have been given.
    """
    mine = await conversations_of(turn.session, turn.resident_id)
    if mine == [turn.conversation.id]:
        await forget_resident(turn.session, turn.resident_id, turn.office.files_dir)
    else:
        await linking.withdraw(turn.session, turn.resident_id)
    turn.state.forget()
    await close_thread(turn.session, turn.conversation)

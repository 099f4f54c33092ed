"""删除我的资料: what is remembered of a resident goes, on their word; what was filed stays as the law asks."""

from actions.base import Heard, TurnAction
from bot.conversation.bubbles import Choice
from bot.conversation.erasure import conversations_of, erase_talk, forget_state
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases import drafts
from cases.files import erase_loose_files
from kyc import linking, profile


class ActionErase(TurnAction):
    """A resident wants their data deleted: say what goes and what stays, and ask once."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_erase"

    async def act(self, turn: Turn, heard: Heard) -> None:
        """Ask for confirmation."""
        ask_erase(turn)


def ask_erase(turn: Turn) -> None:
    """Say what deletion means and ask."""
    choices = [
        Choice(label="删掉", value="erase"),
        Choice(label="先不删", value="later" if turn.state.loop is None else "continue"),
    ]
    turn.ask(phrase("utter_erase_ask"), choices)


async def erase(turn: Turn) -> None:
    """Delete profile, consent, drafts, loose files and the threads on all channels so far, with the turn."""
    await forget_resident(turn)
    for conversation_id in await conversations_of(turn.session, turn.resident_id):
        await erase_talk(turn.session, conversation_id)
        if conversation_id != turn.conversation.id:
            await forget_state(turn.session, conversation_id)
    turn.state.leave_form()
    turn.state.relation = None
    turn.say("utter_erased")


async def forget_resident(turn: Turn) -> None:
    """Delete what is remembered of the resident: profile, consent, link code, drafts, loose files."""
    await profile.forget(turn.session, turn.resident_id)
    await linking.withdraw(turn.session, turn.resident_id)
    while (draft := await drafts.latest_draft(turn.session, turn.resident_id)) is not None:
        drafts.discard(turn.session, draft)
        await turn.session.flush()
    await erase_loose_files(turn.session, turn.office.files_dir, turn.resident_id)

"""删除我的资料: what is remembered of a resident goes, on their word; what was filed stays as the law asks."""

from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from actions.base import Heard, TurnAction
from bot.conversation.bubbles import Choice
from bot.conversation.erasure import conversations_of, erase_talk, forget_state
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases import drafts
from cases.files import erase_loose_files
from kyc import face_consent, linking, profile


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
    """Delete profile, consents, faces, drafts, loose files and the threads on all channels so far, with the turn."""
    await erase_resident(turn.session, turn.resident_id, turn.office.files_dir, kept=turn.conversation.id)
    turn.state.leave_form()
    turn.state.relation = None
    turn.say("utter_erased")


async def erase_resident(session: AsyncSession, resident_id: str, files_dir: Path, kept: str | None = None) -> None:
    """Delete all that is remembered of a resident and said with them, with the session's commit.

    The state of the conversation `kept` is its turn's own affair.
    """
    await forget_resident(session, resident_id, files_dir)
    for conversation_id in await conversations_of(session, resident_id):
        await erase_talk(session, conversation_id)
        if conversation_id != kept:
            await forget_state(session, conversation_id)


async def forget_resident(session: AsyncSession, resident_id: str, files_dir: Path) -> None:
    """Delete what is remembered of the resident: profile, consents, link code, faces, drafts, loose files."""
    await profile.forget(session, resident_id)
    await linking.withdraw(session, resident_id)
    await face_consent.withdraw(session, resident_id, actor="resident")
    while (draft := await drafts.latest_draft(session, resident_id)) is not None:
        drafts.discard(session, draft)
        await session.flush()
    await erase_loose_files(session, files_dir, resident_id)

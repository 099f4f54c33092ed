"""删除刷脸数据: the consent to face checks is withdrawn by one sentence, and every kept face deleted."""

from actions.base import Heard, TurnAction
from bot.conversation.turn import Turn
from kyc import face_consent


class ActionWithdrawFace(TurnAction):
    """A resident does not want their face kept any more."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_withdraw_face"

    async def act(self, turn: Turn, heard: Heard) -> None:
        """Delete at once: nothing is lost by it that cannot be had again."""
        await withdraw_face(turn)


async def withdraw_face(turn: Turn) -> None:
    """Withdraw the consent and delete the faces, with the turn; checks passed by face count no longer."""
    gone = await face_consent.withdraw(turn.session, turn.resident_id, actor="resident")
    turn.say("utter_face_withdrawn" if gone else "utter_face_withdrawn_none")

"""A person, please: the conversation waits for a clerk, and the resident hears honestly what that means."""

from actions.base import Heard, TurnAction
from bot.conversation.bubbles import Bubble
from bot.conversation.ownership import Owner, change_owner
from bot.conversation.turn import Turn
from bot.conversation.waiting import RETURN_TO_BOT
from bot.conversation.wording import phrase


class ActionHandoff(TurnAction):
    """Hand the conversation over to the clerks."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_handoff"

    async def act(self, turn: Turn, heard: Heard) -> None:
        """Put the conversation in WAITING."""
        await hand_off(turn)


async def hand_off(turn: Turn) -> None:
    """Make the conversation wait for a clerk; a draft under way stays where it is."""
    owner = Owner(turn.conversation.owner)
    if owner.is_bot:
        await change_owner(turn.session, turn.conversation.id, owner, Owner.WAITING)
    phone = phrase("utter_office_phone", phone=turn.office.phone) if turn.office.phone else ""
    text = phrase("utter_handoff_waiting", hours=turn.office.hours, phone=phone)
    if turn.state.case_id is not None:
        text += phrase("utter_handoff_draft_kept")
    turn.show(Bubble(text=text, choices=[RETURN_TO_BOT]))

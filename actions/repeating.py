"""Saying it again, and files sent when nothing asked for one."""

from actions import card, supplying
from actions.base import Heard, TurnAction
from bot.conversation.history import last_said
from bot.conversation.turn import Turn


class ActionRepeat(TurnAction):
    """再说一遍, or back from waiting: show the last question again."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_repeat"

    async def act(self, turn: Turn, heard: Heard) -> None:
        """Say the bot's last words again, with their choices."""
        bubble = await last_said(turn.session, turn.conversation.id)
        if bubble is None:
            turn.say("utter_help", street=turn.office.street_name)
        else:
            turn.show(bubble)


class ActionSendFile(TurnAction):
    """A photo or document came outside any form."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_send_file"

    async def act(self, turn: Turn, heard: Heard) -> None:
        """Read the ID card that was asked for, or take it as what a case waits for, or ask what it is for."""
        if turn.state.card_for is not None:
            await card.take(turn)
        elif not await supplying.offer(turn):
            turn.say("utter_file_unexpected")

"""All actions, registered with rasa-sdk's executor."""

from rasa_sdk.executor import ActionExecutor

from actions.application import ActionApply, ActionResume
from actions.base import TurnAction
from actions.choosing import ActionAnswerOffer, ActionChoose
from actions.commands import ActionCommand
from actions.erasing import ActionErase
from actions.form_turn import ValidateApplicationForm
from actions.guide import ActionGuide
from actions.handoff import ActionHandoff
from actions.linking import ActionLink
from actions.repeating import ActionRepeat, ActionSendFile
from actions.talk import ActionComplain, ActionFallback, ActionTalk, ActionUnclear
from actions.tracking import ActionTrackCase, ValidateTrackingForm
from actions.withdrawing import ActionWithdrawFace
from bot.conversation.turn import OpenTurns

ACTIONS: tuple[type[TurnAction], ...] = (
    ActionAnswerOffer,
    ActionApply,
    ActionChoose,
    ActionCommand,
    ActionComplain,
    ActionErase,
    ActionFallback,
    ActionGuide,
    ActionHandoff,
    ActionLink,
    ActionRepeat,
    ActionResume,
    ActionSendFile,
    ActionTalk,
    ActionTrackCase,
    ActionUnclear,
    ActionWithdrawFace,
    ValidateApplicationForm,
    ValidateTrackingForm,
)


def executor(turns: OpenTurns) -> ActionExecutor:
    """An executor of all our actions, working on the open turns given."""
    runner = ActionExecutor()
    for action in ACTIONS:
        runner.register_action(action(turns))
    return runner

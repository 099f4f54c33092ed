"""All actions, registered with rasa-sdk's executor, and what is done without asking the engine."""

from rasa_sdk.executor import ActionExecutor

from actions.application import ActionApply, ActionResume
from actions.base import TurnAction
from actions.benefits import ActionBenefits
from actions.benefits_form import ValidateBenefitsForm
from actions.checked import checked
from actions.choosing import ActionAnswerOffer, ActionChoose
from actions.commands import ActionCommand
from actions.directed import direct
from actions.erasing import ActionErase
from actions.form_turn import ValidateApplicationForm, is_certain_answer
from actions.guide import ActionGuide
from actions.handoff import ActionHandoff
from actions.holding import hold
from actions.leaving import leave
from actions.lent import collected
from actions.linking import ActionLink
from actions.repeating import ActionRepeat, ActionSendFile
from actions.talk import ActionComplain, ActionFallback, ActionTalk, ActionUnclear
from actions.tracking import ActionTrackCase, ValidateTrackingForm
from actions.waiting_room import bot_again, danger, hear, wait
from actions.withdrawing import ActionWithdrawFace
from bot.conversation.answering import Deeds
from bot.conversation.turn import OpenTurns

ACTIONS: tuple[type[TurnAction], ...] = (
    ActionAnswerOffer,
    ActionApply,
    ActionBenefits,
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
    ValidateBenefitsForm,
    ValidateTrackingForm,
)


DEEDS = Deeds(
    certain_answer=is_certain_answer,
    leave=leave,
    checked=checked,
    directed=direct,
    collected=collected,
    danger=danger,
    waits=wait,
    bot_again=bot_again,
    heard=hear,
    held=hold,
)


def executor(turns: OpenTurns) -> ActionExecutor:
    """An executor of all our actions, working on the open turns given."""
    runner = ActionExecutor()
    for action in ACTIONS:
        runner.register_action(action(turns))
    return runner

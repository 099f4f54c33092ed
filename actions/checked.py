"""An identity check has ended: the conversation goes on by itself."""

from actions import identity, submitting
from bot.conversation.bubbles import HUMAN
from bot.conversation.state import APPLICATION_FORM
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases import drafts
from cases.models import Case
from cases.states import Status
from kyc import checks
from kyc.checks import CheckStatus


async def checked(turn: Turn) -> None:
    """Tell what came of the check and file what waited for it; of another case than the open one, only tell."""
    case = await drafts.find(turn.session, turn.state.case_id or "")
    check = None if case is None else await checks.latest(turn.session, case.id)
    waits = turn.state.loop == APPLICATION_FORM and turn.state.step in (identity.STEP, identity.CARD_STEP)
    if case is None or check is None or not waits or not _is_open(turn, case):
        turn.say("utter_verify_ended_elsewhere")
        return
    item = turn.item_of(case)
    match check.status:
        case CheckStatus.PASSED:
            turn.say("utter_verify_accepted_chat")
            await submitting.submit(turn, case)
        case CheckStatus.REVIEW:
            turn.say("utter_verify_review_chat")
            await submitting.submit(turn, case)
        case CheckStatus.LOCKED:
            turn.state.step = identity.STEP
            turn.ask(phrase("utter_verify_locked_chat"), [*identity.others(item), HUMAN])
        case _:
            identity.ask(turn, case, item)


def _is_open(turn: Turn, case: Case) -> bool:
    return case.status == Status.DRAFT.value and case.item_id in turn.catalog.items

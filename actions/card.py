"""The ID card shown in the chat, both sides, after a case was filed that needs a document."""

from actions.identity import drop_file, subject_of, wrong_with
from actions.lent import back_to_clerk
from bot.conversation.bubbles import Bubble, Choice
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases import drafts
from cases.files import read_file
from cases.models import Case
from kyc import checks
from kyc.cards.reading import CardReading
from kyc.images import ImageRefused
from kyc.levels import Way

FRONT, BACK = "front", "back"
LATER = Choice(label="办的时候再给工作人员看", value="later")


def offer(turn: Turn, case: Case) -> None:
    """The case is filed; the card can be shown now or when it is worked, which is as good."""
    turn.ask(phrase("utter_identity_declared"), [Choice(label="现在拍身份证", value=f"card:{case.id}"), LATER])


async def begin(turn: Turn, case_id: str) -> None:
    """Ask for the front."""
    if await _waiting(turn, case_id) is None:
        turn.say("utter_card_not_needed")
        return
    turn.state.card_for, turn.state.card_side = case_id, FRONT
    _ask(turn)


async def take(turn: Turn) -> None:
    """A photograph came while a side of the card is awaited."""
    case = await _waiting(turn, turn.state.card_for or "")
    content = await read_file(turn.session, turn.office.files_dir, turn.resident_id, turn.file_id or "")
    if case is None or content is None:
        turn.state.card_for = None
        turn.say("utter_card_not_needed")
        return
    try:
        reading = await turn.verifier.card(content, turn.today)
    except ImageRefused as refused:
        turn.say(f"utter_image_{refused.fault}")
        _ask(turn)
        return
    await drop_file(turn)
    sentences = wrong_with(reading, case) if turn.state.card_side == FRONT else _wrong_with_back(reading)
    for sentence in sentences:
        turn.say(sentence)
    if not sentences and turn.state.card_side == BACK:
        await _proved(turn, case)
        return
    if not sentences:
        turn.state.card_side = BACK
    _ask(turn)


async def _proved(turn: Turn, case: Case) -> None:
    turn.state.card_for = turn.state.card_side = None
    item = turn.item_of(case)
    await checks.passed_by_card(turn.session, subject_of(turn, case, item), turn.verifier.policy.counts_for)
    case.identity, case.identity_to_check = Way.CARD.value, False
    turn.say("utter_card_proved")
    await back_to_clerk(turn)


def _ask(turn: Turn) -> None:
    text = phrase("utter_card_ask_front" if turn.state.card_side == FRONT else "utter_card_ask_back")
    turn.show(Bubble(text=text, choices=[LATER], asks_file=True))


def _wrong_with_back(reading: CardReading) -> list[str]:
    if reading.fault is not None:
        return [f"utter_card_{reading.fault}"]
    return [] if reading.back is not None else ["utter_card_back_again"]


async def _waiting(turn: Turn, case_id: str) -> Case | None:
    """The resident's filed case of that id, if its identity is still to be checked."""
    case = await drafts.find(turn.session, case_id)
    if case is None or case.resident_id != turn.resident_id or case.item_id not in turn.catalog.items:
        return None
    return case if case.number is not None and case.identity_to_check else None

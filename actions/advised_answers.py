"""A form answer that its reader could not read, as an adviser reads it: asked about, and kept only once confirmed."""

from actions import asking
from actions.base import Heard
from actions.commands import CLEAR
from bot.conversation.advice import ADVISED_KINDS, ValueAdvised, WhatAnswer
from bot.conversation.bubbles import Bubble, Choice
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases import form
from cases.answers import Answer, AnswerRefused, read_answer, skips
from cases.answers.wording import is_question
from cases.models import Case
from services_catalog.schema import FieldType, FormField

STEP = "read"
"""The form's step while what was read is to be confirmed, before the field's key."""
SHORTEST = 2
"""Characters of the shortest answer that is worth asking about."""
_NOTHING_ELSE = frozenset({"out_of_scope", "ambiguous", "affirm", "deny", "none_of_these"})
"""What the engine takes an answer for that it does not know; any other clear intent is no answer."""


def doubt(turn: Turn, case: Case, heard: Heard) -> WhatAnswer | None:
    """What to ask an adviser about the message; None where it is no unreadable answer, or the field is sensitive."""
    field = asking.current_field(turn, case)
    if field is None or field.sensitive or field.type not in ADVISED_KINDS:
        return None
    if turn.choice is not None or turn.file_id is not None or len(turn.text.strip()) < SHORTEST:
        return None
    if (heard.confidence >= CLEAR and heard.intent not in _NOTHING_ELSE) or is_question(turn.text):
        return None
    if (field.skippable and skips(turn.text)) or _read(turn, field) is not None:
        return None
    question = form.wording(field, asking.kind_of(case), case.person)
    return WhatAnswer(turn.text, field.key, question, field.type, tuple(field.choices or ()), turn.today)


def ask_whether_read(turn: Turn, case: Case, field: FormField) -> bool:
    """Ask whether the answer means what the adviser read, if the field's own reader takes that. False if not."""
    if not isinstance(turn.advice, ValueAdvised) or turn.advice.key != field.key:
        return False
    try:
        answer = read_answer(field, turn.advice.value, today=turn.today)
    except AnswerRefused:
        return False
    turn.state.step = f"{STEP}:{field.key}"
    yes = Choice(label="对", value=f"{STEP}:{field.key}:{answer.value}")
    no = Choice(label="不对", value=f"replace:{field.key}")
    turn.show(
        Bubble(
            text=phrase("utter_ask_read", label=field.label, shown=answer.shown),
            choices=[yes, no],
            progress=asking.progress_at(turn, case, field),
        )
    )
    return True


def confirmed(turn: Turn, field: FormField, *, says_yes: bool) -> Choice | None:
    """The choice that a yes in words takes, when what was read was the last thing asked; None if it takes none.

    是 to 否，对吗？ takes none: it may mean the field's question as well as the one put last.
    """
    read = next((choice for choice in turn.state.offered if choice.value.startswith(f"{STEP}:{field.key}:")), None)
    own = _read(turn, field)
    contradicts = read is not None and own is not None and own.certain and not read.value.endswith(f":{own.value}")
    return read if says_yes and not contradicts else None


def says_another(turn: Turn, field: FormField, *, yes_or_no: bool) -> bool:
    """Whether a text that confirms nothing is to be read as an answer of its own.

    Not for a yes-or-no field, where a word could mean either question; nor is a mere yes or no an answer elsewhere,
    unless it is one of the field's own (没有 among its choices).
    """
    own = _read(turn, field)
    return field.type is not FieldType.YES_NO and (not yes_or_no or (own is not None and own.certain))


def _read(turn: Turn, field: FormField) -> Answer | None:
    """The text as the field's own reader reads it."""
    try:
        return read_answer(field, turn.text, today=turn.today)
    except AnswerRefused:
        return None

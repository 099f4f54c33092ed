"""One turn inside the application form: an answer, a command, a question in the middle, or a wish to change.

The answer itself never reaches a Rasa slot: the slot `answer` only tells Rasa that the turn was handled.
"""

from rasa_sdk.events import ActiveLoop, SlotSet

from actions import asking, commands, correcting, interruptions, submitting
from actions.base import Events, Heard, TurnAction
from bot.conversation.bubbles import Bubble, Choice
from bot.conversation.state import APPLICATION_FORM
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases import drafts, form
from cases.answers import Answer, AnswerRefused, read_answer, skips
from cases.models import Case
from cases.states import Status
from kyc import profile
from services_catalog.guide import named
from services_catalog.schema import ApplicantKind, FieldType, FormField

IDLE_HOURS = 6
"""After this long a resident is reminded what the form was about."""
REFUSALS_UNTIL_HELP = 2


class ValidateApplicationForm(TurnAction):
    """Handles every message while the application form is open."""

    def name(self) -> str:
        """The action's name in the domain: Rasa calls it for each message in the form."""
        return f"validate_{APPLICATION_FORM}"

    async def act(self, turn: Turn, heard: Heard) -> Events:
        """Handle the message, then leave the form or stay in it."""
        case = await drafts.find(turn.session, turn.state.case_id or "")
        if case is None or case.status != Status.DRAFT.value or case.item_id not in turn.catalog.items:
            leave(turn)
            turn.say("utter_draft_gone")
        else:
            if turn.idle_hours >= IDLE_HOURS:
                turn.say("utter_draft_reminder", item=named(turn.catalog.items[case.item_id]))
            await _handle(turn, case, heard)
        if turn.state.loop == APPLICATION_FORM:
            return [SlotSet("answer", None)]
        return [SlotSet("answer", None), SlotSet("requested_slot", None), ActiveLoop(None)]


def leave(turn: Turn) -> None:
    """Close the form; the draft stays as it is."""
    turn.state.loop = turn.state.step = turn.state.case_id = None


def current_field(turn: Turn, case: Case) -> FormField | None:
    """The field being asked, if the form is asking one."""
    kind, _, key = (turn.state.step or "").partition(":")
    if kind not in ("field", "prefill"):
        return None
    return next((field for field in asking.form_fields(turn, case) if field.key == key), None)


async def is_certain_answer(turn: Turn) -> bool:
    """Whether the turn's text can only be the answer to the field being asked; then the engine need not see it."""
    if turn.state.loop != APPLICATION_FORM or not (turn.state.step or "").startswith("field:"):
        return False
    case = await drafts.find(turn.session, turn.state.case_id or "")
    field = None if case is None else current_field(turn, case)
    if field is None:
        return False
    try:
        return read_answer(field, turn.text, today=turn.today).certain
    except AnswerRefused:
        return False


async def _handle(turn: Turn, case: Case, heard: Heard) -> None:
    if turn.choice is not None:
        await _take_choice(turn, case, turn.choice)
        return
    field = current_field(turn, case)
    if turn.file_id is not None:
        await _take_file(turn, case, field)
        return
    if await commands.obey(turn, case, heard, in_form=True):
        return
    if field is not None and turn.state.step == f"field:{field.key}":
        await _take_text(turn, case, field, heard)
    elif field is not None:
        await _take_instead(turn, case, field, heard)
    elif turn.state.step == "applicant" and (kind := _kind_in(turn, case)) is not None:
        await _set_applicant(turn, case, kind, turn.state.relation)
    elif turn.state.step == "confirm" and heard.intent == "affirm":
        await submitting.submit(turn, case)
    elif await correcting.correct(turn, case, heard) or await interruptions.interrupt(turn, case, heard):
        return
    else:
        turn.say("utter_choose_please")
        await asking.ask_next(turn, case)


async def _take_text(turn: Turn, case: Case, field: FormField, heard: Heard) -> None:
    """Read the text as the field's answer, unless it is a question or names another field."""
    try:
        answer = read_answer(field, turn.text, today=turn.today)
    except AnswerRefused as refused:
        if field.skippable and skips(turn.text):
            await _kept(turn, case, field, drafts.SKIPPED, "typed")
        elif not await interruptions.interrupt(turn, case, heard):
            _refuse(turn, case, field, refused)
        return
    if field.skippable and skips(turn.text):
        await _kept(turn, case, field, drafts.SKIPPED, "typed")
    elif not answer.certain and (
        await correcting.correct(turn, case, heard) or await interruptions.interrupt(turn, case, heard, readable=True)
    ):
        return
    else:
        await _kept(turn, case, field, answer, "typed")


async def _take_instead(turn: Turn, case: Case, field: FormField, heard: Heard) -> None:
    """A known answer was offered: a word confirms it, another answer replaces it."""
    if heard.intent == "affirm":
        await _use_known(turn, case, field)
    elif heard.intent == "deny":
        asking.ask_plainly(turn, case, field)
    else:
        await _take_text(turn, case, field, heard)


async def _take_choice(turn: Turn, case: Case, choice: Choice) -> None:
    verb, _, rest = choice.value.partition(":")
    field = current_field(turn, case)
    if verb == "who":
        kind, _, relation = rest.partition(":")
        await _set_applicant(turn, case, ApplicantKind(kind), relation or None)
    elif verb == "value" and field is not None:
        await _kept(turn, case, field, Answer(rest, rest, rest, certain=True), "typed")
    elif verb == "skip" and field is not None:
        await _kept(turn, case, field, drafts.SKIPPED, "typed")
    elif verb == "prefill" and field is not None:
        if rest == "yes":
            await _use_known(turn, case, field)
        else:
            asking.ask_plainly(turn, case, field)
    elif verb == "submit":
        await submitting.submit(turn, case)
    elif verb == "change":
        await correcting.change(turn, case, rest or None)
    elif not await commands.take_choice(turn, case, verb, rest):
        await asking.ask_next(turn, case)


async def _take_file(turn: Turn, case: Case, field: FormField | None) -> None:
    if field is None or field.type is not FieldType.FILE or turn.file_id is None:
        await submitting.attach(turn, case)
        turn.say("utter_file_attached")
        await asking.ask_next(turn, case)
        return
    await submitting.attach(turn, case)
    received = phrase("utter_file_received")
    await _kept(turn, case, field, Answer(turn.file_id, received, received, certain=True), "file")


async def _set_applicant(turn: Turn, case: Case, kind: ApplicantKind, relation: str | None) -> None:
    case.applicant_kind = kind.value
    if kind is ApplicantKind.SELF:
        case.person = form.SELF
    else:
        case.person = relation or form.UNNAMED
    await asking.ask_next(turn, case)


def _kind_in(turn: Turn, case: Case) -> ApplicantKind | None:
    """For whom, said in words: 给我自己, 帮我妈办."""
    from actions.relations import relation_in

    possible = asking.kinds(turn.catalog.items[case.item_id])
    relation = relation_in(turn.text)
    if relation is not None:
        turn.state.relation = relation
        return next((k for k in (ApplicantKind.FAMILY, ApplicantKind.GUARDIAN) if k in possible), None)
    if any(word in turn.text for word in ("自己", "本人", "我办", "给我办")) and ApplicantKind.SELF in possible:
        turn.state.relation = None
        return ApplicantKind.SELF
    return None


async def _use_known(turn: Turn, case: Case, field: FormField) -> None:
    item = turn.catalog.items[case.item_id]
    person = form.about(field, item, asking.kind_of(case), case.person)
    known = await profile.known(turn.session, turn.resident_id, person or "", field.prefill or "")
    if known is None:
        asking.ask_plainly(turn, case, field)
        return
    await _kept(turn, case, field, Answer(known.value, known.masked, known.masked, certain=True), "profile")


async def _kept(turn: Turn, case: Case, field: FormField, answer: Answer, provenance: str) -> None:
    turn.state.misses = 0
    drafts.keep(case, field.key, answer, provenance)
    if answer.shown != turn.text and field.type is FieldType.DATE and answer.value:
        turn.say("utter_noted", label=field.label, shown=answer.shown)
    await asking.ask_next(turn, case)


def _refuse(turn: Turn, case: Case, field: FormField, refused: AnswerRefused) -> None:
    """Say what was wrong with the answer; the second time, offer help."""
    turn.state.misses += 1
    wrong = phrase(f"utter_answer_{refused.code}", **refused.values)
    if turn.state.misses < REFUSALS_UNTIL_HELP:
        choices = turn.state.offered if field.type in (FieldType.CHOICE, FieldType.YES_NO) else []
        turn.show(Bubble(text=wrong, choices=choices, progress=asking.progress_at(turn, case, field)))
        return
    helps = [asking.SKIP] if field.skippable else []
    if field.type in (FieldType.CHOICE, FieldType.YES_NO):
        helps = [choice for choice in turn.state.offered if choice.value.startswith(("value:", "skip"))]
    helps += [Choice(label="找人工", value="human"), Choice(label="先存着", value="later")]
    turn.show(Bubble(text=wrong, choices=helps, progress=asking.progress_at(turn, case, field)))

"""One turn inside the application form: an answer, a command, a question in the middle, or a wish to change.

The answer itself never reaches a Rasa slot: the slot `answer` only tells Rasa that the turn was handled.
"""

from typing import ClassVar

from rasa_sdk.events import SlotSet

from actions import advised_answers, asking, commands, correcting, hearing, identity, interruptions, submitting
from actions.base import Events, Heard, TurnAction
from actions.relations import for_self, relation_in
from bot.conversation.advice import Doubt
from bot.conversation.bubbles import HUMAN, Bubble, Choice
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
SURE_WORD = 0.6
"""A yes or no less certain than this decides nothing."""


class ValidateApplicationForm(TurnAction):
    """Handles every message while the application form is open."""

    events: ClassVar[Events] = [SlotSet("answer", None)]

    def name(self) -> str:
        """The action's name in the domain: Rasa calls it for each message in the form."""
        return f"validate_{APPLICATION_FORM}"

    async def act(self, turn: Turn, heard: Heard) -> None:
        """Handle the message. Whether the form stays open is for the turn's state to say."""
        case = await drafts.find(turn.session, turn.state.case_id or "")
        if case is None or case.status != Status.DRAFT.value or case.item_id not in turn.catalog.items:
            turn.state.leave_form()
            turn.say("utter_draft_gone")
            return
        if turn.idle_hours >= IDLE_HOURS:
            turn.say("utter_draft_reminder", item=named(turn.item_of(case)))
        await _handle(turn, case, heard)

    async def doubt(self, turn: Turn, heard: Heard) -> Doubt | None:
        """What the answer says, where its reader cannot read it."""
        case = await drafts.find(turn.session, turn.state.case_id or "")
        if case is None or case.status != Status.DRAFT.value or case.item_id not in turn.catalog.items:
            return None
        return advised_answers.doubt(turn, case, heard)


async def is_certain_answer(turn: Turn) -> bool:
    """Whether the turn's text can only be the answer to the field being asked; then the engine need not see it."""
    if turn.state.loop != APPLICATION_FORM or not (turn.state.step or "").startswith("field:"):
        return False
    case = await drafts.find(turn.session, turn.state.case_id or "")
    field = None if case is None else asking.current_field(turn, case)
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
    field = asking.current_field(turn, case)
    if turn.file_id is not None:
        await _take_file(turn, case, field)
    elif heard.intent in ("affirm", "deny") and _asked_aside(turn):
        turn.ask(phrase("utter_choose_please"), turn.state.offered)
    elif await commands.obey(turn, case, heard):
        return
    elif field is not None and turn.state.step == f"field:{field.key}":
        await _take_text(turn, case, field, heard)
    elif field is not None:
        await _take_instead(turn, case, field, heard)
    elif turn.state.step == "applicant":
        await _take_applicant(turn, case, heard)
    elif turn.state.step in (identity.STEP, identity.CARD_STEP):
        await _while_proving(turn, case, heard)
    else:
        await _at_the_summary(turn, case, heard)


def _asked_aside(turn: Turn) -> bool:
    """Whether the last question was not the form's own: what 取消 means, which item first, which answer to change."""
    return any(choice.value.partition(":")[0] in ("discard", "switch", "continue") for choice in turn.state.offered)


async def _take_text(turn: Turn, case: Case, field: FormField, heard: Heard) -> None:
    """Read the text as the field's answer, unless it is a question or names another field."""
    try:
        answer = read_answer(field, turn.text, today=turn.today)
    except AnswerRefused as refused:
        await _refused(turn, case, field, heard, refused)
        return
    if answer.certain:
        await _kept(turn, case, field, answer, "typed")
    elif field.skippable and skips(turn.text):
        await _kept(turn, case, field, drafts.SKIPPED, "typed")
    elif not await correcting.correct(turn, case, heard) and not await interruptions.interrupt(
        turn, case, heard, readable=True
    ):
        await _kept(turn, case, field, answer, "typed")


async def _refused(turn: Turn, case: Case, field: FormField, heard: Heard, refused: AnswerRefused) -> None:
    """No answer to this field: it may be passed over, correct another, ask something, or just be mistaken."""
    if field.skippable and skips(turn.text):
        await _kept(turn, case, field, drafts.SKIPPED, "typed")
    elif await correcting.correct(turn, case, heard) or await interruptions.interrupt(turn, case, heard):
        return
    elif not advised_answers.ask_whether_read(turn, case, field):
        _say_what_was_wrong(turn, case, field, refused)


async def _take_instead(turn: Turn, case: Case, field: FormField, heard: Heard) -> None:
    """A known answer was offered: a word confirms it, another answer replaces it."""
    says_yes, says_no = (heard.intent == word and heard.confidence >= SURE_WORD for word in ("affirm", "deny"))
    if turn.state.step == f"{advised_answers.STEP}:{field.key}":
        if (read := advised_answers.confirmed(turn, field, says_yes=says_yes)) is not None:
            await _take_choice(turn, case, read)
        elif advised_answers.says_another(turn, field, yes_or_no=says_yes or says_no):
            await _take_text(turn, case, field, heard)
        elif not await interruptions.interrupt(turn, case, heard):
            asking.ask_plainly(turn, case, field)
    elif says_yes:
        await _use_known(turn, case, field)
    elif says_no:
        asking.ask_plainly(turn, case, field)
    else:
        await _take_text(turn, case, field, heard)


async def _take_applicant(turn: Turn, case: Case, heard: Heard) -> None:
    """For whom: a yes to the relative asked about, a relation in words, or another item altogether."""
    first = turn.state.offered[0] if turn.state.offered else None
    said = turn.state.relation or hearing.applicant_heard(turn, case.item_id)
    if heard.intent == "affirm" and said is not None and first and first.value.startswith("who:"):
        await _take_choice(turn, case, first)
    elif await interruptions.switch(turn, case, heard):
        return
    elif (kind := _kind_in(turn, case)) is not None:
        await _set_applicant(turn, case, kind, turn.state.relation)
    elif (relation := relation_in(turn.text)) is not None and not asking.by_family(turn.item_of(case)):
        asking.tell_who_applies(turn, turn.item_of(case), relation)
        await asking.ask_again(turn, case)
    elif not await interruptions.interrupt(turn, case, heard):
        await _not_chosen(turn, case)


async def _at_the_summary(turn: Turn, case: Case, heard: Heard) -> None:
    """Nothing is filed but by a clear yes to the summary itself, and not if the message corrects something."""
    asked = any(choice.value == f"submit:{case.id}" for choice in turn.state.offered)
    if await correcting.correct(turn, case, heard):
        return
    if asked and heard.intent == "affirm" and heard.confidence >= SURE_WORD:
        await submitting.submit(turn, case)
    elif asked and heard.intent == "deny":
        await correcting.change(turn, case, None)
    elif not await interruptions.interrupt(turn, case, heard):
        await _not_chosen(turn, case)


async def _while_proving(turn: Turn, case: Case, heard: Heard) -> None:
    """刷好了, a question, or something else, while identity is to be proved."""
    item = turn.item_of(case)
    if await correcting.correct(turn, case, heard):
        return
    if heard.intent == "affirm" and await identity.proof_of(turn, case, item) is not None:
        await submitting.submit(turn, case)
    elif not await interruptions.interrupt(turn, case, heard):
        await _not_chosen(turn, case)


async def _not_chosen(turn: Turn, case: Case) -> None:
    """None of the choices was taken: show the open question again, and the second time a person beside it."""
    turn.state.misses += 1
    offered = turn.state.offered
    if turn.state.misses < REFUSALS_UNTIL_HELP or not offered:
        turn.say("utter_choose_please")
        await asking.ask_again(turn, case)
    else:
        turn.ask(phrase("utter_choose_please"), [*offered, HUMAN] if HUMAN not in offered else offered)


async def _take_choice(turn: Turn, case: Case, choice: Choice) -> None:
    """Take a choice. One that belongs to another question than the one being asked changes nothing."""
    verb, _, rest = choice.value.partition(":")
    key, _, label = rest.partition(":")
    field = asking.current_field(turn, case)
    of_this = field is not None and field.key == key
    if verb == "who":
        await _set_applicant(turn, case, ApplicantKind(key), label or None)
    elif verb == "value" and field is not None and of_this:
        await _kept(turn, case, field, Answer(label, label, label, certain=True), "typed")
    elif verb == "skip" and field is not None and of_this:
        await _kept(turn, case, field, drafts.SKIPPED, "typed")
    elif verb == "use" and field is not None and of_this:
        await _use_known(turn, case, field)
    elif verb == advised_answers.STEP and field is not None and of_this:
        await _take_read(turn, case, field, label)
    elif verb == "replace" and field is not None and of_this:
        asking.ask_plainly(turn, case, field)
    elif verb == "submit" and rest == case.id:
        await submitting.submit(turn, case)
    elif verb == "prove":
        await _prove(turn, case, rest)
    elif verb == "change":
        await correcting.change(turn, case, rest or None)
    elif not await commands.take_choice(turn, case, verb, rest):
        await asking.ask_again(turn, case)


async def _prove(turn: Turn, case: Case, way: str) -> None:
    """Take a way of proving identity, and file what waits for nothing else."""
    if await identity.take(turn, case, turn.item_of(case), way):
        await submitting.submit(turn, case)


async def _take_file(turn: Turn, case: Case, field: FormField | None) -> None:
    if turn.state.step == identity.CARD_STEP:
        await identity.take_card(turn, case, turn.item_of(case))
        return
    if field is None or field.type is not FieldType.FILE or turn.file_id is None:
        await submitting.attach(turn, case)
        turn.say("utter_file_attached")
        await asking.ask_again(turn, case)
        return
    await submitting.attach(turn, case)
    received = phrase("utter_file_received")
    await _kept(turn, case, field, Answer(turn.file_id, received, received, certain=True), "file")


async def _set_applicant(turn: Turn, case: Case, kind: ApplicantKind, relation: str | None) -> None:
    person = form.SELF if kind is ApplicantKind.SELF else relation or form.UNNAMED
    if case.applicant_kind is not None and (case.applicant_kind, case.person) != (kind.value, person):
        case.answers.clear()  # they were given for somebody else
    case.applicant_kind, case.person = kind.value, person
    await asking.ask_next(turn, case)


def _kind_in(turn: Turn, case: Case) -> ApplicantKind | None:
    """For whom, said in words: 给我自己, 帮我妈办."""
    possible = asking.kinds(turn.item_of(case))
    relation = relation_in(turn.text)
    if relation is not None:
        turn.state.relation = relation
        return next((k for k in (ApplicantKind.FAMILY, ApplicantKind.GUARDIAN) if k in possible), None)
    if for_self(turn.text) and ApplicantKind.SELF in possible:
        turn.state.relation = None
        return ApplicantKind.SELF
    return None


async def _use_known(turn: Turn, case: Case, field: FormField) -> None:
    if turn.state.step == f"{asking.HEARD}:{field.key}":
        await _use_heard(turn, case, field)
        return
    item = turn.item_of(case)
    person = form.about(field, item, asking.kind_of(case), case.person)
    known = await profile.known(turn.session, turn.resident_id, person or "", field.prefill or "")
    if known is None:
        asking.ask_plainly(turn, case, field)
        return
    await _kept(turn, case, field, asking.answer_from(field, known, turn.today), "profile")


async def _use_heard(turn: Turn, case: Case, field: FormField) -> None:
    """Keep what was heard before the form began, now that the resident confirms it."""
    said = hearing.offered(turn, case, field)
    if said is None:
        asking.ask_plainly(turn, case, field)
        return
    hearing.drop(turn, field)
    answer = Answer(said.value, said.shown, said.masked, certain=True)
    drafts.keep(case, field.key, answer, "sentence")
    turn.state.misses = 0
    await asking.ask_next(turn, case)


async def _take_read(turn: Turn, case: Case, field: FormField, value: str) -> None:
    """Keep what an adviser read, now that the resident confirms it."""
    try:
        answer = read_answer(field, value, today=turn.today)
    except AnswerRefused:  # the catalogue changed meanwhile
        asking.ask_plainly(turn, case, field)
        return
    await _kept(turn, case, field, answer, "advised")


async def _kept(turn: Turn, case: Case, field: FormField, answer: Answer, provenance: str) -> None:
    turn.state.misses = 0
    drafts.keep(case, field.key, answer, provenance)
    if answer.shown != turn.text and field.type is FieldType.DATE and answer.value:
        turn.say("utter_noted", label=field.label, shown=answer.shown)
    await asking.ask_next(turn, case)


def _say_what_was_wrong(turn: Turn, case: Case, field: FormField, refused: AnswerRefused) -> None:
    """Say what was wrong with the answer, with the field's choices; the second time, offer help as well."""
    turn.state.misses += 1
    choices = asking.choices_of(field)
    if turn.state.misses >= REFUSALS_UNTIL_HELP:
        choices += [HUMAN, Choice(label="先存着", value="later")]
    wrong = phrase(f"utter_answer_{refused.code}", **refused.values)
    turn.show(Bubble(text=wrong, choices=choices, progress=asking.progress_at(turn, case, field)))

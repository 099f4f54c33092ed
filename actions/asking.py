"""Putting the form's next question, whatever it is: for whom, a field, a known answer to confirm, the summary."""

from datetime import date

from actions import hearing, identity
from actions.relations import proxy_relation
from bot.conversation.bubbles import Bubble, Choice, Progress, SummaryCard, SummaryRow
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases import drafts, form
from cases.answers import Answer, read_answer
from cases.models import Case
from kyc import profile
from services_catalog.guide import named
from services_catalog.schema import ApplicantKind, FieldType, FormField, Item

HEARD = "heard"
"""The step at which an answer is offered that was heard before the form began."""

_APPLICANTS = {
    ApplicantKind.SELF: "给我自己办",
    ApplicantKind.GUARDIAN: "我是监护人，替他办",
    ApplicantKind.FAMILY: "给家里人办",
    ApplicantKind.COMMUNITY: "我是社区的，替居民办",
    ApplicantKind.ORGANISATION: "单位代办",
}


def kinds(item: Item) -> list[ApplicantKind]:
    """Who may apply for an item, each once, in the catalogue's order."""
    return list(dict.fromkeys(applicant.kind for applicant in item.applicants))


def kind_of(case: Case) -> ApplicantKind:
    """Who applies in this case."""
    return ApplicantKind(case.applicant_kind or ApplicantKind.SELF)


def form_fields(turn: Turn, case: Case) -> list[FormField]:
    """The case's questions as its answers stand; none if its item left the catalogue."""
    if case.item_id not in turn.catalog.items:
        return []
    return form.questions(turn.catalog_of(case), turn.item_of(case), kind_of(case), drafts.values_of(case))


def current_field(turn: Turn, case: Case) -> FormField | None:
    """The field the form is asking, or offering a known answer for; None at its other questions."""
    _, _, key = (turn.state.step or "").partition(":")
    return next((field for field in form_fields(turn, case) if field.key == key), None)


async def ask_next(turn: Turn, case: Case) -> None:
    """Ask whatever comes next in the form and note in the state what is being asked."""
    item = turn.item_of(case)
    if case.applicant_kind is None:
        possible = kinds(item)
        if len(possible) == 1:
            case.applicant_kind = possible[0].value
            if possible[0] in (ApplicantKind.FAMILY, ApplicantKind.GUARDIAN) and turn.state.relation is not None:
                case.person = turn.state.relation
        else:
            ask_applicant(turn, possible)
            return
    fields = form_fields(turn, case)
    field = form.next_question(fields, drafts.values_of(case))
    if field is None:
        summarise(turn, case, item, fields)
    else:
        await ask_field(turn, case, field)


async def ask_again(turn: Turn, case: Case) -> None:
    """Ask again what was being asked, after something else came between."""
    field = current_field(turn, case)
    if turn.state.step == identity.CARD_STEP:
        identity.ask_card(turn, case)
    elif turn.state.step == identity.STEP:
        identity.ask(turn, case, turn.item_of(case))
    elif field is not None and turn.state.step == f"field:{field.key}":
        ask_plainly(turn, case, field)
    elif turn.state.step == "applicant":
        ask_applicant(turn, kinds(turn.item_of(case)))
    else:
        await ask_next(turn, case)


def applicant_label(kind: ApplicantKind) -> str:
    """What a resident of that kind calls themselves, as a choice."""
    return _APPLICANTS[kind]


def by_family(item: Item) -> bool:
    """Whether a relative or guardian may apply for somebody."""
    return not {ApplicantKind.FAMILY, ApplicantKind.GUARDIAN}.isdisjoint(kinds(item))


def tell_who_applies(turn: Turn, item: Item, relation: str) -> None:
    """Tell who wants to act for a relative that the item is not applied for by family."""
    applicants = "、".join(applicant.label for applicant in item.applicants)
    turn.say("utter_only_these_apply", item=named(item), applicants=applicants, relation=relation)


def ask_applicant(turn: Turn, possible: list[ApplicantKind]) -> None:
    """Ask for whom the application is; a relative already spoken of comes first."""
    turn.state.step = "applicant"
    choices = [Choice(label=_APPLICANTS[kind], value=f"who:{kind.value}") for kind in possible]
    relation = turn.state.relation
    proxy = next((k for k in (ApplicantKind.FAMILY, ApplicantKind.GUARDIAN) if k in possible), None)
    if relation is not None and proxy is not None:
        choices = [c for c in choices if c.value != f"who:{proxy.value}"]
        choices.insert(0, Choice(label=f"给{relation}办", value=f"who:{proxy.value}:{relation}"))
        turn.ask(phrase("utter_ask_applicant_relation", relation=relation), choices)
    elif (said := hearing.applicant_heard(turn, turn.state.item_id)) in possible:
        choices.sort(key=lambda choice: choice.value != f"who:{said}")
        alone = said is ApplicantKind.SELF
        turn.ask(phrase("utter_ask_applicant_self" if alone else "utter_ask_applicant"), choices)
    else:
        turn.ask(phrase("utter_ask_applicant"), choices)


async def ask_field(turn: Turn, case: Case, field: FormField) -> None:
    """Ask one field, or offer what is known from before to be confirmed with one word (免填单)."""
    kind, progress = kind_of(case), progress_at(turn, case, field)
    if field.key == "proxy_relation" and (follows := proxy_relation(case.person)) is not None:
        drafts.keep(case, field.key, Answer(follows, follows, follows, certain=True), "sentence")
        await ask_next(turn, case)
        return
    if (born := _birth_date(case, field, turn.today)) is not None:
        drafts.keep(case, field.key, born, "derived")
        turn.say("utter_derived", label=field.label, shown=born.shown)
        await ask_next(turn, case)
        return
    if (heard := hearing.offered(turn, case, field)) is not None:
        turn.state.step = f"{HEARD}:{field.key}"
        turn.ask(
            phrase("utter_heard_ask", said=heard.said, label=field.label, shown=heard.shown),
            [Choice(label="对", value=f"use:{field.key}"), Choice(label="改一下", value=f"replace:{field.key}")],
            progress=progress,
        )
        return
    person = form.about(field, turn.item_of(case), kind, case.person)
    if person is not None and field.prefill is not None:
        known = await profile.known(turn.session, turn.resident_id, person, field.prefill)
        if known is not None and turn.item_of(case).identity.yearly:
            # What is certified each year is one sentence, one look at the summary and one glance at the camera.
            drafts.keep(case, field.key, answer_from(field, known, turn.today), "profile")
            await ask_next(turn, case)
            return
        if known is not None:
            turn.state.step = f"prefill:{field.key}"
            turn.ask(
                phrase("utter_ask_known", label=field.label, masked=known.masked, source=known.source),
                [
                    Choice(label="对，就用这个", value=f"use:{field.key}"),
                    Choice(label="换一个", value=f"replace:{field.key}"),
                ],
                progress=progress,
            )
            return
    ask_plainly(turn, case, field)


def answer_from(field: FormField, known: profile.Known, today: date) -> Answer:
    """What is known, as the field's answer."""
    return Answer(known.value, read_answer(field, known.value, today=today).shown, known.masked, certain=True)


def ask_plainly(turn: Turn, case: Case, field: FormField) -> None:
    """Ask a field by its own question."""
    turn.state.step = f"field:{field.key}"
    hearing.drop(turn, field)
    lines = [form.wording(field, kind_of(case), case.person), *hearing.reminders(turn, case, field)]
    if field.help:
        lines.append(form.told(field.help, kind_of(case), case.person))
    if field.example and field.type not in (FieldType.CHOICE, FieldType.YES_NO):
        lines.append(phrase("utter_example", example=field.example))
    turn.show(
        Bubble(
            text="\n".join(lines),
            choices=choices_of(field),
            progress=progress_at(turn, case, field),
            asks_file=field.type is FieldType.FILE,
        )
    )


def _birth_date(case: Case, field: FormField, today: date) -> Answer | None:
    """The birth date that follows from the ID number given for the same person."""
    if field.type is not FieldType.DATE or not field.key.endswith("birth_date"):
        return None
    number = drafts.answer_of(case, field.key.replace("birth_date", "id_number"))
    if number is None or len(number.value) != 18:
        return None
    return read_answer(field, number.value[6:14], today=today)


def choices_of(field: FormField) -> list[Choice]:
    """The choices a field offers."""
    labels = ["是", "否"] if field.type is FieldType.YES_NO else field.choices or []
    choices = [Choice(label=label, value=f"value:{field.key}:{label}") for label in labels]
    return [*choices, skip(field)] if field.skippable else choices


def skip(field: FormField) -> Choice:
    """The choice that passes a field over."""
    return Choice(label="跳过", value=f"skip:{field.key}")


def progress_at(turn: Turn, case: Case, field: FormField) -> Progress:
    """Where a field stands in the form as it is now."""
    keys = [each.key for each in form_fields(turn, case)]
    return Progress(step=keys.index(field.key) + 1 if field.key in keys else len(keys), total=len(keys))


def summarise(turn: Turn, case: Case, item: Item, fields: list[FormField]) -> None:
    """Show all answers, personal numbers masked, and ask to confirm."""
    turn.state.step = "confirm"
    rows = [
        SummaryRow(label=field.label, value=answer.masked, change=f"change:{field.key}")
        for field in fields
        if (answer := drafts.answer_of(case, field.key)) is not None
    ]
    lines = "\n".join(f"{row.label}：{row.value}" for row in rows)
    turn.ask(
        phrase("utter_summary", item=named(item), lines=lines),
        [
            Choice(label="确认提交", value=f"submit:{case.id}"),
            Choice(label="要改一下", value="change"),
            Choice(label="先存着", value="later"),
        ],
        card=SummaryCard(title=named(item), rows=rows),
    )

"""What is said before a form begins is heard, kept with the item, and offered when its question comes."""

import re

from actions.benefits_hearing import AGE, facts_in
from actions.relations import for_self, helps, relation_in
from bot.conversation.answering import STALE_HOURS
from bot.conversation.state import HeardFacts
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases import form
from cases.answers import AnswerRefused, read_answer
from cases.answers.numerals import numbers_in
from cases.answers.wording import compact
from cases.hearing import HeardAnswer, answers_in, hints_in
from cases.models import Case
from services_catalog.eligibility.facts import Span
from services_catalog.schema import ApplicantKind, FieldType, FormField, Item

MESSAGES_KEPT = 3
CHARS_KEPT = 500
_KINDS = (
    (
        ApplicantKind.COMMUNITY,
        r"我是[^，。,]{0,6}(?:社区|居委会|村委会|村里)(?:的|工作|干部|$)|我是[^，。,]{0,6}网格员",
    ),
    (
        ApplicantKind.ORGANISATION,
        r"我们(?:单位|公司|厂)[^，。,]{0,4}[给替帮](?:员工|职工|工人)|我是[^，。,]{0,6}(?:人事|经办人)",
    ),
    (ApplicantKind.GUARDIAN, r"我是[^，。,]{0,4}的?监护人"),
)


def keep_said(turn: Turn) -> None:
    """Keep what was typed until it is known of which item it was said."""
    if turn.choice is None and turn.state.loop is None and turn.text:
        before = [] if turn.idle_hours >= STALE_HOURS else turn.state.said
        turn.state.said = [*before, turn.text[:CHARS_KEPT]][-MESSAGES_KEPT:]


def note_for_whom(turn: Turn, item: Item | None) -> None:
    """Note the relative that a wish speaks for; who names none speaks for the one named earlier in the same message."""
    if turn.choice is not None:
        return
    relation, own = relation_in(turn.text), for_self(turn.text)
    if relation is None and not own:
        relation = relation_in(turn.earlier)
    if relation is not None or own or (item is not None and item.id != turn.state.item_id):
        turn.state.relation = relation
        turn.state.helps = relation is not None and (helps(turn.text) or helps(turn.earlier))


def hear(turn: Turn, item: Item) -> None:
    """Keep what the message, and those before that named no item, tell of the item's form; what was heard of another
    item is forgotten."""
    state = turn.state
    before = state.heard if state.heard is not None and state.heard.item_id == item.id else None
    texts = [] if turn.idle_hours >= STALE_HOURS else state.said
    if turn.choice is None:
        texts = [*texts, turn.earlier, turn.text]
    state.said, state.heard = [], before
    text = "。".join(filter(None, texts))
    if not text or state.loop is not None:
        return
    new = _heard(turn, item, text)
    if before is not None:
        new.answers, new.hints = {**before.answers, **new.answers}, {**before.hints, **new.hints}
        new.person, new.kind = new.person or before.person, new.kind or before.kind
        new.age = before.age if new.age is None else new.age
    tells = new.answers or new.hints or new.kind is not None or new.age is not None
    state.heard = new if tells else None


def offered(turn: Turn, case: Case, field: FormField) -> HeardAnswer | None:
    """The answer heard for a field, if it was said of the person that the case is for."""
    heard = _of_case(turn, case)
    return heard.answers.get(field.key) if heard is not None and _is_of(heard, case, field) else None


def drop(turn: Turn, field: FormField) -> None:
    """Offer what was heard for a field no more: it is asked by its own question now."""
    if turn.state.heard is not None:
        turn.state.heard.answers.pop(field.key, None)


def reminders(turn: Turn, case: Case, field: FormField) -> list[str]:
    """What was said that is too little for an answer, in a sentence to put beside the question."""
    heard = _of_case(turn, case)
    if heard is None or not _is_of(heard, case, field):
        return []
    lines = [phrase("utter_heard_hint", said=heard.hints[field.key])] if field.key in heard.hints else []
    if heard.age is not None and field.type is FieldType.DATE and field.key == "birth_date":
        lines.append(phrase("utter_heard_age", age=heard.age, year=turn.today.year - heard.age))
    return lines


def applicant_heard(turn: Turn, case_item: str | None) -> ApplicantKind | None:
    """Who applies for the item, as far as that was said; a relative spoken of is in the state's `relation`."""
    heard = turn.state.heard
    return heard.kind if heard is not None and heard.item_id == case_item else None


def _heard(turn: Turn, item: Item, text: str) -> HeardFacts:
    relation = turn.state.relation
    own = relation is None and for_self(text)
    kind = next((kind for kind, said in _KINDS if re.search(said, text)), ApplicantKind.SELF if own else None)
    fields = [field for field in item.fields if not field.key.startswith("proxy_")]
    answers = answers_in(fields, text, today=turn.today, of_other=relation is not None)
    age = facts_in(text, relation or form.SELF, turn.today).get(AGE)
    exact = age.low if isinstance(age, Span) and age.low == age.high else None
    if exact is not None and (said := _words_of_age(text, exact)) is not None:
        answers |= _ages(fields, exact, said, turn)
    return HeardFacts(
        item_id=item.id,
        person=relation or (form.SELF if own else None),
        kind=kind,
        answers=answers,
        hints={key: hint for key, hint in hints_in(fields, text).items() if key not in answers},
        age=exact,
    )


def _words_of_age(text: str, age: int) -> str | None:
    """The words by which an age was told."""
    plain = compact(text)
    for number in numbers_in(plain):
        if number.value == age:
            after = re.match(r"周?岁|了", plain[number.end :])
            return plain[number.start : number.end] + (after.group() if after else "")
    return None


def _ages(fields: list[FormField], age: int, said: str, turn: Turn) -> dict[str, HeardAnswer]:
    found: dict[str, HeardAnswer] = {}
    for field in fields:
        if field.type is FieldType.NUMBER and field.unit == "岁" and "{who}" in field.question:
            try:
                answer = read_answer(field, str(age), today=turn.today)
            except AnswerRefused:
                continue
            found[field.key] = HeardAnswer(value=answer.value, shown=answer.shown, masked=answer.masked, said=said)
    return found


def _of_case(turn: Turn, case: Case) -> HeardFacts | None:
    heard = turn.state.heard
    return heard if heard is not None and heard.item_id == case.item_id else None


def _is_of(heard: HeardFacts, case: Case, field: FormField) -> bool:
    """Whether what was heard may answer a field: what is asked of the person must have been said of the same one."""
    if "{who}" not in field.question or heard.person is None:
        return True
    return case.person in ((form.SELF,) if heard.person == form.SELF else (heard.person, form.UNNAMED))

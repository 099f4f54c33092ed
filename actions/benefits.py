"""我能领什么钱, 我妈81了有什么补贴: all items matched with what is known of the person. Nothing is promised."""

from collections.abc import Callable, Iterable, Sequence

from actions.base import Heard, TurnAction
from actions.benefits_hearing import AGE, SEX, facts_in, person_in
from actions.finding import understood
from bot.conversation.bubbles import HUMAN, Choice
from bot.conversation.state import BENEFITS_FORM, BenefitsTalk
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases import form
from cases.age import age_on
from kyc import profile
from services_catalog.eligibility import telling
from services_catalog.eligibility.facts import FactType, Possible, Span, vocabulary
from services_catalog.eligibility.matching import Match, Matches, match, next_question
from services_catalog.guide import named
from services_catalog.schema import ApplicantKind

MOST_QUESTIONS = 3
MOST_LISTED = 5
MOST_REASONS = 3

NOT_KNOWN = Choice(label="不清楚", value="fact:unknown")
SHOW = Choice(label="先看结果", value="fact:show")


class ActionBenefits(TurnAction):
    """A resident asks what they, or a relative, may be entitled to."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_benefits"

    async def act(self, turn: Turn, heard: Heard) -> None:
        """Take what the sentence and the profile tell, then ask what decides most, or answer."""
        understood(turn)
        person = person_in(turn.text)
        known = {**await _from_profile(turn, person), **facts_in(turn.text, person, turn.today)}
        turn.state.relation = None if person == form.SELF else person
        turn.state.benefits = BenefitsTalk(person=person, known=known)
        go_on(turn, turn.state.benefits, phrase("utter_benefits_intro", who=_who(person)))


def go_on(turn: Turn, talk: BenefitsTalk, before: str = "") -> None:
    """Ask the question that decides most, at most three of them in all; then answer."""
    matches = match(turn.catalog.items.values(), talk.known)
    key = next_question(matches, talk.asked) if len(talk.asked) < MOST_QUESTIONS else None
    if key is None:
        answer(turn, talk, matches)
        return
    talk.asked.append(key)
    ask(turn, talk, before)


def ask(turn: Turn, talk: BenefitsTalk, before: str = "") -> None:
    """Ask for the fact that is open. A number has no choices: 2 would be taken for the second of them."""
    turn.state.loop = BENEFITS_FORM
    key = talk.asked[-1]
    fact = vocabulary()[key]
    question = form.told(fact.question, _kind(talk.person), talk.person)
    choices = [Choice(label=told, value=f"fact:{key}:{value}") for value, told in fact.values.items()]
    number = fact.type is FactType.NUMBER
    turn.ask("\n".join(part for part in (before, question) if part), [] if number else [*choices, NOT_KNOWN, SHOW])


def answer(turn: Turn, talk: BenefitsTalk, matches: Matches | None = None) -> None:
    """Tell what fits, what nearly fits and what cannot be told, and forget what was said to find out."""
    leave(turn)
    found = matches or match(turn.catalog.items.values(), talk.known)
    undecided = [each for each in found.open if each.telling]
    told = _Told()
    told.group(phrase("utter_benefits_fits", who=_who(talk.person)), found.fits, lambda each: _fit(each, found))
    told.group(phrase("utter_benefits_nearly"), found.nearly, _missing)
    told.group(phrase("utter_benefits_open"), undecided, _to_be_seen)
    if not told.choices:
        turn.ask(phrase("utter_benefits_none", who=_who(talk.person)), [HUMAN])
        return
    told.lines.append(phrase("utter_benefits_end"))
    turn.ask("\n".join(told.lines), [*told.choices, HUMAN])


def leave(turn: Turn) -> None:
    """Ask no further, and forget what was told."""
    turn.state.benefits = None
    turn.state.loop = None


class _Told:
    """The answer's lines as they grow, numbered on through its groups, and a choice for each item."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.choices: list[Choice] = []

    def group(self, heading: str, matches: Sequence[Match], line: Callable[[Match], tuple[str, str]]) -> None:
        if not matches:
            return
        self.lines.append(heading)
        for each in matches[:MOST_LISTED]:
            name, why = line(each)
            self.choices.append(Choice(label=each.item.call_it, value=f"guide:overview:{each.item.id}"))
            self.lines.append(phrase(name, number=len(self.choices), item=named(each.item), why=why))
        if len(matches) > MOST_LISTED:
            self.lines.append(phrase("utter_benefits_more", count=len(matches) - MOST_LISTED))


def _fit(each: Match, found: Matches) -> tuple[str, str]:
    why = (telling.known(reason, found.profile) for reason in each.verdict.fits)
    return "utter_benefits_fit_partly" if each.partial else "utter_benefits_fit", _joined(why)


def _missing(each: Match) -> tuple[str, str]:
    return "utter_benefits_missing", _joined(telling.wanted(reason) for reason in each.verdict.fails)


def _to_be_seen(each: Match) -> tuple[str, str]:
    return "utter_benefits_to_be_seen", _joined(telling.open_points(each.verdict.open))


def _joined(parts: Iterable[str]) -> str:
    """The first few different parts, as one clause."""
    return "、".join(list(dict.fromkeys(part for part in parts if part))[:MOST_REASONS])


async def _from_profile(turn: Turn, person: str) -> dict[str, Possible]:
    """Age and sex by the ID number that was confirmed before, if one was."""
    entry = await profile.known(turn.session, turn.resident_id, person, "id_number")
    if entry is None:
        return {}
    years = age_on(entry.value, turn.today)
    if years is None or years < 0:
        return {}
    return {AGE: Span(years, years), SEX: frozenset({"男" if int(entry.value[16]) % 2 else "女"})}


def _kind(person: str) -> ApplicantKind:
    return ApplicantKind.SELF if person == form.SELF else ApplicantKind.FAMILY


def _who(person: str) -> str:
    return form.who(_kind(person), person)

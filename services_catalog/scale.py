"""The quality scale: what an item has earned, each rule checked by program. An item counts once, at its highest."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from services_catalog.lint.finding import Finding
from services_catalog.lint.library import Library
from services_catalog.lint.run import errors
from services_catalog.lint.sourcing import is_reviewed, unsourced
from services_catalog.lint.talking import ENOUGH_UTTERANCES, utterance_count
from services_catalog.schema import ApplicantKind, Confidence, FieldType, Item

ENOUGH_QUESTIONS = 3
WHO_APPLIES = {FieldType.PERSON_NAME, FieldType.ID_NUMBER, FieldType.PHONE}


class Step(StrEnum):
    """A step of the scale. `UNRANKED` is what cannot be used as it stands."""

    GOLD = "gold"
    SILVER = "silver"
    BRONZE = "bronze"
    UNRANKED = "unranked"


@dataclass(frozen=True)
class Examined:
    """An item with what a rule may want to know of it beside the item itself.

    `scenarios` says whether simulated residents of every kind came through; None where nobody tried.
    """

    path: Path
    item: Item
    utterances: int
    faultless: bool
    scenarios: bool | None
    today: date


@dataclass(frozen=True)
class Rule:
    """A rule of a step: its stable name, what it asks for, and whether an item keeps it."""

    name: str
    step: Step
    sentence: str
    kept: Callable[[Examined], bool]


@dataclass(frozen=True)
class Ranked:
    """An item at its step, with the rules of the next step that hinder it from rising."""

    item_id: str
    department: str
    step: Step
    hindered_by: tuple[Rule, ...]


def _faultless(each: Examined) -> bool:
    return each.faultless


def _facts_sourced(each: Examined) -> bool:
    return next(unsourced(each.path, each.item), None) is None


def _utterances_enough(each: Examined) -> bool:
    return each.utterances >= ENOUGH_UTTERANCES


def _form_complete(each: Examined) -> bool:
    if all(applicant.kind is ApplicantKind.ORGANISATION for applicant in each.item.applicants):
        return True
    return {field.type for field in each.item.fields} >= WHO_APPLIES


def _next_step_told(each: Examined) -> bool:
    return bool(each.item.next_step)


def _questions_answered(each: Examined) -> bool:
    return len(each.item.questions) >= ENOUGH_QUESTIONS


def _reviewed(each: Examined) -> bool:
    return is_reviewed(each.item, each.today)


def _eligibility_declared(each: Examined) -> bool:
    return each.item.eligibility is not None


def _scenarios_pass(each: Examined) -> bool:
    return each.scenarios is True


def _confident(each: Examined) -> bool:
    return each.item.confidence is not Confidence.LOW


RULES = (
    Rule("faultless", Step.BRONZE, "检查没有错误", _faultless),
    Rule("facts_sourced", Step.SILVER, "事实、费用、时限都有出处", _facts_sourced),
    Rule("utterances_enough", Step.SILVER, f"居民说法至少 {ENOUGH_UTTERANCES} 句", _utterances_enough),
    Rule("form_complete", Step.SILVER, "个人来办的，申请表问了姓名、身份证号和电话", _form_complete),
    Rule("next_step_told", Step.SILVER, "说了提交以后会怎样", _next_step_told),
    Rule("questions_answered", Step.SILVER, f"常见问答至少 {ENOUGH_QUESTIONS} 条", _questions_answered),
    Rule("reviewed", Step.SILVER, "一年之内核对过", _reviewed),
    Rule("eligibility_declared", Step.GOLD, "资格条件写成了规则", _eligibility_declared),
    Rule("scenarios_pass", Step.GOLD, "各种模拟居民都办得成", _scenarios_pass),
    Rule("confident", Step.GOLD, "把握不是 low", _confident),
)

_RISING = (Step.UNRANKED, Step.BRONZE, Step.SILVER, Step.GOLD)


def rank(each: Examined) -> Ranked:
    """The item at the highest step all of whose rules it keeps, and those of each step below it."""
    reached = Step.UNRANKED
    for step in _RISING[1:]:
        broken = tuple(rule for rule in RULES if rule.step is step and not rule.kept(each))
        if broken:
            return Ranked(each.item.id, each.item.department, reached, broken)
        reached = step
    return Ranked(each.item.id, each.item.department, reached, ())


def rank_all(library: Library, findings: Iterable[Finding], scenarios: Mapping[str, bool]) -> list[Ranked]:
    """Every item file at its step, in the order of files; one that cannot be read is unranked.

    `findings` are those of lint. `scenarios` says by item id whether the simulated residents came through; an item
    that is not in it was not tried.
    """
    faulty = {finding.path for finding in errors(findings)}
    ranked = []
    for path in sorted((library.root / "items").glob("*/*.yml")):
        item = library.reading.items.get(path)
        if item is None:
            ranked.append(Ranked(path.stem, path.parent.name, Step.UNRANKED, RULES[:1]))
            continue
        said = library.utterances.get(library.root / "utterances" / item.department / f"{item.id}.yml", {})
        file_faultless = path not in faulty
        tried = scenarios.get(item.id)
        ranked.append(rank(Examined(path, item, utterance_count(said), file_faultless, tried, library.today)))
    return ranked

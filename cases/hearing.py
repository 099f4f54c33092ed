"""What a message tells of a form before the form asks: 他是1945年3月8号生的, 二级肢体, 一家四口, 没领过.

Only what a field asks for literally is heard, and only where it is exact: no 两千多, no lunar day, no 大概. It is never
an answer by itself: the form offers it when the question comes.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel, ConfigDict

from cases.answers import AnswerRefused, read_answer
from cases.answers.numerals import DIGITS, UNITS
from cases.answers.wording import compact, is_question, trimmed
from cases.told_by import (
    AMOUNTS,
    CHOICES_OF_KIN,
    DATES,
    DISABILITIES,
    NUMBERS,
    PLACES,
    SAYS_NOTHING,
    STATUSES,
    YES_NO,
)
from services_catalog.schema import FieldType, FormField

LONGEST = 1000
"""Characters of a message that are listened to."""

_CLAUSE = re.compile(r"[,。.;；!！?？\n]+(?![0-9])")
_NUMBER = rf"[0-9{''.join(DIGITS)}{''.join(UNITS)}]+"
_VAGUE = re.compile(
    r"[0-9一二两三四五六七八九十百千万][多几来余]|几|左右|大概|大约|差不多|上下|不到|将近|快要?|至少|最多|以上|以下|约|好像|可能|"
    r"也许|前后|记不|[千百]把|或者?|还是"
)
_LUNAR = re.compile(r"农历|阴历|旧历|老历|初[一二三四五六七八九十0-9]|腊月|正月|冬月|[廿闰]")
_DAY = re.compile(
    r"[年月号]|[0-9一二三四五六七八九十]日|昨天|昨日|前天|今天|今日|[0-9]{4}[-./][0-9]{1,2}[-./][0-9]|天(?:之|以)?前"
)
_ONLY_DAY = re.compile(r"(?:是|在|于|就|的|那天|[0-9一二三四五六七八九十〇零○廿年月日号\-./]|去|今|昨天|前天|上个)*")
_WISHING = re.compile(r"想|要|办|申请|申领|领|查|问|帮|怎么|能|可以|报名|补|转到|弄")
_HOME = re.compile(r"家|一共|总共|我们")
_OF_ONE = re.compile(r"退休金|养老金|低保金|我(?:自己|[爸妈])|我一个人")
"""Said of an income, these make it one person's and not the family's."""
_CHILD = re.compile(r"孩|娃|宝宝|儿子|女儿|孙")
_OWN = re.compile(r"我(?:自己|本人|现在|目前)*的?(?:住|户口|户籍)")
_DENIED = re.compile(r"[不没无非未别](?:是|算|有|属于|到)?$")
_GRADE = "[一二三四1-4]"
_HAN_GRADE = {"1": "一", "2": "二", "3": "三", "4": "四"}


@dataclass(frozen=True)
class _Said:
    """Words of the text, and what is to be read: the same, or what they mean in a word."""

    words: str
    means: str


class HeardAnswer(BaseModel):
    """An answer as its field keeps it, and the words it was heard in."""

    model_config = ConfigDict(frozen=True)

    value: str
    shown: str
    masked: str
    said: str


def answers_in(
    fields: Iterable[FormField], text: str, *, today: date, of_other: bool = False
) -> dict[str, HeardAnswer]:
    """What `text` answers exactly, by the key of the field; `of_other` where it is told of somebody else.

    What is heard is always read by the field's own reader out of words of the text. The same words choose but once: of
    two questions with the same choices it is not known which they answer, and the second is asked.
    """
    plain = compact(text[:LONGEST])
    found: dict[str, HeardAnswer] = {}
    for field in fields:
        listen = _LISTENERS.get(field.type)
        said = None if listen is None else listen(field, plain, of_other)
        answer = None if said is None else _read(field, said, today)
        if answer is not None and not (field.type is FieldType.CHOICE and answer in found.values()):
            found[field.key] = answer
    return found


def hints_in(fields: Iterable[FormField], text: str) -> dict[str, str]:
    """Words that tell something of a place, and too little for an address: 户口在拱墅, by the key of the field."""
    plain = compact(text[:LONGEST])
    found: dict[str, str] = {}
    for field in fields:
        if field.type is FieldType.ADDRESS:
            for asks, _, hint in PLACES:
                match = re.search(hint, plain) if _fits(field, asks) else None
                if match is not None:
                    found[field.key] = trimmed(_before_wish(match.group()))
    return {key: said for key, said in found.items() if len(said) > 3}


def _read(field: FormField, said: _Said, today: date) -> HeardAnswer | None:
    """The field's own reading of what was meant, if it can read it."""
    try:
        answer = read_answer(field, said.means, today=today)
    except AnswerRefused:
        return None
    if field.type is FieldType.ADDRESS and not answer.certain:
        return None
    return HeardAnswer(value=answer.value, shown=answer.shown, masked=answer.masked, said=said.words)


def _day(field: FormField, text: str, of_other: bool) -> _Said | None:
    told = [told for asks, told in DATES if _fits(field, asks)]
    of_child = _is_of_child(field)
    for clause in _clauses(text):
        whole = re.search(r"(?:19|20|一九|二[〇零○])", clause) is not None
        exact = _DAY.search(clause) and not (_VAGUE.search(clause) or _LUNAR.search(clause) or is_question(clause))
        if not exact or not any(re.search(each, clause) for each in told):
            continue
        if of_child == (_CHILD.search(clause) is not None) and (field.past_only or whole):
            return _Said(clause, clause)
    return None


def _amount(field: FormField, text: str, of_other: bool) -> _Said | None:
    told = [told for asks, told in AMOUNTS if _fits(field, asks)]
    of_home = re.search(r"\{who\}家|家里", field.question) is not None
    yearly = "年" in field.question
    before = ""
    for clause in _clauses(text):
        exact = not (_VAGUE.search(clause) or is_question(clause)) and any(re.search(each, clause) for each in told)
        home = _HOME.search(before + clause) is not None and not _OF_ONE.search(clause)
        before = clause
        if exact and (home or not of_home) and yearly == ("年" in clause) and not re.search(r"[天周]", clause):
            return _Said(clause, clause)
    return None


def _number(field: FormField, text: str, of_other: bool) -> _Said | None:
    for asks, told in NUMBERS:
        if not _fits(field, asks):
            continue
        for clause in _clauses(text):
            match = re.search(told.replace("N", f"({_NUMBER})"), clause)
            if match is not None and not (_VAGUE.search(clause) or is_question(clause)):
                return _Said(match.group(), next(number for number in match.groups() if number))
    return None


def _choice(field: FormField, text: str, of_other: bool) -> _Said | None:
    choices = field.choices or []
    if _fits(field, r"哪一方面的残疾"):
        return _disability(choices, text)
    if _fits(field, r"残疾证上写的是几级|证上写的是几级"):
        return _grade(choices, text)
    labels = [label for label in choices if len(label) > 1 and label not in CHOICES_OF_KIN]
    found: dict[str, str] = {}
    for clause in _clauses(text):
        told = "" if is_question(clause) else _before_wish(clause)
        said = [label for label in labels if not re.search(SAYS_NOTHING, label) and _is_told(label, told)]
        found.update({label: told for label in said if not any(label != other and label in other for other in said)})
    if len(found) != 1:
        return None
    [(label, words)] = found.items()
    return _Said(words, label)


def _is_told(label: str, told: str) -> bool:
    at = told.find(label)
    if at < 0 or _DENIED.search(told[:at]):
        return False
    if not re.fullmatch(STATUSES, label):
        return True
    return re.search(rf"(?:是|有|属于|吃|享受){label}|{label}(?:户|家庭|人员|对象)", told) is not None


def _disability(choices: list[str], text: str) -> _Said | None:
    kinds = "|".join(re.escape(kind) for kind in choices if re.fullmatch(DISABILITIES, kind))
    pattern = rf"(?:{_GRADE}级的?)?(?P<kind>{kinds})(?:残疾{_GRADE}级|残疾|残|{_GRADE}级)"
    pattern += rf"|{_GRADE}级的?(?P<after>{kinds})"
    return _single(pattern, text, lambda match: match["kind"] or match["after"])


def _grade(choices: list[str], text: str) -> _Said | None:
    pattern = rf"(?:残疾证?|(?:{DISABILITIES})(?:残疾|残)?|证)(?:上|是|的|为|写)*(?P<grade>{_GRADE})级"
    pattern += rf"|(?P<before>{_GRADE})级的?(?:残疾|残|{DISABILITIES})"

    def meant(match: re.Match[str]) -> str:
        grade = match["grade"] or match["before"]
        return f"{_HAN_GRADE.get(grade, grade)}级"

    return _single(pattern, text, meant)


def _single(pattern: str, text: str, meant: Callable[[re.Match[str]], str]) -> _Said | None:
    """The words that match, with what they mean; nothing where they are denied, asked or of several meanings."""
    found: dict[str, str] = {}
    for clause in _clauses(text):
        for match in re.finditer(pattern, clause):
            asked = is_question(clause) and "级" not in match.group()
            if not asked and not _DENIED.search(clause[: match.start()]):
                found[meant(match)] = match.group()
    if len(found) != 1:
        return None
    [(value, words)] = found.items()
    return _Said(words, value)


def _yes_no(field: FormField, text: str, of_other: bool) -> _Said | None:
    for asks, yes, no in YES_NO:
        if not _fits(field, asks):
            continue
        for clause in _clauses(text):
            if is_question(clause):
                continue
            if (match := re.search(no, clause)) is not None:
                return _Said(match.group(), "否")
            if (match := re.search(yes, clause)) is not None and not _DENIED.search(clause[: match.start()]):
                return _Said(match.group(), "是")
    return None


def _address(field: FormField, text: str, of_other: bool) -> _Said | None:
    for asks, told, _ in PLACES:
        if not _fits(field, asks):
            continue
        for clause in _clauses(text):
            match = None if of_other and _OWN.search(clause) else re.search(told, clause)
            if match is not None and not is_question(clause):
                address = trimmed(_before_wish(clause[match.end() :]))
                return _Said(address, address)
    return None


def _clauses(text: str) -> Iterator[str]:
    """The clauses of a text; one that only names a day is taken with the next: 3月5号，我爸走了."""
    begun: int | None = None
    for start, end in _spans(text):
        if _ONLY_DAY.fullmatch(text[start:end]):
            begun = start if begun is None else begun
        else:
            yield text[start if begun is None else begun : end]
            begun = None
    if begun is not None:
        yield text[begun:]


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for mark in _CLAUSE.finditer(text):
        if mark.start() > start:
            # A question keeps its mark, by which it is known.
            yield start, mark.start() + (1 if mark.group()[0] in "?？" else 0)
        start = mark.end()
    if start < len(text):
        yield start, len(text)


def _before_wish(clause: str) -> str:
    """A clause up to where it wishes for something: 我是低保户 of 我是低保户想办残疾证."""
    wishing = _WISHING.search(clause)
    return clause if wishing is None else clause[: wishing.start()]


def _fits(field: FormField, asks: str) -> bool:
    return re.search(asks, f"{field.label} {field.question}") is not None


def _is_of_child(field: FormField) -> bool:
    return field.key.startswith("child_") or re.search(r"孩子|宝宝", field.question) is not None


_LISTENERS: dict[FieldType, Callable[[FormField, str, bool], _Said | None]] = {
    FieldType.DATE: _day,
    FieldType.AMOUNT: _amount,
    FieldType.NUMBER: _number,
    FieldType.CHOICE: _choice,
    FieldType.YES_NO: _yes_no,
    FieldType.ADDRESS: _address,
}

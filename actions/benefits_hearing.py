"""Hearing what somebody says of a person that bears on what they may get: 我妈81了, 残疾二级, 低保户."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from actions.relations import relation_in
from cases import form
from cases.answers import AnswerRefused, read_answer, skips
from cases.answers.numerals import numbers_in
from cases.answers.wording import compact, is_question, trimmed
from services_catalog.eligibility.facts import Fact, FactType, Possible, Span, Value, vocabulary
from services_catalog.schema import FieldType, FormField

AGE, CHILD_AGE, SEX, BEREAVED = "age", "child_age", "sex", "bereaved"
ELDERLY = 60
"""An 老人 has at least so many years (老年人权益保障法, article 2)."""
ALMOST = 5
"""快八十了 is up to so many years below."""

_CHILD = "孩子|小孩|宝宝|娃娃|娃|儿子|女儿"
_CHILDREN = frozenset({"孩子", "儿子", "女儿", "孙子", "孙女", "外孙", "外孙女"})
_WOMEN = "母亲|奶奶|外婆|婆婆|岳母|妻子|女儿|姐姐|妹妹|孙女|外孙女|儿媳|嫂子|弟媳|舅妈|姨妈|姑妈|婶婶|伯母|侄女|外甥女"
_MEN = "父亲|爷爷|外公|公公|岳父|丈夫|儿子|哥哥|弟弟|孙子|外孙|女婿|姐夫|妹夫|舅舅|姨父|姑父|叔叔|伯伯|侄子|外甥"
_SEXES = {**dict.fromkeys(_WOMEN.split("|"), "女"), **dict.fromkeys(_MEN.split("|"), "男")}
_ABOUT_CHILD = re.compile(rf"^(?:请问|那)?(?:{_CHILD})")
_YEARS = re.compile(r"(?P<rough>多|几)?(?:周岁|虚岁|岁)(?P<up>以上|往上|多)?")
_BARE = re.compile(r"(?P<rough>多)?了?(?=$|[,.!?;:、了的能有可应该该]|什么|哪)")
_BARE_AGES = range(50, 121)
_MONTHS = re.compile(r"个?(?:多|半)?月")
_ALMOST = re.compile(r"(?:快|将近|不到|马上|差点)(?:要|满|到)?$")
_CHILD_BEFORE = re.compile(rf"(?:{_CHILD})(?:才|刚|今年|现在|已经|快|满|是|有)*$")
_CHILD_AFTER = re.compile(rf"(?:大|多)?的?(?:{_CHILD})")
_BORN = re.compile(r"(19\d\d|20\d\d)年(?:\d{1,2}月)?(?:\d{1,2}[日号])?(?:出?生|的人)")
_ELDERLY = re.compile(r"老人|老年人|老头|老太太|高龄")
_NOT = re.compile(r"(?:不是|没有|没办|没|不|非|未|无)(?:过|在|办)?$")
_NONE = frozenset({"没有", "没", "无", "没有的", "都没有", "都不是", "什么都没有", "没有过"})
_SOME = frozenset({"有", "有的", "有啊", "是", "是的", "对", "参加了", "交了"})
_WHETHER = re.compile(r"(?:是不是|有没有|是否|能不能)$")


def person_in(text: str) -> str:
    """Of whom a sentence speaks: a relative, or the resident. Who asks after a death asks for themselves."""
    plain = compact(text)
    if BEREAVED in _words(plain):
        return form.SELF
    return relation_in(text) or ("孩子" if _ABOUT_CHILD.match(plain) else form.SELF)


def facts_in(text: str, person: str, today: date) -> dict[str, Possible]:
    """What a sentence tells of `person`, who is a relation or `form.SELF`."""
    plain = compact(text)
    heard = _words(plain)
    heard.update(_ages(plain, person, today))
    if AGE not in heard and person not in _CHILDREN and _ELDERLY.search(plain):
        heard[AGE] = Span(ELDERLY, _most(AGE))
    if person in _SEXES:
        heard[SEX] = frozenset({_SEXES[person]})
    return heard


def answer_in(key: str, text: str, person: str, today: date) -> Mapping[str, Possible] | None:
    """What `text` tells when the fact `key` was asked; nothing for 不清楚, None where it is no answer."""
    heard = facts_in(text, person, today)
    if key in heard:
        return heard
    fact = vocabulary()[key]
    short = _briefly(key, fact, trimmed(compact(text)))
    if short is not None:
        return {**heard, key: short}
    if skips(text):
        return {}
    try:
        answer = read_answer(_field(key, fact), text, today=today)
    except AnswerRefused:
        return None
    if not answer.certain:
        return None
    possible = _possible(fact, answer.value)
    return None if possible is None else {**heard, key: possible}


def chosen_value(key: str, written: str) -> Possible | None:
    """The value of a fact that a choice stands for; None where it stands for none."""
    fact = vocabulary().get(key)
    found = None if fact is None else next((value for value in fact.values if str(value) == written), None)
    return None if found is None else frozenset({found})


def _briefly(key: str, fact: Fact, text: str) -> Possible | None:
    """What 有, 没有, 都不是 or a value within a few words answer to `fact`; None where they answer nothing."""
    if text in _NONE and fact.none is not None:
        return frozenset({fact.none})
    if text in _NONE and fact.least == 0 and key != AGE:
        return Span(0, 0)
    if text in _NONE and fact.type is FactType.YES_NO:
        return frozenset({False})
    if text in _SOME and fact.several is not None:
        return fact.several.means
    if fact.type is not FactType.CHOICE or is_question(text):
        return None
    named = [value for value in fact.values if isinstance(value, str) and len(value) > 1 and value in text]
    longest = max(named, key=len, default="")
    alone = all(value in longest for value in named) and not _NOT.search(text[: text.find(longest)])
    return frozenset({longest}) if longest and alone else None


def _possible(fact: Fact, value: str) -> Possible | None:
    if fact.type is FactType.YES_NO:
        return frozenset({value == "是"})
    if fact.type is FactType.CHOICE:
        return frozenset({value})
    number = int(float(value))
    whole = fact.anything
    return Span(number, number) if isinstance(whole, Span) and whole.low <= number <= whole.high else None


def _field(key: str, fact: Fact) -> FormField:
    types = {FactType.NUMBER: FieldType.NUMBER, FactType.CHOICE: FieldType.CHOICE, FactType.YES_NO: FieldType.YES_NO}
    return FormField(
        key=key,
        type=types[fact.type],
        label=fact.label,
        question=fact.question,
        example="3" if fact.type is FactType.NUMBER else None,
        unit=fact.unit,
        choices=[str(value) for value in fact.values] if fact.type is FactType.CHOICE else None,
    )


def _words(text: str) -> dict[str, Possible]:
    """The facts whose words are said; of words within each other the longer counts, and 不是 before one turns it."""
    found: dict[str, Possible] = {}
    for key, fact in vocabulary().items():
        left = text
        for word, means in _longest_first(fact):
            at = left.find(word)
            if at < 0:
                continue
            left = left.replace(word, "□" * len(word))
            before = text[:at]
            if _WHETHER.search(before):
                continue
            meant = frozenset(fact.values) - means if _NOT.search(before) else means
            known = found.get(key)
            both = meant & known if isinstance(known, frozenset) else meant
            if both:
                found[key] = both
    return found


def _longest_first(fact: Fact) -> list[tuple[str, frozenset[Value]]]:
    pairs = [(word, spoken.means) for spoken in fact.words for word in spoken.say]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


def _ages(text: str, person: str, today: date) -> dict[str, Possible]:
    """The ages said, of the person and of the youngest child; the first of each counts."""
    found: dict[str, Possible] = {}
    for key, span in _spans(text, person):
        if span.high <= _most(key):
            found.setdefault(key, span)
    born = _BORN.search(text)
    if born is not None and AGE not in found:
        years = today.year - int(born[1])
        if 0 < years <= _most(AGE):
            found[AGE] = Span(years - 1, years)
    return found


def _spans(text: str, person: str) -> Iterator[tuple[str, Span]]:
    for number in numbers_in(text):
        if number.value is None or number.value != int(number.value) or not 0 <= number.value < 1000:
            continue
        value, before, after = int(number.value), text[: number.start], text[number.end :]
        of_child = _CHILD_BEFORE.search(before) is not None
        if (years := _YEARS.match(after)) is not None:
            of_child = of_child or _CHILD_AFTER.match(after[years.end() :]) is not None
            yield _whose(person, of_child), _span(value, before, years["rough"], years["up"])
        elif (months := _MONTHS.match(after)) is not None:
            if of_child or _CHILD_AFTER.match(after[months.end() :]) is not None:
                yield _whose(person, True), Span(value // 12, value // 12)
        elif (bare := _BARE.match(after)) is not None and value in _BARE_AGES and not of_child:
            yield AGE, _span(value, before, bare["rough"], None)


def _span(value: int, before: str, rough: str | None, up: str | None) -> Span:
    if _ALMOST.search(before) and value > ALMOST:
        return Span(value - ALMOST, value - 1)
    if up in ("以上", "往上"):
        return Span(value, _most(AGE))
    if (rough or up) and value >= 10 and value % 10 == 0:
        return Span(value, value + 9)
    return Span(value, value)


def _whose(person: str, of_child: bool) -> str:
    return CHILD_AGE if of_child and person not in _CHILDREN else AGE


def _most(key: str) -> int:
    whole = vocabulary()[key].anything
    return whole.high if isinstance(whole, Span) else 0

"""Amounts of money in 元, and plain numbers."""

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise

from cases.answers.answer import Answer, AnswerRefused
from cases.answers.numerals import DIGITS, UNITS, Found, numbers_in, written
from cases.answers.wording import compact, is_question
from services_catalog.schema import FormField

LARGEST = Decimal(10) ** 10

_NOTHING = re.compile(
    r"(?:目前|现在|暂时|一直)?(?:我们家|我家|我们|我|家里|他|她)?(?:一分钱?|一个|任何)?(?:都|也)?(?:没有?|无|零|没啥|没什么)"
    r"(?:任何|固定|一分)?(?:收入|工资|钱|退休金|养老金|存款|补贴|人|来源)*(?:了|的|啊|呀)?"
)
_HAN_DIGIT = "".join(DIGITS)
_NEGATIVE = re.compile(rf"(?:负|(?<![0-9{_HAN_DIGIT}{''.join(UNITS)}元块人])-)(?=[0-9{_HAN_DIGIT}十])")
_RANGE = re.compile(r"[万千百元块钱人]*(?:-|~|到|至|或者?)+")
_ROUGH = re.compile(r"[多来余]?([百千万]?)[多来余]?")
_MONEY = re.compile(
    rf"([kw])|(?:元|块|圆)(?:钱|整)?(?:([1-9{_HAN_DIGIT}])(?:角|毛)?(?:([1-9{_HAN_DIGIT}])分)?(?![0-9{_HAN_DIGIT}]))?"
)
_DIMES = re.compile(r"(?:角|毛)钱?")
_CURRENCY = re.compile(r"人民币|rmb|cny|¥|\$")
_NOT_MONEY = re.compile(r"号|楼|幢|栋|室|单元|年|月|日|岁|个|口|人|位|家|天|点钟?|次|平|%|分钟|小时")
_NOT_A_COUNT = re.compile(r"号|楼|幢|栋|室|单元|元|块|点钟|%|家(?!人)")
_TIME_UNIT = re.compile(r"年|个?月|天|日|周|个?星期|个?小时")
_OTHER_PERIOD = re.compile(r"(?:一|每|全)年|年(?:薪|收入)|(?:一|每)(?:天|日|周)|(?:一个|每个?)(?:星期|小时)|日薪")
_FILLER = re.compile(
    r"大概|大约|差不多|左右|上下|估计|可能|约|是|有|总共|一共|共|合计|我们家|我家|家里|我们|我|每个月|一个月|每月|月收入|"
    r"收入|工资|退休金|养老金|钱|租金|一家|全家|吧|的|了|啊|呀|多|来|余|整|[,.。!]"
)


def read_amount(field: FormField, text: str, today: date) -> Answer:
    """An amount as a decimal string in 元.

    1.5万, 两千三, 三块五 and 没有 are understood; a range is refused.
    """
    said = _CURRENCY.sub("", compact(text).lower())
    if _NOTHING.fullmatch(said.strip(",.。!")):
        return _amount(Decimal(0), certain=True)
    if _OTHER_PERIOD.search(said) and "月" in field.label + field.question:
        raise AnswerRefused("amount_period")
    _refuse_unfit(said, "amount")
    amounts, rest, done = [], "", 0
    for found in numbers_in(said):
        if found.start < done or _NOT_MONEY.match(said, found.end) or _ordinal(said, found):
            continue
        rest += said[done : found.start]
        value, done = _with_money_words(said, found)
        amounts.append(value)
    rest += said[done:]
    return _amount(_only(amounts, "amount"), certain=_nothing_left(rest))


def read_number(field: FormField, text: str, today: date) -> Answer:
    """A number as a decimal string, shown with the field's unit. 三口人 and 没有 are understood."""
    said = _square_metres(compact(text).lower())
    unit = field.unit or ""
    own = _square_metres(compact(unit).lower())
    if _NOTHING.fullmatch(said.strip(",.。!")):
        return _number(Decimal(0), unit, certain=True)
    if own and not own.isdigit():
        said = re.sub(rf"(?<=[0-9{_HAN_DIGIT}{''.join(UNITS)}多来])(?:个)?{re.escape(own)}", "□", said)
    _refuse_unfit(said, "number")
    numbers, rest = [], said
    for found in reversed(list(numbers_in(said))):
        if _NOT_A_COUNT.match(said, found.end) or _ordinal(said, found):
            continue
        if _TIME_UNIT.fullmatch(own) and _TIME_UNIT.match(said, found.end):
            raise AnswerRefused("number_unit", unit=unit)
        numbers.append(_scaled(said, found)[0])
        rest = rest[: found.start] + rest[found.end :]
    rest = re.sub(r"□|个人|口人|个|口|人|平方米|平米|平方|平|m2|岁|户|次|间|套|辆|只|条|名|位", "", rest)
    return _number(_only(numbers, "number"), unit, certain=_nothing_left(rest))


def _square_metres(text: str) -> str:
    return re.sub(r"m2|平方米?|平米", "平方米", text)


def _refuse_unfit(said: str, kind: str) -> None:
    if _NEGATIVE.search(said):
        raise AnswerRefused(f"{kind}_negative")
    found = list(numbers_in(said))
    between = any(_RANGE.fullmatch(said, a.end, b.start) for a, b in pairwise(found))
    if between or any(number.value is None for number in found) or re.search(r"好?几[个十百千万]|[十百千万]几", said):
        raise AnswerRefused(f"{kind}_range")


def _ordinal(said: str, found: Found) -> bool:
    return found.start > 0 and said[found.start - 1] == "第"


def _scaled(said: str, found: Found) -> tuple[Decimal, int]:
    rough = _ROUGH.match(said, found.end)
    value = found.value or Decimal(0)
    if rough is None:
        return value, found.end
    return value * UNITS.get(rough.group(1), 1), rough.end()


def _with_money_words(said: str, found: Found) -> tuple[Decimal, int]:
    value, end = _scaled(said, found)
    dimes = _DIMES.match(said, end)
    if dimes:
        return value / 10, dimes.end()
    words = _MONEY.match(said, end)
    if words is None:
        return value, end
    thousands, dime, cent = words.groups()
    value *= {"k": 1000, "w": 10000}.get(thousands, 1)
    value += Decimal(DIGITS.get(dime or "零", dime or 0)) / 10
    value += Decimal(DIGITS.get(cent or "零", cent or 0)) / 100
    return value, words.end()


def _only(values: list[Decimal], kind: str) -> Decimal:
    if not values:
        raise AnswerRefused(f"{kind}_unclear")
    if len(values) > 1:
        raise AnswerRefused(f"{kind}_several")
    if values[0] > LARGEST:
        raise AnswerRefused(f"{kind}_too_large")
    return values[0]


def _nothing_left(rest: str) -> bool:
    return not is_question(rest) and not _FILLER.sub("", rest)


def _amount(value: Decimal, *, certain: bool) -> Answer:
    text = written(round(value, 2))
    return Answer(text, f"{text}元", f"{text}元", certain)


def _number(value: Decimal, unit: str, *, certain: bool) -> Answer:
    text = written(round(value, 4))
    return Answer(text, text + unit, text + unit, certain)

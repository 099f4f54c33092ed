"""Numbers as people write and say them: 3000, 1.5万, 两千三, 一百零五, 二〇二六."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

DIGITS = {
    char: value
    for value, chars in enumerate(
        ("零〇○", "一壹", "二两俩贰", "三仨叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
    )
    for char in chars
}
_SMALL_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_BIG_UNITS = {"万": 10**4, "萬": 10**4, "亿": 10**8}
UNITS = _SMALL_UNITS | _BIG_UNITS

_HAN = "".join(DIGITS)
_UNIT_CHARS = "".join(UNITS)
_NUMBER = re.compile(rf"[0-9.,{_HAN}{_UNIT_CHARS}点廿卅]+")
_TOKEN = re.compile(rf"[0-9]+(?:\.[0-9]+)?|[{_HAN}{_UNIT_CHARS}]")
_POINT = re.compile(rf"([0-9{_HAN}十百千]+)点([0-9{_HAN}]+)([{_UNIT_CHARS}]?)")
_BETWEEN = re.compile(rf"([一二两三四五六七八])([二三四五六七八九])(?=[{_UNIT_CHARS}])")
_ORDINARY_WORDS = re.compile(
    r"一共|一起|一般|一直|一下|一点儿?|一些|一样|一定|一切|统一|唯一|"
    rf"(?<![0-9{_HAN}{_UNIT_CHARS}])(?:万一|千万别?|十分)"
)


@dataclass(frozen=True)
class Found:
    """A number in a text: its value, or None where the figure stands between two (两三千), and its place."""

    value: Decimal | None
    start: int
    end: int


def numbers_in(text: str) -> Iterator[Found]:
    """Every number in compact text, in order; what only looks like one (千万, 一共) is left out."""
    text = _ORDINARY_WORDS.sub(lambda word: "□" * len(word.group()), text)
    for run in _NUMBER.finditer(text):
        figure = run.group().strip(".,点")
        start = run.start() + run.group().index(figure) if figure else run.start()
        if not figure:
            continue
        if says_between(figure):
            yield Found(None, start, start + len(figure))
            continue
        value = parsed_number(figure)
        if value is not None:
            yield Found(value, start, start + len(figure))


def says_between(figure: str) -> bool:
    """Whether a figure names two neighbours at once: 两三千, 七八个, 三五百."""
    pair = _BETWEEN.search(figure)
    if pair:
        before = figure[: pair.start()]
        return not before or before[-1] in UNITS
    return len(figure) == 2 and all(c in DIGITS for c in figure) and DIGITS[figure[1]] - DIGITS[figure[0]] == 1


def parsed_number(figure: str) -> Decimal | None:
    """The value of one figure, or None if it is not well formed. 两千三 is 2300, 1万5 is 15000."""
    figure = figure.replace("廿", "二十").replace("卅", "三十")
    if "," in figure:
        if not re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?[万千百亿]?", figure):
            return None
        figure = figure.replace(",", "")
    if "点" in figure:
        return _with_point(figure)
    if len(figure) > 1 and all(char in DIGITS for char in figure):
        return Decimal("".join(str(DIGITS[char]) for char in figure))
    parts = _TOKEN.findall(figure)
    return _sum(parts) if "".join(parts) == figure else None


def _with_point(figure: str) -> Decimal | None:
    parts = _POINT.fullmatch(figure)
    whole = parsed_number(parts.group(1)) if parts else None
    if parts is None or whole is None:
        return None
    fraction = "".join(str(DIGITS.get(char, char)) for char in parts.group(2))
    return (whole + Decimal(f"0.{fraction}")) * UNITS.get(parts.group(3), 1)


def _sum(parts: list[str]) -> Decimal | None:
    total, section = Decimal(0), Decimal(0)
    number: Decimal | None = None
    last_unit, last_small, last_big, after_zero = 0, 10**9, 10**12, False
    for part in parts:
        if part in _SMALL_UNITS:
            unit = _SMALL_UNITS[part]
            if (number is None and (unit != 10 or after_zero)) or unit >= last_small:
                return None
            section += (1 if number is None else number) * unit
            number, last_unit, last_small, after_zero = None, unit, unit, False
        elif part in _BIG_UNITS:
            unit = _BIG_UNITS[part]
            section += number or 0
            if not section or unit >= last_big:
                return None
            total += section * unit
            section, number, last_unit, last_big, after_zero = Decimal(0), None, unit, unit, False
            last_small = 10**9
        elif number is not None or (after_zero and part in "零〇○"):
            return None
        elif part in "零〇○" and len(parts) > 1:
            after_zero = True
        else:
            number = Decimal(DIGITS.get(part, part))
    if number is not None and last_unit > 10 and not after_zero and number < 10 and number == int(number):
        number *= last_unit // 10
    return total + section + (number or 0)


def written(value: Decimal) -> str:
    """A decimal without exponent and needless zeros: 3000, 0.5."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"

"""Days, by the solar or the lunar calendar, written, said, or counted from today."""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cases.answers import lunar
from cases.answers.answer import Answer, AnswerRefused
from cases.answers.numerals import parsed_number
from cases.answers.wording import is_question, plain
from services_catalog.schema import FormField

EARLIEST_YEAR = 1900
YEARS_AHEAD = 10
"""How far ahead a two-digit year may lie in a field that also takes days to come."""

_ASIDE = re.compile(r"\([^)]*月[^)]*\)")
_LUNAR = re.compile(r"农历|阴历|旧历|老历|初[一二三四五六七八九十0-9]|腊月|正月|冬月|[廿闰]")
_SOLAR = re.compile(r"阳历|公历|新历|国历")
_HAN_NUMBER = re.compile(r"[零〇○一二三四五六七八九十百千廿卅两]+")
_DAY_WORDS = {
    "大前天": -3,
    "前天": -2,
    "昨天": -1,
    "昨日": -1,
    "今天": 0,
    "今日": 0,
    "大后天": 3,
    "后天": 2,
    "明天": 1,
}
_YEAR_WORDS = {"大前年": -3, "前年": -2, "去年": -1, "今年": 0, "本年": 0, "明年": 1}
_MONTH_WORDS = {
    "上上个月": -2,
    "上上月": -2,
    "上个月": -1,
    "上月": -1,
    "这个月": 0,
    "本月": 0,
    "下个月": 1,
    "下月": 1,
}
_MONTH_NAMES = {"正月": "1月", "元月": "1月", "冬月": "11月", "腊月": "12月", "月份": "月", "初": ""}

_NOT_IN_NUMBER = r"(?<![\d./-])"
_WHOLE = re.compile(
    rf"{_NOT_IN_NUMBER}(?P<year>\d{{4}}|\d{{2}}) ?[-./, 年] ?"
    rf"(?P<leap>闰?)(?P<month>\d{{1,2}}) ?[-./, 月] ?(?P<day>\d{{1,2}})(?!\d)(?:日|号)?"
)
_UNPARTED = re.compile(r"(?<!\d)(?P<year>\d{4}|\d{2})(?P<leap>)(?P<month>\d{2})(?P<day>\d{2})(?!\d)")
_YEAR_AND_MONTH = re.compile(
    rf"{_NOT_IN_NUMBER}(?:\d{{4}}|\d{{2}}(?=年)) ?[-./ 年] ?闰?\d{{1,2}}(?!\d)"
    rf"|(?<!\d)(?:19|20)\d{{2}}(?:0[1-9]|1[0-2])(?!\d)"
)
_IN_MONTH = re.compile(rf"({'|'.join(_MONTH_WORDS)})的? ?(\d{{1,2}})(?!\d)(?:日|号)?")
_NO_YEAR = re.compile(
    rf"{_NOT_IN_NUMBER}(?P<leap>闰?)(?P<month>\d{{1,2}}) ?[-./月] ?(?P<day>\d{{1,2}})(?![\d./-])(?:日|号)?"
)
_RELATIVE = re.compile("|".join(_DAY_WORDS))
_AGO = re.compile(r"(?<!\d)(\d{1,4})天(?:之|以)?前")
_ONLY_MONTH = re.compile(rf"(?<!\d)闰?\d{{1,2}}月|{'|'.join(_MONTH_WORDS)}")
_ONLY_YEAR = re.compile(r"(?<!\d)(?:(?:19|20)\d{2}|\d{2}年)(?!\d)")
_ONLY_DAY = re.compile(r"(?<!\d)(\d{1,2})(?:日|号)")
_AROUND = re.compile(
    r"农历|阴历|旧历|老历|阳历|公历|新历|国历|出生|生日|生的?|是|我|他|她|的|了|在|于|日期|日|就|[,.:;。! ]"
)


@dataclass(frozen=True)
class _Said:
    """A date as it was said: the parts found in the text, and by which calendar."""

    text: str
    lunar: bool
    today: date
    past_only: bool
    birth: bool


def read_date(field: FormField, text: str, today: date) -> Answer:
    """The day as ISO date.

    A day without year is the last such day before `today`; a birth date needs its year. A two-digit year is the
    most plausible past one; only a field that also takes days to come lets it lie a little ahead.
    """
    said = _understood(field, text, today)
    day, sure = _day(said)
    if field.past_only and day > today:
        raise AnswerRefused("date_in_future", date=_words(day))
    shown = _words(day) + (lunar.lunar_words(day) if said.lunar else "")
    return Answer(day.isoformat(), shown, shown, certain=sure and not is_question(said.text))


def _understood(field: FormField, text: str, today: date) -> _Said:
    said = plain(text)
    said = _ASIDE.sub("", said) or said
    by_sun = _SOLAR.search(said)
    by_moon = by_sun is None and _LUNAR.search(said) is not None
    if by_sun:
        said = next((part for part in _LUNAR.split(said) if _SOLAR.search(part)), said)
    said = re.sub("|".join(_MONTH_NAMES), lambda name: _MONTH_NAMES[name.group()], said)
    said = _HAN_NUMBER.sub(_digits, said)
    said = re.sub("|".join(_YEAR_WORDS), lambda word: f"{today.year + _YEAR_WORDS[word.group()]}年", said)
    said = re.sub(r"民国(\d{1,3})年", lambda year: f"{1911 + int(year.group(1))}年", said)
    return _Said(said, by_moon, today, past_only=field.past_only, birth=_is_birth(field))


def _is_birth(field: FormField) -> bool:
    return field.past_only and ("出生" in field.label or "birth" in field.key)


def _digits(run: re.Match[str]) -> str:
    figures = run.group()
    if not set(figures) & set("十百千廿卅"):
        return "".join(str(parsed_number(figure)) for figure in figures)
    value = parsed_number(figures)
    return figures if value is None else str(int(value))


def _day(said: _Said) -> tuple[date, bool]:
    """The day said, and whether nothing about it was guessed."""
    for pattern in (_WHOLE, _UNPARTED):
        found = [match for match in pattern.finditer(said.text) if not _is_year_and_month(match)]
        if found:
            return _one(_whole_day(said, match) for match in found)
    relative = _IN_MONTH.search(said.text)
    if relative:
        month, day = _MONTH_WORDS[relative.group(1)], int(relative.group(2))
        return _in_month(said.today, month, day), _alone(said, relative)
    if _YEAR_AND_MONTH.search(said.text):
        raise AnswerRefused("date_no_day")
    yearless = list(_NO_YEAR.finditer(said.text))
    if yearless:
        if said.birth:
            raise AnswerRefused("date_no_year")
        day_, _ = _one((_last_time(said, match), True) for match in yearless)
        return day_, said.past_only and _alone(said, yearless[0])
    return _counted_day(said)


def _counted_day(said: _Said) -> tuple[date, bool]:
    word = _RELATIVE.search(said.text)
    if word:
        return said.today + timedelta(_DAY_WORDS[word.group()]), _alone(said, word)
    ago = _AGO.search(said.text)
    if ago:
        return said.today - timedelta(int(ago.group(1))), _alone(said, ago)
    if _ONLY_MONTH.search(said.text):
        raise AnswerRefused("date_no_day")
    only_day = _ONLY_DAY.search(said.text)
    if only_day:
        if said.birth:
            raise AnswerRefused("date_no_year")
        number = int(only_day.group(1))
        month = 0 if number <= said.today.day else -1
        return _in_month(said.today, month, number), said.past_only and _alone(said, only_day)
    if _ONLY_YEAR.search(said.text):
        raise AnswerRefused("date_no_month")
    raise AnswerRefused("date_unclear")


def _is_year_and_month(match: re.Match[str]) -> bool:
    """Whether six digits are rather a year and a month: 194503, 202012."""
    digits = match.group()
    return len(digits) == 6 and digits.isdigit() and digits[:2] in ("19", "20") and 1 <= int(digits[4:]) <= 12


def _one(days: Iterable[tuple[date, bool]]) -> tuple[date, bool]:
    different = dict(days)
    if len(different) > 1:
        raise AnswerRefused("date_several")
    return next(iter(different.items()))


def _whole_day(said: _Said, match: re.Match[str]) -> tuple[date, bool]:
    month, day, leap = int(match["month"]), int(match["day"]), bool(match["leap"])
    year = int(match["year"])
    if len(match["year"]) == 4:
        return _solar_day(said, year, month, day, leap=leap), True
    limit = said.today if said.past_only else said.today + timedelta(days=366 * YEARS_AHEAD)
    recent = 2000 + year
    if recent <= limit.year:
        found = _solar_day(said, recent, month, day, leap=leap)
        if found <= limit:
            return found, False
    return _solar_day(said, 1900 + year, month, day, leap=leap), said.past_only


def _last_time(said: _Said, match: re.Match[str]) -> date:
    """The last such day up to today; 29 February and leap months may lie years back."""
    refused: AnswerRefused | None = None
    for year in range(said.today.year, max(EARLIEST_YEAR, said.today.year - 40), -1):
        try:
            day = _solar_day(said, year, int(match["month"]), int(match["day"]), leap=bool(match["leap"]))
        except AnswerRefused as error:
            refused = refused or error
            continue
        if day <= said.today:
            return day
    raise refused or AnswerRefused("date_unclear")


def _solar_day(said: _Said, year: int, month: int, day: int, *, leap: bool) -> date:
    last = min(said.today.year + 100, lunar.LAST_YEAR)
    if not EARLIEST_YEAR <= year <= last:
        raise AnswerRefused("date_year", year=str(year))
    if not 1 <= month <= 12:
        raise AnswerRefused("date_no_such_month", month=f"{month}月")
    if said.lunar:
        return lunar.solar_day(year, month, day, leap=leap)
    days = calendar.monthrange(year, month)[1]
    if not 1 <= day <= days:
        raise AnswerRefused("date_impossible", month=f"{year}年{month}月", days=str(days))
    return date(year, month, day)


def _in_month(today: date, months: int, day: int) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    days = calendar.monthrange(year, month + 1)[1]
    if not 1 <= day <= days:
        raise AnswerRefused("date_impossible", month=f"{year}年{month + 1}月", days=str(days))
    return date(year, month + 1, day)


def _alone(said: _Said, match: re.Match[str]) -> bool:
    return not _AROUND.sub("", said.text[: match.start()] + said.text[match.end() :])


def _words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"

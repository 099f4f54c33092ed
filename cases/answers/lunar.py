"""The lunar calendar, as borax computes it for the years 1900 to 2100."""

from datetime import date

from borax.calendars.lunardate import (
    InvalidLunarDateError,
    LCalendars,
    LunarDate,
)

from cases.answers.answer import AnswerRefused

LAST_YEAR = 2099


def solar_day(year: int, month: int, day: int, *, leap: bool) -> date:
    """The solar day of a lunar date.

    Raises AnswerRefused if that year had no such month or that month no such day.
    """
    words = f"农历{year}年{'闰' if leap else ''}{month}月"
    try:
        days = LCalendars.ndays(year, month, int(leap))
    except InvalidLunarDateError as error:
        raise AnswerRefused("date_no_leap_month" if leap else "date_no_such_month", month=words) from error
    if not 1 <= day <= days:
        raise AnswerRefused("date_impossible", month=words, days=str(days))
    solar: date = LunarDate(year, month, day, int(leap)).to_solar_date()
    return solar


def lunar_words(day: date) -> str:
    """`day` in lunar words, in brackets: （农历三月初五）.

    The lunar year is named where it is not the solar one.
    """
    lunar = LunarDate.from_solar_date(day.year, day.month, day.day)
    year = "" if lunar.year == day.year else f"{lunar.year}年"
    return f"（农历{year}{'闰' if lunar.leap else ''}{lunar.cn_month}月{lunar.cn_day}）"

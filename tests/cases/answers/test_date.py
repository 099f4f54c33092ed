from datetime import date, timedelta

import pytest
from borax.calendars.lunardate import LunarDate
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cases.answers.fields import TODAY, read, refusal

HAN = "〇一二三四五六七八九"


def han(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else HAN[tens] + "十") + (HAN[ones] if ones else "")


@settings(max_examples=400, deadline=None)
@given(st.dates(date(1900, 1, 1), TODAY))
def test_every_solar_day_reads_back_in_every_way_of_writing(day: date) -> None:
    year = "".join(HAN[int(digit)] for digit in str(day.year))
    for text in (
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year} {day.month} {day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{year}年{han(day.month)}月{han(day.day)}号",
        f"我是{day.year}年{day.month}月{day.day}日生的",
    ):
        answer = read("date", text, past_only=True)
        assert answer.value == day.isoformat(), text
        assert answer.certain


def test_really_every_day_reads_back() -> None:
    for number in range(0, (TODAY - date(1900, 1, 1)).days, 7):
        day = date(1900, 1, 1) + timedelta(number)
        assert read("date", f"{day.year}年{day.month}月{day.day}日").value == day.isoformat()


@settings(max_examples=400, deadline=None)
@given(st.dates(date(1900, 1, 31), TODAY))
def test_every_lunar_day_reads_back(day: date) -> None:
    lunar = LunarDate.from_solar_date(day.year, day.month, day.day)
    text = f"{lunar.cn_year}年{'闰' if lunar.leap else ''}{lunar.cn_month}月{lunar.cn_day}"
    answer = read("date", f"农历{text}")
    assert answer.value == day.isoformat()
    assert "农历" in answer.shown
    assert read("date", answer.shown).value == answer.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一九四五年三月初五", "1945-04-16"),
        ("农历2020年闰四月初五", "2020-05-27"),
        ("阳历1945年4月16日，农历三月初五", "1945-04-16"),
        ("1945年3月5日(阴历)", "1945-04-16"),
        ("１９４５年３月５日", "1945-03-05"),
        ("民国三十四年三月五号", "1945-03-05"),
        ("45年3月5日", "1945-03-05"),
        ("05年3月5日", "2005-03-05"),
        ("今天", "2026-11-22"),
        ("昨天", "2026-11-21"),
        ("前天", "2026-11-20"),
        ("大前天", "2026-11-19"),
        ("上个月15号", "2026-10-15"),
        ("去年3月5日", "2025-03-05"),
        ("3月5号", "2026-03-05"),
        ("十二月三十", "2025-12-30"),
        ("2月29日", "2024-02-29"),
        ("去年腊月廿三", "2026-02-10"),
    ],
)
def test_ways_of_saying_a_day(text: str, value: str) -> None:
    assert read("date", text, past_only=True).value == value


def test_a_lunar_day_is_shown_by_both_calendars() -> None:
    assert read("date", "1945年三月初五").shown == "1945年4月16日（农历三月初五）"


def test_tomorrow_is_a_day_only_where_days_to_come_are() -> None:
    assert read("date", "明天").value == "2026-11-23"
    assert refusal("date", "明天", past_only=True).code == "date_in_future"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1945年3月", "date_no_day"),
        ("三月", "date_no_day"),
        ("194503", "date_no_day"),
        ("1945", "date_no_month"),
        ("45年", "date_no_month"),
        ("1945年13月5日", "date_no_such_month"),
        ("1945年闰三月初一", "date_no_leap_month"),
        ("1845年3月5日", "date_year"),
        ("1945年3月5日到1946年3月5日", "date_several"),
        ("很久以前", "date_unclear"),
    ],
)
def test_what_is_no_day_is_refused_with_its_reason(text: str, code: str) -> None:
    assert refusal("date", text).code == code


@pytest.mark.parametrize("text", ["3月5日", "三月初五", "5号"])
def test_a_birth_date_needs_its_year(text: str) -> None:
    assert refusal("date", text, past_only=True, label="出生日期").code == "date_no_year"
    assert read("date", f"去年{text}" if "月" in text else "今天", past_only=True, label="出生日期").value
    assert read("date", text, past_only=True, label="火化日期").value


def test_a_month_that_was_too_short_says_how_long_it_was() -> None:
    refused = refusal("date", "2023年2月31日")
    assert (refused.code, refused.values["days"], refused.values["month"]) == (
        "date_impossible",
        "28",
        "2023年2月",
    )
    assert refusal("date", "农历1945年四月三十").values["days"] == "29"


def test_a_day_without_year_is_not_certain_where_days_to_come_are_meant() -> None:
    assert read("date", "3月5号", past_only=True).certain
    assert not read("date", "3月5号").certain
    assert not read("date", "1945年3月5日是什么日子？").certain

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.hours import Hours, spoken_moment
from records.base import CHINA

USUAL = Hours.read("工作日 9:00-12:00、13:30-17:00；周六 9:00-11:30")


def at(day: str, hour: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}:00").replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (at("2026-11-25", "09:00"), True),
        (at("2026-11-25", "08:59"), False),
        (at("2026-11-25", "12:00"), False),
        (at("2026-11-25", "16:59"), True),
        (at("2026-11-28", "10:00"), True),  # a Saturday
        (at("2026-11-29", "10:00"), False),  # a Sunday
        (at("2026-10-01", "10:00"), False),  # the National Day, a Thursday
        (at("2026-10-10", "14:00"), True),  # a Saturday worked instead
    ],
)
def test_the_office_is_open_on_working_days_of_the_chinese_calendar(moment: datetime, is_open: bool) -> None:
    assert USUAL.open_at(moment) is is_open


def test_a_day_that_is_closed_all_the_same_is_closed() -> None:
    closed = Hours.read("每天 0:00-23:59", [date(2026, 12, 31)])
    assert not closed.open_at(at("2026-12-31", "10:00"))
    assert closed.open_at(at("2026-12-30", "10:00"))


def test_the_next_openings_leap_over_holidays() -> None:
    told = [spoken_moment(each, date(2026, 9, 30)) for each in USUAL.openings(at("2026-09-30", "16:00"), 3)]
    assert told == ["10月8日上午9点", "10月8日下午1点半", "10月9日上午9点"]
    first = USUAL.openings(at("2026-11-25", "12:30"), 1)
    assert spoken_moment(first[0], date(2026, 11, 25)) == "今天下午1点半"


@pytest.mark.parametrize(
    "spoken",
    ["", "9:00-12:00", "工作日", "工作日 9点到12点", "工作日 12:00-9:00", "工作日 25:00-26:00", "周一 9:00-12:00"],
)
def test_hours_that_cannot_be_understood_are_refused_with_what_is_wrong(spoken: str) -> None:
    with pytest.raises(ValueError, match="办公时间"):
        Hours.read(spoken)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)))
def test_whenever_it_is_closed_it_opens_later_and_is_open_then(moment: datetime) -> None:
    here = moment.replace(tzinfo=CHINA)
    for opening in USUAL.openings(here, 2):
        assert opening > here and USUAL.open_at(opening)
        assert USUAL.open_at(datetime.combine(opening.date(), time(opening.hour, opening.minute), CHINA))

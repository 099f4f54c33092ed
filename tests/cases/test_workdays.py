from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.workdays import deadline


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # over a weekend
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # National Day: 1 to 7 October off
        (date(2026, 9, 30), 3, date(2026, 10, 10)),  # Saturday 10 October is made up
        (date(2026, 9, 18), 1, date(2026, 9, 20)),  # Sunday 20 September is made up
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # Saturday 14 February is made up
        (date(2026, 2, 14), 1, date(2026, 2, 24)),  # Spring Festival: 15 to 23 February off
        (date(2026, 2, 27), 1, date(2026, 2, 28)),  # Saturday 28 February is made up
        (date(2026, 11, 22), 0, date(2026, 11, 22)),
    ],
)
def test_working_days_follow_the_holiday_notice_of_2026(start: date, days: int, due: date) -> None:
    assert deadline(start, days).day == due
    assert not deadline(start, days).is_estimate


def test_a_promise_into_a_year_without_a_notice_is_an_estimate_by_weekdays() -> None:
    due = deadline(date(2026, 12, 31), 5)
    assert due.is_estimate
    far = deadline(date(2031, 1, 3), 1)
    assert (far.day, far.is_estimate) == (date(2031, 1, 6), True)


@given(st.dates(date(2004, 1, 1), date(2026, 10, 1)), st.integers(1, 40))
def test_a_deadline_is_a_working_day_with_as_many_working_days_before_it(start: date, days: int) -> None:
    due = deadline(start, days).day
    assert chinese_calendar.is_workday(due)
    between = [start + timedelta(days=n) for n in range(1, (due - start).days + 1)]
    assert sum(map(chinese_calendar.is_workday, between)) == days

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.terms import Warning, counts_from, due, told_by, warning, working_days
from cases.workdays import deadline

DAYS = st.dates(date(2025, 1, 1), date(2026, 10, 1))
FRIDAY = date(2026, 6, 5)


@given(DAYS, st.integers(0, 40))
def test_working_days_up_to_a_deadline_are_those_it_was_set_for(start: date, days: int) -> None:
    assert working_days(start, deadline(start, days).day) == days


@given(DAYS, st.integers(0, 20), st.integers(0, 20))
def test_each_day_of_waiting_moves_the_end_by_a_working_day(start: date, promised: int, paused: int) -> None:
    assert working_days(due(start, promised, 0).day, due(start, promised, paused).day) == paused


def test_what_is_missing_is_told_within_five_working_days_holidays_not_counted() -> None:
    assert told_by(date(2026, 6, 1)) == date(2026, 6, 8)
    assert told_by(date(2026, 9, 30)) > date(2026, 10, 8), "the National Day holiday lies between"


@pytest.mark.parametrize(("today", "begins"), [(8, 8), (9, 1), (30, 1)])
def test_the_clock_begins_today_or_on_the_receipt_when_the_time_to_tell_is_over(today: int, begins: int) -> None:
    assert counts_from(date(2026, 6, 1), date(2026, 6, today)) == date(2026, 6, begins)


@pytest.mark.parametrize(
    ("promised", "on", "level"),
    [
        (20, 0, Warning.OK), (20, 15, Warning.OK), (20, 16, Warning.SOON), (20, 20, Warning.SOON), (20, 21, Warning.OVER),
        (3, 1, Warning.OK), (3, 2, Warning.SOON), (0, 0, Warning.SOON), (0, 1, Warning.OVER),
    ],
)  # fmt: skip
def test_a_warning_comes_with_the_last_fifth_or_the_last_day(promised: int, on: int, level: Warning) -> None:
    end = deadline(FRIDAY, promised).day
    assert warning(FRIDAY, end, deadline(FRIDAY, on).day) is level


def test_a_weekend_after_the_last_day_is_over_and_no_end_is_no_warning() -> None:
    assert warning(FRIDAY - timedelta(days=4), FRIDAY, FRIDAY + timedelta(days=1)) is Warning.OVER
    assert warning(FRIDAY, None, date(2030, 1, 1)) is Warning.OK

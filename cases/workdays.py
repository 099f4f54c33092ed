"""Working days of the Chinese calendar, holidays and make-up days included."""

from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar


@dataclass(frozen=True)
class Deadline:
    """A promised day. `is_estimate` when it reaches into a year whose holidays are not yet published."""

    day: date
    is_estimate: bool


def deadline(start: date, working_days: int) -> Deadline:
    """The day `working_days` working days after `start`; the day itself does not count."""
    day, is_estimate = start, False
    while working_days > 0:
        day += timedelta(days=1)
        works, guessed = _works(day)
        is_estimate = is_estimate or guessed
        working_days -= works
    return Deadline(day, is_estimate)


def is_working_day(day: date) -> bool:
    """Whether people work on that day; where its year's holidays are not published, by the day of the week."""
    return _works(day)[0]


def is_public_holiday(day: date) -> bool:
    """Whether the day belongs to a public holiday; a plain weekend does not. False where its year is not published."""
    try:
        return chinese_calendar.get_holiday_detail(day)[1] is not None and chinese_calendar.is_holiday(day)
    except NotImplementedError:
        return False


def _works(day: date) -> tuple[bool, bool]:
    """Whether `day` is a working day, and whether that is a guess from the weekday alone."""
    try:
        return chinese_calendar.is_workday(day), False
    except NotImplementedError:
        return day.weekday() < 5, True

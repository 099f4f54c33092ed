"""The days a supervisor looks at: today, the last 7 or 30 days, or from one day to another, at most 92."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from records.base import CHINA

MOST_DAYS = 92
"""A quarter. Every query of the figures is bounded by it."""


class Choice(StrEnum):
    """Which days were asked for."""

    TODAY = "today"
    WEEK = "7d"
    MONTH = "30d"
    CUSTOM = "custom"


_CHOICES = {each.value: each for each in Choice}
_DAYS_BACK = {Choice.TODAY: 0, Choice.WEEK: 6, Choice.MONTH: 29}


class Fault(StrEnum):
    """What is wrong with the days asked for."""

    UNREADABLE = "unreadable"
    REVERSED = "reversed"
    TOO_LONG = "too_long"
    TO_COME = "to_come"


class PeriodRefused(Exception):
    """These days cannot be looked at. `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True)
class Period:
    """Whole days of China, `first` and `last` among them."""

    first: date
    last: date
    choice: Choice = Choice.CUSTOM

    @property
    def begins(self) -> datetime:
        """The first moment."""
        return datetime.combine(self.first, time(), CHINA)

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), CHINA)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def each_day(self) -> list[date]:
        """Its days, in order."""
        return [self.first + timedelta(days=after) for after in range(self.days)]


def read_period(choice: str, first: str, last: str, today: date) -> Period:
    """The period that a request names; days after today are left out. Raises PeriodRefused.

    A choice that there is not is that of 7 days, so that an old bookmark still shows something.
    """
    known = _CHOICES.get(choice, Choice.WEEK)
    if known is not Choice.CUSTOM:
        return Period(today - timedelta(days=_DAYS_BACK[known]), today, known)
    begins, ends = _day(first), _day(last)
    if begins > ends:
        raise PeriodRefused(Fault.REVERSED)
    if begins > today:
        raise PeriodRefused(Fault.TO_COME)
    period = Period(begins, min(ends, today))
    if period.days > MOST_DAYS:
        raise PeriodRefused(Fault.TOO_LONG)
    return period


def _day(written: str) -> date:
    try:
        day = date.fromisoformat(written.strip())
    except ValueError:
        raise PeriodRefused(Fault.UNREADABLE) from None
    if not 2000 <= day.year <= 2999:  # moments of the first and the last years cannot be put into another zone
        raise PeriodRefused(Fault.UNREADABLE)
    return day

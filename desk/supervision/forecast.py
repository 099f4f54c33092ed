"""What the hours of a day to come may bring, from past days of the same kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from cases.workdays import is_working_day

DAYS_COMPARED = 6
FEWEST_DAYS = 3
LOOKED_BACK_DAYS = 42
"""Long enough for six days off also outside the holidays, and for six working days around the longest of them."""
HOURS = range(24)

ByHour = Mapping[tuple[date, int], int]
"""How many residents asked, by day and hour; hours in which nobody did need not be there."""


@dataclass(frozen=True)
class Hour:
    """What an hour may bring: the median of the same hour of the compared days, and the lowest and highest of them."""

    median: float
    low: int
    high: int


@dataclass(frozen=True)
class Forecast:
    """Of `day`, hour by hour, from `compared` days, the latest first."""

    day: date
    is_working_day: bool
    compared: tuple[date, ...]
    hours: tuple[Hour, ...]


@dataclass(frozen=True)
class NotYet:
    """Too few days of the kind have passed: `known` of them."""

    day: date
    is_working_day: bool
    known: int


def forecast(asked: ByHour, day: date, today: date) -> Forecast | NotYet:
    """The hours of `day` from the last six days of its kind (working day or not) before `today`, within six weeks.

    The day on which anybody first asked is not compared, as the service may have begun in the middle of it; later
    days on which nobody asked are. With fewer than three days there is no forecast.
    """
    works = is_working_day(day)
    began = min((asked_on for asked_on, _hour in asked), default=today)
    past = (today - timedelta(days=back) for back in range(1, LOOKED_BACK_DAYS + 1))
    same = [each for each in past if each > began and is_working_day(each) == works][:DAYS_COMPARED]
    if len(same) < FEWEST_DAYS:
        return NotYet(day, works, len(same))
    return Forecast(day, works, tuple(same), tuple(_hour(asked, same, hour) for hour in HOURS))


def _hour(asked: ByHour, days: list[date], hour: int) -> Hour:
    counts = [asked.get((day, hour), 0) for day in days]
    return Hour(median(counts), min(counts), max(counts))

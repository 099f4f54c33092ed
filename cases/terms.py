"""By when: from receipt to notice, from acceptance to decision, in working days, without those a case waited for
its resident."""

from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from cases.workdays import Deadline, deadline, is_working_day

NOTICE_DAYS = 5
"""Working days within which all that is missing is told at once; later, the case counts as accepted from its receipt
(《行政许可法》第三十二条; for other items by the guide)."""
SOON_SHARE = 0.2
"""What part of a time is left when the end of it is near."""


class Warning(StrEnum):
    """How near an end is."""

    OK = "ok"
    SOON = "soon"
    """A fifth of the time is left, or one working day."""
    OVER = "over"


@lru_cache(maxsize=4096)
def working_days(start: date, end: date) -> int:
    """How many working days lie after `start`, up to `end` itself; none where `end` is not later."""
    return sum(is_working_day(start + timedelta(days=day)) for day in range(1, (end - start).days + 1))


def told_by(received: date) -> date:
    """The last day on which it may be told what is missing."""
    return deadline(received, NOTICE_DAYS).day


def counts_from(received: date, today: date) -> date:
    """The day the clock runs from when a case is accepted, or told what is missing, only today."""
    return received if today > told_by(received) else today


def due(counted_from: date, promised_days: int, paused_days: int) -> Deadline:
    """The day by which a case is decided: the promised working days, and those it waited for its resident."""
    return deadline(counted_from, promised_days + paused_days)


def warning(start: date, end: date | None, today: date) -> Warning:
    """How near `end` is, of a time that began on `start`. Where there is no end, all is well."""
    if end is None:
        return Warning.OK
    if today > end:
        return Warning.OVER
    left = working_days(today, end)
    return Warning.SOON if left <= max(1, SOON_SHARE * working_days(start, end)) else Warning.OK

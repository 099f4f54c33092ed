"""Numbers, hours and durations as the supervisors read them."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from desk.wording import said

_PARTS_OF_DAY = ((6, "night"), (12, "morning"), (13, "noon"), (18, "afternoon"), (24, "evening"))


def number(value: float) -> str:
    """With one decimal where it has any: 12, 4.6."""
    return f"{round(value, 1):g}" if value < 1_000 else f"{value:.0f}"


def percent(part: float, whole: float) -> str:
    """Whole percents of `whole`; 0% where there is nothing."""
    return f"{100 * part / whole:.0f}%" if whole else "0%"


def hour(of_day: int) -> str:
    """An hour as one says it: 上午9点, 中午12点, 下午3点."""
    part = next(name for ends, name in _PARTS_OF_DAY if of_day < ends)
    return said(f"figure_hour_{part}", hour=of_day if of_day <= 12 else of_day - 12)


def hour_span(of_day: int) -> str:
    """An hour as it stands in a table: 09:00–10:00."""
    return f"{of_day:02d}:00–{of_day + 1:02d}:00"


def duration(minutes: float) -> str:
    """45秒, 1分20秒, 12分钟, 2小时5分."""
    seconds = round(minutes * 60)
    if seconds < 60:
        return said("figure_seconds", seconds=seconds)
    if seconds < 600 and seconds % 60:
        return said("figure_minutes_seconds", minutes=seconds // 60, seconds=seconds % 60)
    whole = round(minutes)
    if whole < 60:
        return said("figure_minutes", minutes=whole)
    if whole % 60:
        return said("figure_hours_minutes", hours=whole // 60, minutes=whole % 60)
    return said("figure_hours", hours=whole // 60)


def day(of: date) -> str:
    """11月26日."""
    return said("figure_day", month=of.month, day=of.day)


def class_ticks(limits: Sequence[int]) -> list[str]:
    """The same under a chart, where there is little room: ≤1, 1–5, >5."""
    return [f"≤{limits[0]}", *(f"{low}–{high}" for low, high in pairwise(limits)), f">{limits[-1]}"]


def classes(limits: Sequence[int], unit: str) -> list[str]:
    """The names of classes between limits, in a unit: 1分钟内, 1–5分钟, 5分钟以上."""
    between = [f"{low}–{high}{unit}" for low, high in pairwise(limits)]
    first, last = said("figure_within", limit=limits[0], unit=unit), said("figure_beyond", limit=limits[-1], unit=unit)
    return [first, *between, last]

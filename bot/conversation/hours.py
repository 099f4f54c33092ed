"""When somebody is at the office: shifts as they are told to residents, on the days of the Chinese calendar."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from cases.workdays import is_public_holiday, is_working_day
from records.base import CHINA

LOOKED_AHEAD_DAYS = 30
"""How far the next opening is looked for: longer than the longest row of holidays."""

_DAYS = {"工作日": (True, None), "休息日": (False, None), "每天": (None, None), "周六": (None, 5), "周日": (None, 6)}
"""What a word for days asks of a day: whether it is a working day, or which day of the week outside holidays."""
_RANGE = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—~到至]\s*(\d{1,2}):(\d{2})")
_RULE = re.compile(rf"({'|'.join(_DAYS)})\s*({_RANGE.pattern}(?:[、,，]\s*{_RANGE.pattern})*)")


@dataclass(frozen=True)
class Shift:
    """A time of the day at which somebody is there, on the days that `days` names."""

    days: str
    begins: time
    ends: time

    def holds_on(self, day: date) -> bool:
        """Whether the shift is worked on that day."""
        working, weekday = _DAYS[self.days]
        if weekday is not None:
            return day.weekday() == weekday and not is_public_holiday(day)
        return working in (None, is_working_day(day))


@dataclass(frozen=True)
class Hours:
    """The shifts of an office, and the days it is closed all the same."""

    shifts: tuple[Shift, ...]
    closed_days: frozenset[date] = frozenset()

    @classmethod
    def read(cls, spoken: str, closed_days: Iterable[date] = ()) -> "Hours":
        """From 工作日 9:00-12:00、13:30-17:00；周六 9:00-12:00. Raises ValueError with a Chinese sentence."""
        shifts: list[Shift] = []
        for part in re.split(r"[;；]\s*", spoken.strip()):
            rule = _RULE.fullmatch(part.strip())
            if rule is None:
                raise ValueError(
                    f"办公时间“{part}”看不懂，请照这个样子写：工作日 9:00-12:00、13:30-17:00；周六 9:00-12:00"
                )
            shifts += [_shift(rule[1], each) for each in _RANGE.finditer(rule[2])]
        return cls(tuple(sorted(shifts, key=lambda shift: shift.begins)), frozenset(closed_days))

    def open_at(self, moment: datetime) -> bool:
        """Whether somebody should be there at that moment."""
        local = moment.astimezone(CHINA)
        return any(shift.begins <= local.time() < shift.ends for shift in self.on(local.date()))

    def on(self, day: date) -> list[Shift]:
        """The shifts worked on that day, in order."""
        return [] if day in self.closed_days else [shift for shift in self.shifts if shift.holds_on(day)]

    def openings(self, after: datetime, most: int) -> list[datetime]:
        """When the next shifts begin, in order; fewer than `most` where the days looked ahead hold no more."""
        local, found = after.astimezone(CHINA), list[datetime]()
        for days in range(LOOKED_AHEAD_DAYS):
            day = local.date() + timedelta(days=days)
            begins = (datetime.combine(day, shift.begins, CHINA) for shift in self.on(day))
            found += [each for each in begins if each > local]
            if len(found) >= most:
                break
        return found[:most]


def spoken_moment(moment: datetime, today: date) -> str:
    """A moment as one says it: 今天下午1点半, 明天上午9点, 12月3日上午9点."""
    local = moment.astimezone(CHINA)
    days = (local.date() - today).days
    day = {0: "今天", 1: "明天", 2: "后天"}.get(days, f"{local.month}月{local.day}日")
    half = "上午" if local.hour < 12 else "下午"
    hour = local.hour if local.hour <= 12 else local.hour - 12
    minute = {0: "", 30: "半"}.get(local.minute, f"{local.minute:02d}分")
    return f"{day}{half}{hour}点{minute}"


def _shift(days: str, found: re.Match[str]) -> Shift:
    begins, ends = _time(found[1], found[2]), _time(found[3], found[4])
    if begins >= ends:
        raise ValueError(f"办公时间“{found[0]}”的开始不早于结束")
    return Shift(days, begins, ends)


def _time(hour: str, minute: str) -> time:
    try:
        return time(int(hour), int(minute))
    except ValueError:
        raise ValueError(f"办公时间里没有 {hour}:{minute} 这个时间") from None

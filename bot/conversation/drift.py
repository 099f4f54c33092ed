"""How well messages are understood, week by week, and whether that gets worse.

Every turn counts what came of its messages, in its own commit. A row a message would grow with the talk, and one row a
week and kind would be waited for by every turn that ends at that moment: so a week has a few rows a kind, and a
conversation always counts on the same one.
"""

import math
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import Table, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.lessons import How, week_of
from bot.conversation.models import Lesson, UnderstandingCount
from records.base import now

LANES = 16
"""As many turns as a process runs at once."""
STANDARD_ERRORS = 2.0
FEWEST = 30
"""Messages of a week below which its share says too little."""


class Understanding(StrEnum):
    """What came of a message outside forms. Each has one; `CORRECTED` comes on top, when the next message says so."""

    UNDERSTOOD = "understood"
    ASKED = "asked"
    """The bot asked back what was meant."""
    MISSED = "missed"
    OUTSIDE = "outside"
    """It is no business of the street's."""
    CORRECTED = "corrected"
    """The bot had gone ahead with something that was not meant."""


@dataclass(frozen=True)
class Confusion:
    """An item that was guessed first where another was meant, none where it was no item of those guessed."""

    guessed: str
    meant: str | None
    number: int


@dataclass(frozen=True)
class Week:
    """How many of a week's messages came out how; `stands_out`: more were missed than the earlier weeks explain."""

    monday: date
    numbers: Mapping[Understanding, int]
    stands_out: bool
    confusions: tuple[Confusion, ...]

    @property
    def messages(self) -> int:
        """How many there were."""
        return _messages(self.numbers)

    def share(self, outcome: Understanding) -> float:
        """The part of the week's messages that came out so; 0 where there was none."""
        return self.numbers[outcome] / self.messages if self.messages else 0.0


async def count(session: AsyncSession, conversation_id: str, understandings: Sequence[Understanding]) -> None:
    """Count what came of a turn's messages. It locks rows until the commit: call it as late as possible."""
    if not understandings:
        return
    week, lane = week_of(now()), zlib.crc32(conversation_id.encode()) % LANES
    rows = [
        {"week": week, "kind": kind.value, "lane": lane, "number": number}
        for kind, number in sorted(Counter(understandings).items())  # in one order: no two turns block each other
    ]
    await session.execute(_ADD[session.get_bind().dialect.name], rows)


def _adding(insert: Callable[[Table], Any]) -> Any:
    """The statement that adds to a number, or writes the first one."""
    added = insert(_COUNTS)
    return added.on_conflict_do_update(
        index_elements=["week", "kind", "lane"], set_={"number": _COUNTS.c.number + added.excluded.number}
    )


_COUNTS = cast("Table", UnderstandingCount.__table__)
_ADD = {"sqlite": _adding(sqlite.insert), "postgresql": _adding(postgresql.insert)}


async def report(session: AsyncSession, weeks: int, confusions: int) -> list[Week]:
    """The last `weeks` weeks, this one among them, oldest first, each with its commonest confusions.

    Weeks before the first message are left out.
    """
    since = week_of(now()) - timedelta(weeks=weeks - 1)
    numbers = await _numbers(session)
    confused = await _confusions(session, since)
    told: list[Week] = []
    before: list[Mapping[Understanding, int]] = []
    monday = min(numbers, default=since)
    while monday <= week_of(now()):
        these = numbers.get(monday, Counter())
        if monday >= since:
            told.append(Week(monday, these, stands_out(these, before), tuple(confused.get(monday, [])[:confusions])))
        before.append(these)
        monday += timedelta(weeks=1)
    return told


def stands_out(week: Mapping[Understanding, int], before: Sequence[Mapping[Understanding, int]]) -> bool:
    """Whether the share missed lies more than two standard errors above that of the weeks before.

    The standard error is that of the difference of two shares under their common one; a week with few messages, or
    without any before it, never stands out.
    """
    mine, theirs = _messages(week), sum(_messages(each) for each in before)
    if mine < FEWEST or theirs < FEWEST:
        return False
    missed, missed_before = week[Understanding.MISSED], sum(each[Understanding.MISSED] for each in before)
    common = (missed + missed_before) / (mine + theirs)
    error = math.sqrt(common * (1 - common) * (1 / mine + 1 / theirs))
    return missed / mine - missed_before / theirs > STANDARD_ERRORS * error


def _messages(numbers: Mapping[Understanding, int]) -> int:
    return sum(number for outcome, number in numbers.items() if outcome is not Understanding.CORRECTED)


async def _numbers(session: AsyncSession) -> dict[date, Counter[Understanding]]:
    table = UnderstandingCount
    found: dict[date, Counter[Understanding]] = {}
    sums = select(table.week, table.kind, func.sum(table.number)).group_by(table.week, table.kind)
    for week, kind, number in await session.execute(sums):
        found.setdefault(week, Counter())[Understanding(kind)] = int(number)
    return found


async def _confusions(session: AsyncSession, since: date) -> dict[date, list[Confusion]]:
    """By week, commonest first. Where nobody knows what was meant, nothing was confused."""
    rows = select(Lesson.week, Lesson.guessed, Lesson.item_id).where(
        Lesson.week >= since, Lesson.how != How.MISSED.value
    )
    found: dict[date, Counter[tuple[str, str | None]]] = {}
    for week, guessed, meant in await session.execute(rows):
        first = max(guessed["items"], key=guessed["items"].__getitem__, default=None)
        if first is not None and first != meant:
            found.setdefault(week, Counter())[first, meant] += 1
    return {
        week: [Confusion(guess, meant, number) for (guess, meant), number in pairs.most_common()]
        for week, pairs in found.items()
    }

"""Signals between the two pages of a call, held in memory until they are read.

A signal is what one browser tells the other to connect to it; it is nothing worth keeping. Each page names itself by a
random word that changes when it is loaded anew, and a signal is for one page: what was meant for a page that is gone
reaches no other, and whoever sees a new page on the other side begins anew with it.
"""

import itertools
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.conversation.live import Live, News

LARGEST = 32 * 1024
"""Bytes of one signal; a description with sound and picture has 3,000 to 10,000."""
MOST_KEPT = 200
"""Signals kept for one page; the oldest go, and a page that needed them begins anew."""
IDLE_S = 120.0
"""How long a call without any page is remembered."""


class Side(StrEnum):
    """Whose page."""

    RESIDENT = "resident"
    CLERK = "clerk"

    @property
    def other(self) -> "Side":
        """The one spoken to."""
        return Side.CLERK if self is Side.RESIDENT else Side.RESIDENT


class NotThere(Exception):
    """A signal from a page that another one has replaced, or for one."""


@dataclass(frozen=True)
class Signal:
    """What one page tells the other; `number` grows, also beyond a restart."""

    number: int
    body: dict[str, Any]


class Seat:
    """A page's place in a call, as long as its stream is open. `news` is set when there is something to look at."""

    def __init__(self, line: "_Line", side: Side, news: News) -> None:
        self.news, self.is_replaced = news, False
        self._line, self._side = line, side

    def after(self, number: int) -> list[Signal]:
        """The signals for this page that it has not read."""
        return [signal for signal in self._line.boxes[self._side] if signal.number > number]

    @property
    def peer(self) -> str | None:
        """The page on the other side; None before one has come."""
        return self._line.pages.get(self._side.other)

    @property
    def peer_is_there(self) -> bool:
        """Whether its stream is open."""
        return self._side.other in self._line.seats


@dataclass
class _Line:
    """One call's pages, what waits for each, and who reads."""

    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(time.time_ns() // 1_000_000))
    pages: dict[Side, str] = field(default_factory=dict)
    seats: dict[Side, Seat] = field(default_factory=dict)
    boxes: dict[Side, deque[Signal]] = field(default_factory=lambda: {side: deque(maxlen=MOST_KEPT) for side in Side})
    used_at: float = 0.0


class Exchange:
    """The calls of this process. One application process serves one database, so both pages of a call come here."""

    def __init__(self, live: Live, clock: Callable[[], float] = time.monotonic) -> None:
        self._lines: dict[str, _Line] = {}
        self._live, self._clock = live, clock

    def __len__(self) -> int:
        """How many calls are remembered."""
        return len(self._lines)

    @contextmanager
    def seat(self, call_id: str, side: Side, page: str) -> Iterator[Seat]:
        """The place of a page that opens its stream. A page of the same side that had it before is replaced."""
        line = self._line(call_id)
        if (former := line.seats.get(side)) is not None:
            former.is_replaced = True
        if line.pages.get(side) != page:
            line.pages[side] = page
            line.boxes[side].clear()
        with self._live.watch(_name(call_id)) as news:
            mine = line.seats[side] = Seat(line, side, news)
            self.wake(call_id)
            try:
                yield mine
            finally:
                line.used_at = self._clock()
                if line.seats.get(side) is mine:
                    del line.seats[side]
                    self.wake(call_id)

    def send(self, call_id: str, side: Side, page: str, to: str, body: dict[str, Any]) -> None:
        """Keep a signal for the page `to` of the other side. Raises NotThere."""
        line = self._lines.get(call_id)
        if line is None or line.pages.get(side) != page or line.pages.get(side.other) != to:
            raise NotThere
        line.boxes[side.other].append(Signal(next(line.numbers), body))
        self.wake(call_id)

    def wake(self, call_id: str) -> None:
        """Have both pages look at the call anew."""
        self._live.publish(_name(call_id))

    def forget(self, call_id: str) -> None:
        """Drop a call that is over; whoever still reads is woken to see it."""
        self._lines.pop(call_id, None)
        self.wake(call_id)

    def _line(self, call_id: str) -> _Line:
        self._forget_idle()
        return self._lines.setdefault(call_id, _Line(used_at=self._clock()))

    def _forget_idle(self) -> None:
        idle_since = self._clock() - IDLE_S
        idle = [call_id for call_id, line in self._lines.items() if not line.seats and line.used_at < idle_since]
        for call_id in idle:
            del self._lines[call_id]


def _name(call_id: str) -> str:
    """What a call's news are called among those of conversations."""
    return f"video {call_id}"

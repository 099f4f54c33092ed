import time

import pytest

from bot.conversation import limits
from bot.conversation.limits import RateLimit


class Clock:
    """The time, moved by hand."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock.monotonic)
    return clock


def test_so_many_are_admitted_in_any_window_and_refusals_do_not_count(clock: Clock) -> None:
    limit = RateLimit(3, 10)
    assert [limit.admits("a") for _ in range(5)] == [True, True, True, False, False]
    clock.now += 9.9
    assert not limit.admits("a")
    clock.now += 0.2
    assert [limit.admits("a") for _ in range(4)] == [True, True, True, False]


def test_the_window_slides(clock: Clock) -> None:
    limit = RateLimit(2, 10)
    assert limit.admits("a")
    clock.now += 6
    assert limit.admits("a")
    clock.now += 5
    assert limit.admits("a")
    assert not limit.admits("a")


def test_one_conversation_does_not_use_up_anothers_limit(clock: Clock) -> None:
    limit = RateLimit(1, 10)
    assert limit.admits("a")
    assert limit.admits("b")
    assert not limit.admits("a")


def test_memory_is_bounded_and_the_busiest_are_not_forgotten(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_KEPT", 100)
    limit = RateLimit(1, 10)
    assert limit.admits("busy")
    for number in range(500):
        limit.admits(f"user {number}")
        assert not limit.admits("busy")
    assert len(limit._times) <= 100

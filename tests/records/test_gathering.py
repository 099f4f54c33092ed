"""What waits together is done together, and nobody pays for another's fault."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy.exc import OperationalError

from records.gathering import Gathering


class Desk:
    """Doubles numbers, a batch at a time; it refuses 13, and does nothing while it is shut."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.began, self.opened = asyncio.Event(), asyncio.Event()
        self.is_away = False

    async def double(self, numbers: Sequence[int]) -> list[int]:
        self.batches.append(list(numbers))
        self.began.set()
        await self.opened.wait()
        if self.is_away:
            raise OperationalError("", None, Exception())
        if 13 in numbers:
            raise ValueError("13")
        return [number * 2 for number in numbers]


async def _three_after_one(desk: Desk, *numbers: int) -> list[int | BaseException]:
    """One is being done while the others come."""
    gathering = Gathering(desk.double, most=2)
    tasks = [asyncio.create_task(gathering.do(number)) for number in numbers[:1]]
    await desk.began.wait()
    tasks += [asyncio.create_task(gathering.do(number)) for number in numbers[1:]]
    await asyncio.sleep(0)
    desk.opened.set()
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_comes_meanwhile_is_done_together_in_order_and_in_bounds() -> None:
    desk = Desk()
    assert await _three_after_one(desk, 1, 2, 3, 4) == [2, 4, 6, 8]
    assert desk.batches == [[1], [2, 3], [4]]


async def test_one_fault_costs_only_its_own() -> None:
    desk = Desk()
    results = await _three_after_one(desk, 1, 13, 3, 4)
    assert [result for result in results if isinstance(result, int)] == [2, 6, 8]
    assert isinstance(results[1], ValueError)


async def test_a_database_that_is_away_is_not_asked_again_for_each() -> None:
    desk = Desk()
    desk.is_away = True
    results = await _three_after_one(desk, 1, 2, 3)
    assert all(isinstance(result, OperationalError) for result in results)
    assert desk.batches == [[1], [2, 3]]


async def test_whoever_stops_waiting_costs_the_others_nothing_and_a_next_one_is_done() -> None:
    desk = Desk()
    gathering = Gathering(desk.double)
    gone, stays = asyncio.create_task(gathering.do(1)), asyncio.create_task(gathering.do(2))
    await desk.began.wait()
    gone.cancel()
    desk.opened.set()
    assert await stays == 4
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert await gathering.do(5) == 10

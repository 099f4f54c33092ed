"""Work is done in processes of its own, in order; one that dies costs only what it was at."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from concurrent.futures.process import BrokenProcessPool

import pytest

from kyc import workers as workers_module
from kyc.images import ImageFault, ImageRefused, pixels_of
from kyc.workers import Crowded, Workers


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    pool = Workers()
    yield pool
    await pool.close()


def double(number: int) -> int:
    return 2 * number


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def test_work_is_done_elsewhere_and_nicely(workers: Workers) -> None:
    assert await workers.run(os.getpid) != os.getpid()
    assert await workers.run(os.nice, 0) == workers_module.NICE
    assert await asyncio.gather(*(workers.run(double, number) for number in range(5))) == [0, 2, 4, 6, 8]


async def test_what_the_work_raises_comes_back(workers: Workers) -> None:
    with pytest.raises(ImageRefused) as refused:
        await workers.run(pixels_of, b"")
    assert refused.value.fault is ImageFault.EMPTY


async def test_after_a_process_died_the_next_work_is_done(workers: Workers) -> None:
    with pytest.raises(BrokenProcessPool):
        await workers.run(die)
    assert await workers.run(double, 3) == 6


async def test_more_than_can_be_done_soon_is_not_taken_on(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers_module, "MOST_WAITING", 1)
    first = asyncio.create_task(workers.run(double, 1))
    await asyncio.sleep(0)
    with pytest.raises(Crowded):
        await workers.run(double, 2)
    assert await first == 2

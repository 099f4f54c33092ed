"""Heavy work on pictures, in processes of its own, so that a chat does not wait for it."""

import asyncio
import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE = 1
"""Processes; one keeps a core free for the chat on a machine with two."""
MOST_WAITING = 200
TASKS_PER_PROCESS = 500
"""Then a process is replaced, so that no library's leak lasts."""
NICE = 10


class Crowded(Exception):
    """So much work waits already that no more is taken on."""


class Workers:
    """A pool of processes that is started with the first work; work is done in the order it came.

    A process that dies, as of a picture that breaks a library, costs the work it was at: `run` raises
    BrokenProcessPool after one more try, and the next work starts a new pool.
    """

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._pool: ProcessPoolExecutor | None = None
        self.waiting = 0

    async def run(self, work: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        """Do `work`, a function of a module, in a process. Raises Crowded, and what the work raises."""
        assert not options, "a process takes no keywords"
        if self.waiting >= MOST_WAITING:
            raise Crowded
        self.waiting += 1
        try:
            try:
                return await self._submit(work, arguments)
            except BrokenProcessPool:
                return await self._submit(work, arguments)
        finally:
            self.waiting -= 1

    async def _submit(self, work: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._at_once,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_step_back,
                max_tasks_per_child=TASKS_PER_PROCESS,
            )
        pool = self._pool
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, work, *arguments)
        except BrokenProcessPool:
            if self._pool is pool:
                self._pool = None
                pool.shutdown(wait=False)
            raise

    async def close(self) -> None:
        """End the processes; what they are at is not waited for."""
        if self._pool is not None:
            pool, self._pool = self._pool, None
            for process in list(pool._processes.values()):
                process.terminate()
            await asyncio.to_thread(pool.shutdown, wait=True, cancel_futures=True)


def _step_back() -> None:
    """Let the chat go first, and use one thread: several libraries would take every core."""
    os.nice(NICE)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"

"""Doing for many at once what each asks for alone: one transaction for all that waits, instead of one for each."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from records.database import DATABASE_OUTAGES

Item = TypeVar("Item")
Result = TypeVar("Result")


class Gathering(Generic[Item, Result]):
    """Gathers what comes while the last batch is being done, and does it together, in the order it came.

    Alone, an item waits for nobody. `together` gives one result for each item; an item that makes a batch fail
    costs the others nothing, for then each is done alone. A database that is away fails them all.
    """

    def __init__(self, together: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]], most: int = 100) -> None:
        self._together, self._most = together, most
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def do(self, item: Item) -> Result:
        """Have an item done with whatever else waits. Whoever stops waiting for it does not undo it."""
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        return await done

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._do(batch)
        finally:
            self._worker = None

    async def _do(self, batch: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._together([item for item, _ in batch])
        except Exception as error:
            if len(batch) > 1 and not isinstance(error, DATABASE_OUTAGES):
                for alone in batch:
                    await self._do([alone])
                return
            for _, done in batch:
                if not done.done():
                    done.set_exception(error)
        else:
            for (_, done), result in zip(batch, results, strict=True):
                if not done.done():
                    done.set_result(result)

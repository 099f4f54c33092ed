"""Playing many simulated residents at once."""

import asyncio
from collections.abc import Callable, Sequence

from app.runtime import Runtime
from app.simulation.resident import Played, SimulatedResident
from services_catalog.schema import Item


async def play_all(
    room: Runtime, items: Sequence[Item], *, at_once: int, seed: int, on_played: Callable[[Played], None]
) -> list[Played]:
    """Play one resident for each item, `at_once` side by side; the result is in the order of `items`."""
    places = asyncio.Semaphore(at_once)

    async def play(item: Item) -> Played:
        async with places:
            played = await SimulatedResident(room, item, seed).play()
            on_played(played)
            return played

    return list(await asyncio.gather(*(play(item) for item in items)))

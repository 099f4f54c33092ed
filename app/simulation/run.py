"""Playing many simulated residents at once."""

import asyncio
from collections.abc import Callable, Sequence

from app.desk import desk_door, desk_room
from app.runtime import Runtime
from app.simulation.clerk import SimulatedClerk
from app.simulation.personas import PERSONAS
from app.simulation.resident import Played
from services_catalog.schema import Item


async def play_all(
    room: Runtime,
    items: Sequence[Item],
    personas: Sequence[str],
    *,
    at_once: int,
    seed: int,
    on_played: Callable[[Played], None],
) -> list[Played]:
    """Play one resident of each persona for each item, `at_once` side by side; in the order of personas and items."""
    places = asyncio.Semaphore(at_once)
    clerk = await SimulatedClerk.hired(desk_room(room, desk_door(room, "simulation")))

    async def play(persona: str, item: Item) -> Played:
        async with places:
            played = await PERSONAS[persona](room, item, seed, clerk).play()
            on_played(played)
            return played

    return list(await asyncio.gather(*(play(persona, item) for persona in personas for item in items)))

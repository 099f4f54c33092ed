"""What a turn costs with the street's items and with a hundred times as many, both in one run."""

import asyncio
import contextlib
import shutil
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.bench.many_items import write_catalogue
from app.bench.turns import talk_of, timed, warm_up
from app.database import migrate
from app.runtime import Runtime, running
from app.settings import Settings
from app.setup.paths import Paths
from bot.channels.terminal import TerminalConversation
from bot.conversation.incoming import Incoming
from services_catalog.loader import CATALOG_DIR

SAID = {
    "问材料": ("残疾证要带哪些材料",),
    "说情况找事项": ("我妈今年刚满八十，听说每个月有钱领", "家里揭不开锅了，想求政府帮一把"),
    "问能领什么": ("我能领什么钱", "取消"),
}
"""What is said over and over, a message a turn."""


@dataclass(frozen=True)
class Cost:
    """The median of one kind of turn with few and with many items, in milliseconds."""

    name: str
    turns: int
    few_ms: float
    many_ms: float

    @property
    def ratio(self) -> float:
        """How much dearer the turn is with many."""
        return round(self.many_ms / self.few_ms, 2)


@dataclass(frozen=True)
class Found:
    """What turns cost with `few` and with `many` items, and how long the many took to be ready to be asked."""

    few: int
    many: int
    ready_s: float
    costs: list[Cost]


async def measure(
    model: Path, folder: Path, chosen: Settings, paths: Paths, items: int, turns: int, say: Callable[[str], None]
) -> Found:
    """Ask the same in two rooms, turn about: the street's catalogue, and one filled up to `items` with made-up ones."""
    catalogue = folder / "catalogue"
    await asyncio.to_thread(shutil.copytree, CATALOG_DIR, catalogue, ignore=shutil.ignore_patterns("*.py*"))
    async with contextlib.AsyncExitStack() as stack:

        async def opened(name: str, root: Path) -> Runtime:
            settings = chosen.model_copy(update={"data_dir": folder / name, "database_url": None})
            await migrate(settings.resolved_database_url())
            own = Paths(paths.root, folder / name / "local")
            for directory in (own.index.parent, own.logs):
                await asyncio.to_thread(directory.mkdir, parents=True)
            room = await stack.enter_async_context(running(model, settings, own, root))
            await room.engine.wait_ready()
            return room

        few = await opened("few", CATALOG_DIR)
        real = len(few.catalog.items)
        say(f"{real} 个事项已经能问，正在添到 {items} 个……")
        await asyncio.to_thread(write_catalogue, catalogue, items - real)
        began = time.perf_counter()
        many = await opened("many", catalogue)
        ready_s = round(time.perf_counter() - began, 1)
        say(f"{len(many.catalog.items)} 个事项读完、查完、能问了，用了 {ready_s} 秒")
        costs = [await _compared(name, said, few, many, turns) for name, said in SAID.items()]
    return Found(real, len(many.catalog.items), ready_s, costs)


async def _compared(name: str, said: Sequence[str], few: Runtime, many: Runtime, turns: int) -> Cost:
    """The same words in both rooms, turn about, so that what else the machine does weighs on both."""
    times: dict[bool, list[float]] = {False: [], True: []}
    talks: dict[bool, TerminalConversation] = {}
    for is_many, room in ((False, few), (True, many)):
        await warm_up(room)
        talks[is_many] = await talk_of(room)
    for _ in range(turns):
        for words in said:
            for is_many, talk in talks.items():
                times[is_many].append(await timed(talk, Incoming(text=words)))
    return Cost(
        name, len(times[True]), round(statistics.median(times[False]), 2), round(statistics.median(times[True]), 2)
    )

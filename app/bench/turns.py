"""What a turn costs: inbox, engine, actions, outbox, all committed."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass

from app.runtime import Runtime
from bot.channels.terminal import TerminalConversation
from bot.conversation.incoming import Incoming
from records.base import new_id

QUESTION = "残疾证要带哪些材料"
PHONE = "13800138000"
CROWD = 32
GROWTH_TURNS = 500
WINDOW = 20
"""Turns around the 10th and the 500th whose medians are compared."""


@dataclass(frozen=True)
class Timing:
    """How long turns took, in milliseconds."""

    name: str
    residents: int
    turns: int
    median_ms: float
    p95_ms: float
    turns_per_s: float


@dataclass(frozen=True)
class Growth:
    """The median turn early and late in one conversation, in milliseconds, and their ratio."""

    early_ms: float
    late_ms: float
    ratio: float


async def measure(room: Runtime, turns: int) -> tuple[list[Timing], Growth]:
    """Time guide questions and form answers, alone and in a crowd, and one long conversation."""
    await warm_up(room)
    timings = []
    for residents in (1, CROWD):
        each = turns if residents == 1 else max(turns // 5, 5)
        timings.append(await _guide_questions(room, residents, each))
        timings.append(await _form_answers(room, residents, each))
    return timings, await _growth(room)


async def _guide_questions(room: Runtime, residents: int, turns: int) -> Timing:
    talks = [await talk_of(room) for _ in range(residents)]

    async def ask(talk: TerminalConversation) -> list[float]:
        return [await timed(talk, Incoming(text=QUESTION)) for _ in range(turns)]

    return await together("guide question", [ask(talk) for talk in talks])


async def _form_answers(room: Runtime, residents: int, turns: int) -> Timing:
    talks = [await _at_phone_question(room) for _ in range(residents)]

    async def answer(talk: TerminalConversation) -> list[float]:
        times = []
        for _ in range(turns):
            times.append(await timed(talk, Incoming(text=PHONE)))
            await talk.send(Incoming(choice="change:phone"))
        return times

    return await together("form answer", [answer(talk) for talk in talks])


async def _growth(room: Runtime) -> Growth:
    """One conversation of 500 turns, all of which run a custom action."""
    talk = await talk_of(room)
    times = [await timed(talk, Incoming(text=QUESTION)) for _ in range(GROWTH_TURNS + WINDOW // 2)]
    early = statistics.median(times[10 - WINDOW // 2 : 10 + WINDOW // 2])
    late = statistics.median(times[GROWTH_TURNS - WINDOW // 2 : GROWTH_TURNS + WINDOW // 2])
    return Growth(round(early, 2), round(late, 2), round(late / early, 3))


async def together(name: str, work: Sequence[Awaitable[list[float]]]) -> Timing:
    """Do it all side by side; `name` says what it was."""
    began = time.perf_counter()
    results = await asyncio.gather(*work)
    took = time.perf_counter() - began
    times = sorted(value for result in results for value in result)
    return Timing(
        name=name,
        residents=len(results),
        turns=len(times),
        median_ms=round(statistics.median(times), 2),
        p95_ms=round(times[int(len(times) * 0.95) - 1], 2),
        turns_per_s=round(len(times) / took, 1),
    )


async def timed(talk: TerminalConversation, message: Incoming) -> float:
    """The milliseconds of one turn."""
    began = time.perf_counter()
    await talk.send(message)
    return (time.perf_counter() - began) * 1000


async def talk_of(room: Runtime) -> TerminalConversation:
    """A conversation of somebody new."""
    return await TerminalConversation.open(room.database.session, room.pipeline, room.office, f"bench {new_id()}")


async def _at_phone_question(room: Runtime) -> TerminalConversation:
    """A conversation in the form of the item, asked for the phone number."""
    talk = await talk_of(room)
    for text in ("我想办残疾证", "同意，开始办", "给我自己办", "王秀英", "330105194503051232"):
        await talk.send(Incoming(text=text))
    return talk


async def warm_up(room: Runtime) -> None:
    """The first turns are slower than all others."""
    talk = await talk_of(room)
    for _ in range(10):
        await talk.send(Incoming(text=QUESTION))

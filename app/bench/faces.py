"""What a verification costs, and what it costs those who only talk meanwhile."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from app.bench.turns import QUESTION, Timing, talk_of, timed, together, warm_up
from app.runtime import Runtime
from bot.conversation.incoming import Incoming
from kyc.faces.portrait import portrait_of
from kyc.images import pixels_of
from kyc.liveness.attempt import Frame
from kyc.liveness.challenge import Action, Challenge
from kyc.verifier import Verifier

FRAMES = 15
ENCODED = 9
"""Three of the first look and two of each action."""
CHALLENGE = Challenge("bench", (Action.EYES, Action.MOUTH, Action.LEFT))


@dataclass(frozen=True)
class FacesTiming:
    """Seconds of one check of 15 frames, and a chat's questions, idle and beside checks one after the other."""

    check_s: float
    checks: int
    idle: Timing
    loaded: Timing
    ratio_p95: float


async def measure(room: Runtime, photographs: Path, turns: int) -> FacesTiming:
    """Time questions of one resident, then the same while checks are done without a pause."""
    picture = (photographs / "obama.jpg").read_bytes()
    frames = _frames(picture)
    verifier = room.examination.verifier
    await warm_up(room)
    await _check(verifier, picture, frames)
    idle = await _questions(room, turns, "idle")
    times: list[float] = []
    with _checking(verifier, picture, frames, times):
        loaded = await _questions(room, turns, "beside checks")
    return FacesTiming(
        check_s=round(statistics.median(times or [await _check(verifier, picture, frames)]), 2),
        checks=len(times),
        idle=idle,
        loaded=loaded,
        ratio_p95=round(loaded.p95_ms / idle.p95_ms, 2),
    )


async def _questions(room: Runtime, turns: int, name: str) -> Timing:
    talk = await talk_of(room)

    async def ask() -> list[float]:
        return [await timed(talk, Incoming(text=QUESTION)) for _ in range(turns)]

    return await together(name, [ask()])


@contextmanager
def _checking(verifier: Verifier, picture: bytes, frames: list[Frame], times: list[float]) -> Iterator[None]:
    """Two residents before the camera at any moment, so that the worker never rests."""

    async def one_after_the_other() -> None:
        while True:
            times.append(await _check(verifier, picture, frames))

    tasks = [asyncio.create_task(one_after_the_other()) for _ in range(2)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()


async def _check(verifier: Verifier, picture: bytes, frames: list[Frame]) -> float:
    """An attempt's frames looked at, and as many faces encoded as for one that is accepted; gives the seconds."""
    began = time.perf_counter()
    await verifier.attempt(CHALLENGE, frames, (), 60.0)
    await asyncio.gather(*(verifier.workers.run(portrait_of, picture, None) for _ in range(ENCODED)))
    return time.perf_counter() - began


def _frames(picture: bytes) -> list[Frame]:
    """Fifteen frames of a face that does nothing, each with a noise of its own."""
    still = pixels_of(picture, 480)
    chance = np.random.default_rng(1)
    steps = [step for step in CHALLENGE.steps for _ in range(4)][:FRAMES]
    frames = []
    for number, step in enumerate(steps):
        noisy = np.clip(still.astype(np.int16) + chance.normal(0, 3, still.shape).round(), 0, 255).astype(np.uint8)
        content = BytesIO()
        Image.fromarray(noisy).save(content, "JPEG", quality=88)
        frames.append(Frame(step, number * 166.0, content.getvalue()))
    return frames

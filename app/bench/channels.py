"""What a crowd costs: followers who all write at once, through the real callback in safe mode."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.crash.victim import Victim
from app.fakes.wechat import FakeWeChat, Follower, Received
from bot.channels.wechat.door import PATH
from bot.conversation.wording import phrase

QUESTION = "残疾证要带哪些材料"
WAITS_AT_MOST_S = 60.0
WECHAT_WAITS_S = 5.0
AT_ONCE = 20
"""How many follow the account side by side, before anything is measured."""


@dataclass(frozen=True)
class Crowd:
    """How a crowd was answered. Latencies in seconds from sending to the answer on the phone."""

    residents: int
    messages: int
    passive_within_5_s: float
    median_s: float
    p95_s: float
    answers_per_s: float
    redelivered: int
    faults: int
    duplicates: int
    lost: int


async def measure(folder: Path, residents: int, rounds: int) -> list[Crowd]:
    """One follower alone, then all of them at once, `rounds` times; 1call runs as a process of its own."""
    wechat = FakeWeChat()
    async with wechat.serving():
        victim = Victim(folder, wechat.environment())
        wechat.callback_url = victim.url + PATH
        await victim.start()
        try:
            await victim.ready()
            followers = [wechat.follower() for _ in range(residents)]
            for first in range(0, residents, AT_ONCE):
                await asyncio.gather(*(follower.follow() for follower in followers[first : first + AT_ONCE]))
            alone = await _crowd(wechat, followers[:1], 10)
            return [alone, await _crowd(wechat, followers, rounds)]
        finally:
            await victim.stop()


async def _crowd(wechat: FakeWeChat, followers: Sequence[Follower], rounds: int) -> Crowd:
    """All ask at once and wait for their answers, again and again."""
    before = {follower.openid: len(follower.received) for follower in followers}
    redelivered, answers, took = wechat.redelivered, list[Received | None](), 0.0
    for _ in range(rounds):
        began = time.perf_counter()
        answers += await asyncio.gather(*(_ask(follower) for follower in followers))
        took += time.perf_counter() - began
    heard = [answer for answer in answers if answer is not None and answer.how != "fault"]
    latencies = sorted(answer.latency_s for answer in heard)
    in_time = sum(answer.how == "passive" and answer.latency_s <= WECHAT_WAITS_S for answer in heard)
    received = sum(
        message.how in ("passive", "push") and not _only_says_wait(message)
        for follower in followers
        for message in follower.received[before[follower.openid] :]
    )
    return Crowd(
        residents=len(followers),
        messages=len(answers),
        passive_within_5_s=round(in_time / len(answers), 3),
        median_s=round(statistics.median(latencies), 3),
        p95_s=round(latencies[int(len(latencies) * 0.95) - 1], 3),
        answers_per_s=round(len(heard) / took, 1),
        redelivered=wechat.redelivered - redelivered,
        faults=sum(answer is not None and answer.how == "fault" for answer in answers),
        duplicates=received - len(heard),
        lost=sum(answer is None for answer in answers),
    )


async def _ask(follower: Follower) -> Received | None:
    """Ask and wait for the answer; None where none comes."""
    before = len(follower.received)
    answer = await follower.say(QUESTION)
    if answer is not None:
        return answer
    try:
        while _only_says_wait(message := await follower.next_message(before, WAITS_AT_MOST_S)):
            before += 1
    except TimeoutError:
        return None
    return message


def _only_says_wait(message: Received) -> bool:
    """Whether a message only tells that the answer takes longer."""
    return message.text == phrase("utter_engine_late")

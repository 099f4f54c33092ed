"""The run: residents talk, something dies, it is started again; at the end nothing may be missing or double."""

import asyncio
import contextlib
import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.crash.residents import AnswerLost, TirelessResident
from app.crash.verdict import Verdict, judge
from app.crash.victim import Victim
from app.fakes.wechat import FakeWeChat
from bot.channels.wechat.door import PATH
from records.database import Database
from records.encryption import use_keys
from records.keys import load_keys

SETTLES_WITHIN_S = 240.0
LOCKED_S, HUNG_S, OFFLINE_S = (0.5, 3.0), (2.0, 6.0), (1.0, 5.0)
"""How long a database is locked, an engine hangs, and the network to WeChat is gone, at least and at most."""


@dataclass
class Report:
    """What was done, and what came of it."""

    kills: int = 0
    seconds: float = 0.0
    disturbances: dict[str, int] = field(default_factory=dict)
    sent: int = 0
    fault_notices: int = 0
    redelivered: int = 0
    passive: int = 0
    pushed: int = 0
    verdict: Verdict = field(default_factory=Verdict)


@dataclass
class _Stage:
    """The parts of a run."""

    wechat: FakeWeChat
    victim: Victim
    dice: random.Random
    done: Counter[str] = field(default_factory=Counter)

    @property
    def kills(self) -> int:
        """How many processes were killed so far."""
        return self.done["application killed"] + self.done["engine killed"]


async def crash(
    data_dir: Path, *, kills: int, residents: int, seed: int, on_kill: Callable[[int], None] = lambda _: None
) -> Report:
    """Kill application and engine `kills` times in all while `residents` talk, and judge what is left."""
    dice, began = random.Random(seed), time.monotonic()  # noqa: S311 - a script, not a secret
    wechat = FakeWeChat()
    async with wechat.serving():
        victim = Victim(data_dir, wechat.environment())
        wechat.callback_url = victim.url + PATH
        stage = _Stage(wechat, victim, dice)
        await victim.start()
        await victim.ready()
        enough = asyncio.Event()
        people = [TirelessResident(wechat.follower(), seed * 1000 + number) for number in range(residents)]
        talks = [asyncio.create_task(person.talk(enough)) for person in people]
        try:
            while stage.kills < kills:
                await _disturb(stage)
                on_kill(stage.kills)
            enough.set()
            await victim.ready()
            outcomes = await asyncio.gather(*talks, return_exceptions=True)
            await _all_delivered(data_dir, wechat)
        finally:
            for talk in talks:
                talk.cancel()
            await victim.stop()
        verdict = await _verdict(data_dir, wechat)
    verdict.problems += [
        f"{type(each).__name__}: 有一句话没有等到回答" for each in outcomes if isinstance(each, AnswerLost)
    ]
    verdict.problems += [
        repr(each) for each in outcomes if isinstance(each, Exception) and not isinstance(each, AnswerLost)
    ]
    heard = Counter(message.how for follower in wechat.followers.values() for message in follower.received)
    return Report(
        kills=stage.kills,
        seconds=round(time.monotonic() - began, 1),
        disturbances=dict(stage.done),
        sent=sum(person.sent["messages"] for person in people),
        fault_notices=heard["fault"],
        redelivered=wechat.redelivered,
        passive=heard["passive"],
        pushed=heard["push"],
        verdict=verdict,
    )


async def _disturb(stage: _Stage) -> None:
    """Wait for a random moment, most often while turns are answered, and have one thing go wrong."""
    if stage.dice.random() < 0.8:
        await stage.victim.ready()
        await asyncio.sleep(stage.dice.expovariate(1 / 0.8))
    else:
        await asyncio.sleep(stage.dice.uniform(0, 6))
    (disturbance,) = stage.dice.choices(list(_DISTURBANCES), weights=[weight for weight, _ in _DISTURBANCES.values()])
    await _DISTURBANCES[disturbance][1](stage)
    stage.done[disturbance] += 1


async def _kill_application(stage: _Stage) -> None:
    await stage.victim.kill()
    await stage.victim.start()


async def _kill_engine(stage: _Stage) -> None:
    stage.victim.signal_engine(signal.SIGKILL)


async def _hang_engine(stage: _Stage) -> None:
    if stage.victim.signal_engine(signal.SIGSTOP):
        await asyncio.sleep(stage.dice.uniform(*HUNG_S))
        stage.victim.signal_engine(signal.SIGCONT)


async def _lock_database(stage: _Stage) -> None:
    """Another program holds the write lock, as a backup might."""
    seconds = stage.dice.uniform(*LOCKED_S)
    await asyncio.to_thread(_hold_lock, stage.victim.data_dir / "onecall.db", seconds)


async def _lose_network(stage: _Stage) -> None:
    stage.wechat.faults.down = True
    await asyncio.sleep(stage.dice.uniform(*OFFLINE_S))
    stage.wechat.faults.down = False


async def _break_connections(stage: _Stage) -> None:
    """The next calls of the API do what they are asked and never answer."""
    stage.wechat.faults.drop_after = stage.dice.randint(1, 3)


_DISTURBANCES: dict[str, tuple[int, Callable[[_Stage], Awaitable[None]]]] = {
    "application killed": (60, _kill_application),
    "engine killed": (20, _kill_engine),
    "engine hung": (6, _hang_engine),
    "database locked": (6, _lock_database),
    "network lost": (5, _lose_network),
    "connections broken": (3, _break_connections),
}
"""What goes wrong, and how often of a hundred times."""


def _hold_lock(path: Path, seconds: float) -> None:
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        connection.execute("ROLLBACK")
    finally:
        connection.close()


async def _all_delivered(data_dir: Path, wechat: FakeWeChat) -> None:
    """Wait until nothing is under way any more: then the phones show all they ever will."""
    wechat.faults.drop_after = 0
    query = (
        "SELECT (SELECT count(*) FROM inbox WHERE done_at IS NULL)"
        " + (SELECT count(*) FROM deliveries WHERE closed_at IS NULL)"
        " + (SELECT count(*) FROM outbox WHERE undelivered IS NOT NULL)"
    )
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SETTLES_WITHIN_S):
            while await asyncio.to_thread(_count, data_dir / "onecall.db", query):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.2)


def _count(path: Path, query: str) -> int:
    connection = sqlite3.connect(path, timeout=30)
    try:
        return int(connection.execute(query).fetchone()[0])
    finally:
        connection.close()


async def _verdict(data_dir: Path, wechat: FakeWeChat) -> Verdict:
    use_keys(load_keys(None, data_dir / "key"))
    database = Database(f"sqlite+aiosqlite:///{data_dir / 'onecall.db'}")
    try:
        return await judge(database.session, list(wechat.followers.values()))
    finally:
        await database.close()

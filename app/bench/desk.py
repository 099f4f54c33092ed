"""What the desk costs: many open conversations, many desks, and a table full of closed ones.

1call runs as a process of its own; residents write by the web chat's own requests, and desks listen as pages do.
"""

import asyncio
import contextlib
import json
import secrets
import statistics
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import insert

from app.crash.victim import Victim
from app.database import migrate
from bot.channels.web.routes import COOKIE as CHAT_COOKIE
from bot.conversation.models import Conversation, Handoff, OnDuty
from bot.conversation.people import conversation_of
from desk import sessions
from desk.door import COOKIE, CSRF_HEADER
from desk.models import Clerk
from kyc.models import Resident
from records.base import new_id, now
from records.database import Database
from records.encryption import blind_index, use_keys
from records.keys import load_keys

BROWSER = "bench"
CHUNK = 5_000
FEW_CLOSED = 1_000
QUEUES_OPENED = 40
ANSWERED_EVERY = 4
"""Every so many messages the clerk answers."""
WAITS_AT_MOST_S = 20.0
ITEM, WINDOW, DEPARTMENT = "canji-zheng-shenling", "chuangkou-1", "canlian"


@dataclass(frozen=True)
class Queue:
    """How long the queue takes to answer, in milliseconds, with so many closed handoffs in the table."""

    closed: int
    median_ms: float
    p95_ms: float


@dataclass(frozen=True)
class Findings:
    """What was found. A message's time, in milliseconds, is from the resident's sending to the clerk's page."""

    open: int
    desks: int
    messages: int
    a_second: float
    median_ms: float
    p95_ms: float
    lost: int
    queues: tuple[Queue, ...]

    @property
    def growth(self) -> float:
        """How much longer the queue takes with many closed handoffs than with few."""
        return round(self.queues[-1].median_ms / self.queues[0].median_ms, 2)


@dataclass(frozen=True)
class _Seat:
    """A clerk's page, and the resident whose conversation it shows."""

    desk: httpx.AsyncClient
    csrf: str
    chat: httpx.AsyncClient
    handoff_id: int
    arrived: dict[str, float]


async def measure(folder: Path, desks: int, opened: int, closed: int, a_second: float, seconds: float) -> Findings:
    """Fill a database, open the desks and let residents write."""
    url = f"sqlite+aiosqlite:///{folder / 'onecall.db'}"
    await migrate(url)
    use_keys(load_keys(None, folder / "key"))
    database = Database(url)
    try:
        clerks = await _clerks(database, desks)
        residents = await _open_conversations(database, clerks, opened)
        queues = []
        await _closed(database, FEW_CLOSED)
        async with _serving(folder) as address:
            queues.append(await _queue(address, clerks[0][1], FEW_CLOSED))
        await _closed(database, closed - FEW_CLOSED)
        async with _serving(folder) as address:
            queues.append(await _queue(address, clerks[0][1], closed))
            latencies, sent, took = await _talk(address, clerks, residents, a_second, seconds)
    finally:
        await database.close()
    ordered = sorted(latencies)
    return Findings(
        open=opened,
        desks=desks,
        messages=sent,
        a_second=round(sent / took, 1),
        median_ms=round(statistics.median(ordered), 1),
        p95_ms=round(ordered[int(len(ordered) * 0.95) - 1], 1),
        lost=sent - len(ordered),
        queues=tuple(queues),
    )


@asynccontextmanager
async def _serving(folder: Path) -> AsyncIterator[str]:
    victim = Victim(folder, {})
    await victim.start()
    try:
        await victim.ready()
        yield victim.url
    finally:
        await victim.stop()


async def _clerks(database: Database, desks: int) -> list[tuple[str, str]]:
    """Ids and session tokens of clerks on duty."""
    found = []
    async with database.session() as session:
        for number in range(desks):
            clerk = Clerk(login=f"bench{number}", name=f"办事员{number}", role="clerk", windows=["*"], departments=[])
            session.add(clerk)
            await session.flush()
            token = await sessions.begin(session, clerk, BROWSER, None)
            session.add(
                OnDuty(
                    clerk_id=clerk.id,
                    name=clerk.name,
                    windows=["*"],
                    departments=[],
                    at_once=99,
                    seen_at=now() + timedelta(hours=1),
                )
            )
            found.append((clerk.id, token))
        await session.commit()
    return found


async def _open_conversations(
    database: Database, clerks: Sequence[tuple[str, str]], opened: int
) -> list[tuple[str, int]]:
    """Open handoffs: one taken by each clerk, the others waiting. Gives each clerk's resident and handoff."""
    seats = []
    for number in range(opened):
        token = secrets.token_urlsafe(32)
        conversation_id = await conversation_of(database.session, "web", token)
        taken = number < len(clerks)
        async with database.session() as session:
            conversation = await session.get_one(Conversation, conversation_id)
            conversation.owner = "clerk" if taken else "waiting"
            conversation.waiting_since = None if taken else now()
            handoff = Handoff(
                conversation_id=conversation_id,
                stage="taken" if taken else "waiting",
                reason="asked",
                item_id=ITEM,
                window=WINDOW,
                department=DEPARTMENT,
                clerk_id=clerks[number][0] if taken else None,
                claimed_at=now() if taken else None,
            )
            session.add(handoff)
            await session.commit()
        if taken:
            seats.append((token, handoff.id))
    return seats


async def _closed(database: Database, count: int) -> None:
    """Conversations that a clerk closed, as they stand in the table after years."""
    moment = now() - timedelta(days=1)
    async with database.session() as session:
        resident = Resident()
        session.add(resident)
        await session.flush()
        for first in range(0, count, CHUNK):
            ids = [new_id() for _ in range(min(CHUNK, count - first))]
            common: dict[str, Any] = {"channel": "web", "resident_id": resident.id, "owner": "returned"}
            await session.execute(
                insert(Conversation),
                [{**common, "id": each, "channel_user": blind_index(each, "bench"), "state": {}} for each in ids],
            )
            closed = {
                "stage": "taken", "reason": "asked", "item_id": ITEM, "window": WINDOW, "department": DEPARTMENT,
                "urgency": 0, "urgent_for": "", "opened_at": moment, "waiting_since": moment, "claimed_at": moment,
                "closed_at": moment + timedelta(minutes=5), "outcome": "settled",
            }  # fmt: skip
            await session.execute(insert(Handoff), [{**closed, "conversation_id": each} for each in ids])
        await session.commit()


async def _queue(address: str, token: str, closed: int) -> Queue:
    """Open the queue again and again."""
    times = []
    async with _page(address, {COOKIE: token}) as page:
        for _ in range(QUEUES_OPENED):
            began = time.perf_counter()
            (await page.get("/desk/api/queue")).raise_for_status()
            times.append((time.perf_counter() - began) * 1000)
    times.sort()
    return Queue(closed, round(statistics.median(times), 1), round(times[int(len(times) * 0.95) - 1], 1))


async def _talk(
    address: str,
    clerks: Sequence[tuple[str, str]],
    residents: Sequence[tuple[str, int]],
    a_second: float,
    seconds: float,
) -> tuple[list[float], int, float]:
    """Residents write, one after the other, to the clerks who look at them; gives the times, how many, how long."""
    seats, listening, news = [], [], asyncio.Event()
    for (_, token), (chat_token, handoff_id) in zip(clerks, residents, strict=False):
        desk = _page(address, {COOKIE: token})
        page = (await desk.get("/desk")).text
        csrf = page.partition('name="csrf" content="')[2].partition('"')[0]
        seat = _Seat(desk, csrf, _page(address, {CHAT_COOKIE: chat_token}), handoff_id, {})
        ready, asking = asyncio.Event(), asyncio.Event()
        listening.append(asyncio.create_task(_listen(seat, ready, news, asking)))
        listening.append(asyncio.create_task(_ask(seat, asking)))
        await asyncio.wait_for(ready.wait(), WAITS_AT_MOST_S)
        seen = await desk.post("/desk/api/viewing", json={"handoff_id": handoff_id}, headers={CSRF_HEADER: csrf})
        seen.raise_for_status()
        seats.append(seat)
    sent: dict[str, tuple[float, _Seat]] = {}
    sending, began = [], time.perf_counter()
    for number in range(int(a_second * seconds)):
        await asyncio.sleep(max(0.0, began + number / a_second - time.perf_counter()))
        seat, name = seats[number % len(seats)], f"bench-{number:08d}"
        sent[name] = (time.perf_counter(), seat)
        sending.append(asyncio.create_task(_write(seat, name, answers=number % ANSWERED_EVERY == 0)))
    await asyncio.gather(*sending)
    took = time.perf_counter() - began
    await _until(lambda: all(name in seat.arrived for name, (_, seat) in sent.items()), news)
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    for seat in seats:
        await seat.desk.aclose()
        await seat.chat.aclose()
    times = [(seat.arrived[name] - at) * 1000 for name, (at, seat) in sent.items() if name in seat.arrived]
    return times, len(sent), took


async def _ask(seat: _Seat, asking: asyncio.Event) -> None:
    """Open the queue whenever it changed, at most once a second, as a page does."""
    while True:
        await asking.wait()
        asking.clear()
        (await seat.desk.get("/desk/api/queue")).raise_for_status()
        await asyncio.sleep(1.0)


async def _listen(seat: _Seat, ready: asyncio.Event, news: asyncio.Event, asking: asyncio.Event) -> None:
    """Read a desk's news, and note when each message came. `ready` tells that the stream is open."""
    async with seat.desk.stream("GET", "/desk/api/stream", timeout=None) as stream:
        kind = ""
        async for line in stream.aiter_lines():
            ready.set()
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
                if kind == "queue":
                    asking.set()
            elif line.startswith("data: ") and kind == "thread":
                for entry in json.loads(line.removeprefix("data: "))["entries"]:
                    seat.arrived.setdefault(entry["text"], time.perf_counter())
                news.set()


async def _write(seat: _Seat, name: str, *, answers: bool) -> None:
    """The resident writes; the clerk answers now and then, so that the queue changes as it does in a hall."""
    (await seat.chat.post("/chat/messages", json={"client_id": name, "text": name})).raise_for_status()
    if answers:
        said = {"client_id": f"answer-{name}", "text": "好的"}
        path = f"/desk/api/handoffs/{seat.handoff_id}/say"
        (await seat.desk.post(path, json=said, headers={CSRF_HEADER: seat.csrf})).raise_for_status()


async def _until(done: Callable[[], bool], news: asyncio.Event) -> None:
    """Wait until it is so, but not for ever: what is missing then counts as lost."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(WAITS_AT_MOST_S):
            while not done():
                news.clear()
                await news.wait()


def _page(address: str, cookies: dict[str, str]) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=address, cookies=cookies, headers={"User-Agent": BROWSER}, trust_env=False, timeout=30
    )

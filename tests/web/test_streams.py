"""Live streams, through a real listener: how many there may be, and how they end."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest

import app.serve
from app.engine_process import free_port
from app.listener import GRACE_S, Listener
from app.runtime import Runtime
from app.web import web_application

SOON_S = 2.0


@pytest.fixture
async def url(room: Runtime) -> AsyncIterator[str]:
    """Where the web application listens."""
    async with Listener(web_application(room), "127.0.0.1", free_port()) as listener:
        yield listener.url
        room.live.close()


@asynccontextmanager
async def _page(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=10) as client:
        (await client.get("/chat/history")).raise_for_status()
        yield client


async def _until_state(stream: httpx.Response) -> AsyncIterator[str]:
    """The stream's lines, once it has told the state: from then on it waits for news."""
    lines = stream.aiter_lines()
    async for line in lines:
        if line.startswith("data:"):
            return lines
    raise AssertionError("the stream ended")


async def test_of_nine_streams_of_a_conversation_the_oldest_ends(url: str) -> None:
    async with _page(url) as page, AsyncExitStack() as open_streams:
        streams = []
        for _ in range(9):
            answer = await open_streams.enter_async_context(page.stream("GET", "/chat/events"))
            assert answer.headers["cache-control"] == "no-store"
            assert "content-security-policy" in answer.headers
            streams.append(await _until_state(answer))
        async with asyncio.timeout(SOON_S):
            assert not [line async for line in streams[0] if line]
        await page.post("/chat/messages", json={"client_id": "nine-tabs-1", "text": "谢谢"})
        for lines in streams[1:]:
            async with asyncio.timeout(SOON_S):
                assert [line async for line in _first(lines, '"谢谢"')]


async def test_streams_of_other_conversations_go_on(url: str) -> None:
    async with _page(url) as one, one.stream("GET", "/chat/events") as mine, AsyncExitStack() as others:
        lines = await _until_state(mine)
        for _ in range(9):
            other = await others.enter_async_context(_page(url))
            await _until_state(await others.enter_async_context(other.stream("GET", "/chat/events")))
        await one.post("/chat/messages", json={"client_id": "others-0001", "text": "谢谢"})
        async with asyncio.timeout(SOON_S):
            assert [line async for line in _first(lines, '"谢谢"')]


async def test_an_open_page_does_not_delay_the_end(room: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    @asynccontextmanager
    async def already_running(model: Path) -> AsyncIterator[Runtime]:
        yield room

    monkeypatch.setattr(app.serve, "running", already_running)
    port, ready = free_port(), asyncio.Event()
    serving = asyncio.create_task(app.serve.serve("127.0.0.1", port, Path("none"), ready.set))
    await _until_open(f"http://127.0.0.1:{port}")
    assert not ready.is_set(), "the doors open before the engine answers"
    async with _page(f"http://127.0.0.1:{port}") as page, page.stream("GET", "/chat/events") as stream:
        lines = await _until_state(stream)
        start = time.monotonic()
        serving.cancel()
        assert not [line async for line in lines if line]
        await asyncio.wait({serving})
        assert time.monotonic() - start < SOON_S < GRACE_S
    assert serving.cancelled()


async def _until_open(url: str) -> None:
    async with asyncio.timeout(10), httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                (await client.get(f"{url}/health/live")).raise_for_status()
                return
            except httpx.ConnectError:
                await asyncio.sleep(0.02)


async def _first(lines: AsyncIterator[str], words: str) -> AsyncIterator[str]:
    async for line in lines:
        if words in line:
            yield line
            return

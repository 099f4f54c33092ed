"""Serving: the running parts with their web server, until told to stop."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from app.listener import Listener
from app.runtime import Runtime, running
from app.web import web_application
from bot.channels.telegram.polling import poll


async def serve(host: str, port: int, model: Path, on_ready: Callable[[], None]) -> None:
    """Serve on `host` and `port` until cancelled. `on_ready` is called once the engine answers.

    The doors open before that: WeChat gives up on a message after fifteen seconds, and storing one needs no engine.
    Raises EngineError where the engine cannot be had.
    """
    async with running(model) as room, Listener(web_application(room), host, port):
        with contextlib.closing(room.live):  # or the listener would wait for pages that are still open
            async with polling(room):
                await room.engine.wait_ready()
                on_ready()
                await asyncio.Event().wait()


@asynccontextmanager
async def polling(room: Runtime) -> AsyncIterator[None]:
    """Fetch Telegram's messages meanwhile, where the settings ask for it."""
    if room.telegram is None or not room.settings.telegram_polling:
        yield
        return
    fetching = asyncio.create_task(poll(room.telegram))
    try:
        yield
    finally:
        fetching.cancel()
        await asyncio.gather(fetching, return_exceptions=True)

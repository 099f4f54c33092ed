"""Serving: the running parts with their web server, until told to stop."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

from app.listener import Listener
from app.runtime import running
from app.web import web_application


async def serve(host: str, port: int, model: Path, on_ready: Callable[[], None]) -> None:
    """Serve on `host` and `port` until cancelled. `on_ready` is called once the engine answers.

    The doors open before that: WeChat gives up on a message after fifteen seconds, and storing one needs no engine.
    Raises EngineError where the engine cannot be had.
    """
    async with running(model) as room, Listener(web_application(room), host, port):
        with contextlib.closing(room.live):  # or the listener would wait for pages that are still open
            await room.engine.wait_ready()
            on_ready()
            await asyncio.Event().wait()

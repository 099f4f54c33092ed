"""A web server inside this process, without signal handlers of its own."""

import asyncio
import contextlib
from collections.abc import Iterator
from types import TracebackType

import uvicorn
from fastapi import FastAPI

GRACE_S = 5


class _QuietServer(uvicorn.Server):
    """Uvicorn that leaves signals to the command line."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


class Listener:
    """Serves `app` on `host` and `port` while the context is open."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        self.url = f"http://{host}:{port}"
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            ws="none",
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
        self._server = _QuietServer(config)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Listener":
        """Return once connections are accepted. Raises OSError where the port cannot be had."""
        self._task = asyncio.create_task(self._server.serve())
        while not self._server.started:
            if self._task.done():
                await self._task
                raise OSError("the server ended before it listened")
            await asyncio.sleep(0.01)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let requests under way finish, for a few seconds."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task

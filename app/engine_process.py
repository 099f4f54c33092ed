"""Rasa as a child process: without our secrets, watched, started again when it dies, never left behind."""

import asyncio
import contextlib
import os
import signal
import socket
import time
from asyncio.subprocess import DEVNULL, Process
from pathlib import Path
from typing import IO

import httpx

from app.setup.children import dies_with_us, end_group, last_lines
from app.setup.paths import Paths

_BACKOFF_S = (0.5, 1, 2, 5, 10, 30)
_STABLE_S = 60
"""An engine that was ready this long has its earlier deaths forgiven."""
_POLL_S = 0.2
_STOP_S = 5
_ANSWER_S = 10
_CHECK_S = 15
_SILENCES = 3
"""A ready engine is asked every 15 s, and ended after three times 10 s without an answer."""
_GIVE_UP_AFTER = 3
"""Deaths in a row before the first readiness; a model that cannot be loaded will not load by itself."""
_KEPT_LOGS = 3


class EngineError(Exception):
    """The engine did not become ready: a Chinese sentence with the end of its log."""


class EngineProcess:
    """One Rasa server on the loopback, and the supervision of it.

    `start()`, then `wait_ready()`; while it runs a death is followed by a new start on a new port, so ask for
    `url` at each use. `epoch` tells a caller that what the engine remembered is gone.
    """

    def __init__(self, model: Path, actions_url: str, token: str, paths: Paths) -> None:
        self._model = model
        self._actions_url = actions_url
        self._token = token
        self._paths = paths
        self._port = 0
        self._epoch = 0
        self._deaths = 0
        self._process: Process | None = None
        self._ready = asyncio.Event()
        self._failed: EngineError | None = None
        self._supervision: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """The engine's present address; another one after each start."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def token(self) -> str:
        """The secret that the engine's channel and the action webhook ask of each other."""
        return self._token

    @property
    def ready(self) -> bool:
        """Whether the model is loaded and messages are answered."""
        return self._ready.is_set()

    @property
    def epoch(self) -> int:
        """How many times the engine was started; 0 before the first start."""
        return self._epoch

    @property
    def pid(self) -> int | None:
        """The process id, None while no engine runs."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process is not None and running else None

    async def start(self) -> None:
        """Start the engine and its supervision; does not wait until it is ready."""
        if self._supervision is not None:
            return
        self._failed = None
        await self._launch()
        self._supervision = asyncio.create_task(self._supervise(), name="engine supervision")

    async def wait_ready(self, timeout: float = 90) -> None:  # noqa: ASYNC109 - in seconds, and a message of our own
        """Wait until messages are answered. Raises EngineError after `timeout` s or when it keeps dying."""
        ends = time.monotonic() + timeout
        while not self._ready.is_set():
            if self._failed is not None:
                raise self._failed
            if time.monotonic() > ends:
                raise EngineError(f"对话引擎 {timeout:.0f} 秒内没有就绪，日志在 {self._log}：\n{last_lines(self._log)}")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ready.wait(), _POLL_S)

    async def stop(self) -> None:
        """End the engine: politely, after five seconds by force. Safe to call twice."""
        if self._supervision is not None:
            self._supervision.cancel()
            await asyncio.gather(self._supervision, return_exceptions=True)
            self._supervision = None
        self._ready.clear()
        await self._end()

    @property
    def _log(self) -> Path:
        return self._paths.logs / "engine.log"

    def _command(self) -> list[str]:
        return [
            str(self._paths.engine_python), "-m", "rasa", "run",
            "-m", str(self._model),
            "--endpoints", "bot/engine/endpoints.yml",
            "--credentials", "bot/engine/credentials.yml",
            "-i", "127.0.0.1", "-p", str(self._port),
        ]  # fmt: skip

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": os.environ.get("HOME", "/"),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(self._paths.root),
            "PYTHONUNBUFFERED": "1",
            "ONECALL_INDEX": str(self._paths.index),
            "ONECALL_ACTIONS_URL": self._actions_url,
            "ONECALL_ENGINE_TOKEN": self._token,
            # One turn is small: more threads only fight over the cores.
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "TF_NUM_INTRAOP_THREADS": "1",
            "TF_NUM_INTEROP_THREADS": "1",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "RASA_TELEMETRY_ENABLED": "false",
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        }

    async def _launch(self) -> None:
        self._port = free_port()
        self._ready.clear()
        with _fresh_log(self._log) as output:
            self._process = await asyncio.create_subprocess_exec(
                *self._command(),
                cwd=self._paths.root,
                env=self._environment(),
                stdin=DEVNULL,
                stdout=output,
                stderr=output,
                process_group=0,
                preexec_fn=dies_with_us(),
            )
        self._epoch += 1

    async def _supervise(self) -> None:
        while True:
            began = time.monotonic()
            status = await self._until_death()
            self._deaths = 1 if time.monotonic() - began > _STABLE_S else self._deaths + 1
            if self._deaths >= _GIVE_UP_AFTER:
                self._failed = EngineError(
                    f"对话引擎启动后就退出（退出码 {status}），日志在 {self._log}：\n{last_lines(self._log)}"
                )
            await asyncio.sleep(_BACKOFF_S[min(self._deaths, len(_BACKOFF_S)) - 1])
            with contextlib.suppress(OSError):  # counted as one more death in the next round
                await self._launch()

    async def _until_death(self) -> int | None:
        """Watch the present process until it is gone; gives back its exit status."""
        assert self._process is not None
        watch = asyncio.create_task(self._watch())
        try:
            return await self._process.wait()
        finally:
            watch.cancel()
            self._ready.clear()

    async def _watch(self) -> None:
        """Find out when the engine is ready, and end it when it answers no more: frozen, it serves nobody."""
        async with httpx.AsyncClient(trust_env=False, timeout=_ANSWER_S) as client:
            while not await self._understands(client):  # noqa: ASYNC110 - asks another process
                await asyncio.sleep(_POLL_S)
            self._failed = None
            self._ready.set()
            silent = 0
            while silent < _SILENCES:
                await asyncio.sleep(_CHECK_S)
                silent = 0 if await self._understands(client) else silent + 1
        self._ready.clear()
        if self.pid is not None:
            end_group(self.pid, signal.SIGKILL)

    async def _understands(self, client: httpx.AsyncClient) -> bool:
        """Whether a message is parsed: Rasa's own pages answer without a loaded model too."""
        try:
            response = await client.post(
                f"{self.url}/webhooks/turn/parse",
                headers={"Authorization": f"Bearer {self._token}"},
                json={"texts": ["你好"]},
            )
        except httpx.HTTPError:
            return False
        return response.status_code == 200

    async def _end(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        end_group(process.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), _STOP_S)
        except TimeoutError:
            end_group(process.pid, signal.SIGKILL)
            await process.wait()


def free_port() -> int:
    """A port of the loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _fresh_log(log: Path) -> IO[bytes]:
    """A new log for each start; the last few are kept as engine.log.1, .2, ..."""
    log.parent.mkdir(parents=True, exist_ok=True)
    for number in range(_KEPT_LOGS, 0, -1):
        older = log.with_name(f"{log.name}.{number - 1}") if number > 1 else log
        if older.exists():
            older.rename(log.with_name(f"{log.name}.{number}"))
    return log.open("wb")

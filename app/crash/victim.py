"""1call as a process of its own, to be measured or killed from outside."""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, Process
from pathlib import Path

import httpx

from app.engine_process import free_port
from app.processes import engines_of, send
from app.settings import PROJECT_DIR
from app.settings import settings as installation
from app.setup.children import dies_with_us, last_lines
from app.setup.errors import SetupError

LISTENS_WITHIN_S, READY_WITHIN_S, STOPS_WITHIN_S = 60.0, 180.0, 30.0
LOOKED_AGAIN_S = 0.02


class Victim:
    """A `./onecall up` on a port of the loopback, with a data folder of its own."""

    def __init__(self, data_dir: Path, settings: dict[str, str]) -> None:
        self.data_dir = data_dir
        self._port = free_port()
        self._process: Process | None = None
        self.url = f"http://127.0.0.1:{self._port}"
        self._settings = {**settings, "ONECALL_DATA_DIR": str(data_dir), "ONECALL_PUBLIC_URL": self.url}

    async def start(self) -> None:
        """Start it and return once its doors are open; the engine may come later."""
        with (self.data_dir / "up.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                str(PROJECT_DIR / "onecall"), "up", "--port", str(self._port),
                cwd=PROJECT_DIR,
                env=_environment(self._settings),
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
                preexec_fn=dies_with_us(),
            )  # fmt: skip
        await self._until("/health/live", LISTENS_WITHIN_S)

    async def ready(self) -> None:
        """Wait until the engine answers."""
        await self._until("/health/ready", READY_WITHIN_S)

    async def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is closed."""
        process = self._running
        process.kill()
        await process.wait()

    async def stop(self) -> None:
        """End it as an operator does."""
        process = self._running
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), STOPS_WITHIN_S)
        except TimeoutError:
            await self.kill()

    def signal_engine(self, sign: signal.Signals) -> bool:
        """Send a signal to the engine; False where there is none just now."""
        engines = engines_of(self._running.pid)
        for pid in engines:
            send(pid, sign)
        return bool(engines)

    @property
    def _running(self) -> Process:
        assert self._process is not None, "it was not started"
        return self._process

    async def _until(self, path: str, seconds: float) -> None:
        """Wait until a page answers well. Raises SetupError with the end of the log where it does not."""
        async with httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=5) as client:
            try:
                async with asyncio.timeout(seconds):
                    while not await _answers(client, path):
                        if self._running.returncode is not None:
                            raise SetupError(f"./onecall up 退出了：\n{last_lines(self.data_dir / 'up.log')}", "")
                        await asyncio.sleep(LOOKED_AGAIN_S)
            except TimeoutError:
                log = last_lines(self.data_dir / "up.log")
                raise SetupError(f"./onecall up {seconds:.0f} 秒内没有就绪：\n{log}", "") from None


def _environment(settings: dict[str, str]) -> dict[str, str]:
    """Ours, without settings of an installation that it is not: only where tools and models lie is shared."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ONECALL_")}
    return {**kept, "ONECALL_LOCAL_DIR": str(installation().local_dir), **settings}


async def _answers(client: httpx.AsyncClient, path: str) -> bool:
    try:
        return (await client.get(path)).status_code == 200
    except httpx.HTTPError:
        return False

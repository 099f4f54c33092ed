"""The service as users start it: `./onecall up` as a process of its own, with a database of its own."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from app.processes import command, descendants, engines_of, is_alive

ROOT = Path(__file__).resolve().parents[2]
READY_S = 300
"""Long enough to train a model where none is cached."""
STOP_S = 30
COMMAND_S = 60
POLL_S = 0.1


class Service:
    """A 1call on a port of the loopback; it can be stopped and started again with what it remembers."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self._port = _free_port()
        self._log = data_dir / "up.log"
        self._environment = {**os.environ, **settings, "ONECALL_DATA_DIR": str(data_dir)}
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{self._port}"

    @property
    def log(self) -> str:
        """All that it and its engine have written."""
        return self._log.read_text("utf-8", "replace")

    def command(self, *arguments: str, said: str = "") -> str:
        """Run `./onecall` with some arguments beside the running service; gives what it printed."""
        done = subprocess.run(
            [ROOT / "onecall", *arguments],
            cwd=ROOT,
            env=self._environment,
            input=said,
            capture_output=True,
            text=True,
            timeout=COMMAND_S,
            check=False,
        )
        assert done.returncode == 0, f"./onecall {' '.join(arguments)}：\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(self) -> None:
        """Start and wait until residents can talk."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [ROOT / "onecall", "up", "--port", str(self._port)],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.wait_ready()

    def wait_ready(self) -> None:
        """Wait until messages are answered."""
        ends = time.monotonic() + READY_S
        while not self._is_ready():
            assert self._running.poll() is None, f"./onecall up 退出了：\n{self._log.read_text('utf-8')}"
            assert time.monotonic() < ends, f"{READY_S} 秒内没有就绪：\n{self._log.read_text('utf-8')}"
            time.sleep(POLL_S)

    def stop(self) -> None:
        """End it as an operator does, and see that it leaves nothing behind."""
        children = descendants(self._running.pid)
        self._running.send_signal(signal.SIGTERM)
        status = self._running.wait(STOP_S)
        self._process = None
        left = [pid for pid in children if is_alive(pid)]
        assert not left, f"停止后还有子进程：{[command(pid) for pid in left]}"
        assert status == 0, f"停止时的退出码是 {status}：\n{self._log.read_text('utf-8')}"

    def kill(self) -> None:
        """End it whatever it is doing; for when a test has failed in the middle."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(STOP_S)

    def kill_engine(self) -> None:
        """Have the engine's process die, as when memory runs out."""
        engines = engines_of(self._running.pid)
        assert len(engines) == 1, f"应当只有一个引擎进程：{engines}"
        os.kill(engines[0], signal.SIGKILL)

    def stop_engine(self) -> None:
        """Have the engine hang."""
        self._signal_engine(signal.SIGSTOP)

    def continue_engine(self) -> None:
        """Have the engine go on."""
        self._signal_engine(signal.SIGCONT)

    def _signal_engine(self, sign: signal.Signals) -> None:
        for pid in engines_of(self._running.pid):
            os.kill(pid, sign)

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "the service is not running"
        return self._process

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/ready", trust_env=False, timeout=5).status_code == 200
        except httpx.HTTPError:
            return False


@contextmanager
def running_service(data_dir: Path, **settings: str) -> Iterator[Service]:
    """A service that is ready; stopped at the end."""
    service = Service(data_dir, **settings)
    try:
        service.start()
        yield service
        service.stop()
    finally:
        service.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

import app.engine_process
from app.engine_process import EngineError, EngineProcess
from app.setup.paths import Paths

Make = Callable[[str], EngineProcess]


@pytest.fixture
async def engine(checkout_with_engine: Paths, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Make]:
    monkeypatch.setattr(app.engine_process, "_BACKOFF_S", (0.05,))
    made: list[EngineProcess] = []

    def make(model: str) -> EngineProcess:
        path = checkout_with_engine.root / f"{model}.tar.gz"
        made.append(EngineProcess(path, "http://127.0.0.1:1/webhook", "t" * 20, checkout_with_engine))
        return made[-1]

    yield make
    for one in made:
        await one.stop()


def is_running(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False


async def started_again(process: EngineProcess) -> None:
    before = process.epoch
    while process.epoch == before:  # noqa: ASYNC110 - an epoch is a number, not an event
        await asyncio.sleep(0.02)
    await process.wait_ready(10)


async def test_it_is_ready_once_a_message_is_understood(engine: Make) -> None:
    process = engine("good")
    assert (process.epoch, process.ready, process.pid) == (0, False, None)
    await process.start()
    await process.wait_ready(10)
    assert process.ready
    assert process.epoch == 1
    assert process.url.startswith("http://127.0.0.1:")


async def test_it_gets_none_of_the_applications_secrets(
    engine: Make, monkeypatch: pytest.MonkeyPatch, checkout_with_engine: Paths
) -> None:
    monkeypatch.setenv("ONECALL_DATA_KEY", "secret")
    monkeypatch.setenv("ONECALL_DATABASE_URL", "postgresql://user:secret@host/db")
    monkeypatch.setenv("WECHAT_TOKEN", "secret")
    process = engine("good")
    await process.start()
    await process.wait_ready(10)
    got = json.loads((checkout_with_engine.root / "good.tar.env").read_text())
    assert "secret" not in str(got)
    assert got["ONECALL_INDEX"] == str(checkout_with_engine.index)
    assert got["ONECALL_ACTIONS_URL"] == "http://127.0.0.1:1/webhook"


async def test_an_engine_that_dies_is_started_again(engine: Make) -> None:
    process = engine("good")
    await process.start()
    await process.wait_ready(10)
    first, pid = process.url, process.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await started_again(process)
    assert process.epoch == 2
    assert process.url != first


async def test_an_engine_that_freezes_is_replaced(engine: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.engine_process, "_ANSWER_S", 0.2)
    monkeypatch.setattr(app.engine_process, "_CHECK_S", 0.05)
    process = engine("good")
    await process.start()
    await process.wait_ready(10)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)
    await started_again(process)
    assert process.ready


async def test_a_model_that_cannot_be_loaded_is_told_with_the_end_of_the_log(engine: Make) -> None:
    process = engine("broken")
    await process.start()
    with pytest.raises(EngineError, match="this model cannot be loaded"):
        await process.wait_ready(20)


async def test_waiting_ends_after_its_time(engine: Make) -> None:
    process = engine("slow")
    await process.start()
    with pytest.raises(EngineError, match="没有就绪"):
        await process.wait_ready(0.3)


async def test_stopping_ends_even_one_that_does_not_listen(engine: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.engine_process, "_STOP_S", 0.2)
    process = engine("stubborn")
    await process.start()
    await process.wait_ready(10)
    pid = process.pid
    assert pid is not None
    await process.stop()
    await process.stop()
    assert not is_running(pid)
    assert not process.ready


async def test_the_log_of_the_last_start_is_kept(engine: Make, checkout_with_engine: Paths) -> None:
    process = engine("broken")
    await process.start()
    with pytest.raises(EngineError):
        await process.wait_ready(20)
    assert (checkout_with_engine.logs / "engine.log.1").is_file()
    assert not (checkout_with_engine.logs / "engine.log.4").exists()


def test_it_dies_with_its_parent_even_by_force(checkout_with_engine: Paths) -> None:
    script = f"""
import asyncio, os, signal
from pathlib import Path
from app.engine_process import EngineProcess
from app.setup.paths import Paths

async def main():
    root = Path({str(checkout_with_engine.root)!r})
    engine = EngineProcess(root / "good.tar.gz", "http://x/", "t" * 20, Paths(root, root / ".local"))
    await engine.start()
    await engine.wait_ready(10)
    print(engine.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""
    parent = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=20)
    pid = int(parent.stdout)
    ends = time.monotonic() + 3
    while is_running(pid) and time.monotonic() < ends:
        time.sleep(0.02)
    assert not is_running(pid)

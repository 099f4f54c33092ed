import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

import app.setup.engine_environment
import app.setup.model
from app.setup.disk import require_free
from app.setup.engine_environment import engine_is_current, prepare_engine
from app.setup.errors import SetupError
from app.setup.interpreters import find_python310
from app.setup.model import KEPT_MODELS, content_hash, prepare_model
from app.setup.paths import Paths
from app.setup.progress import Progress
from tests.app.conftest import write_script

SHIM = '#!/bin/sh\necho "pyenv: python3.10: command not found" >&2\nexit 127\n'

TRAIN = """#!/bin/sh
out= name=
while [ $# -gt 0 ]; do
  case $1 in --out) out=$2 ;; --fixed-model-name) name=$2 ;; esac
  shift
done
echo "Contradicting rules in $name"
%s
"""
WRITES_MODEL = 'echo model >"$out/$name.tar.gz"'


@pytest.fixture
def progress() -> Progress:
    return Progress(Console(quiet=True))


def an_interpreter(path: Path) -> Path:
    return write_script(path, f"#!/bin/sh\necho '{path}'\n")


# Python 3.10


def test_a_pyenv_shim_that_only_answers_not_found_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_script(tmp_path / "shims" / "python3.10", SHIM)
    real = an_interpreter(tmp_path / "bin" / "python3.10")
    monkeypatch.setenv("PATH", f"{tmp_path / 'shims'}:{tmp_path / 'bin'}:/usr/bin:/bin")
    assert find_python310(None) == real


def test_the_newest_of_pyenvs_own_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_script(tmp_path / "shims" / "python3.10", SHIM)
    versions = tmp_path / "pyenv" / "versions"
    an_interpreter(versions / "3.10.9" / "bin" / "python3.10")
    newest = an_interpreter(versions / "3.10.13" / "bin" / "python3.10")
    an_interpreter(versions / "3.11.7" / "bin" / "python3.11")
    monkeypatch.setenv("PATH", f"{tmp_path / 'shims'}:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    assert find_python310(None) == newest


def test_without_any_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert find_python310(None) is None


# The engine's environment


FAKE_UV = """#!/bin/sh
echo "$*" >>"%(log)s"
[ -f "%(fails)s" ] && { echo "No space left on device"; exit 2; }
mkdir -p "%(venv)s/bin"
printf '#!/bin/sh\\necho 1\\n' >"%(venv)s/bin/python"
chmod 755 "%(venv)s/bin/python"
"""


def test_a_sync_that_failed_is_done_again_and_one_that_succeeded_is_not(
    checkout: Paths, progress: Progress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, fails = tmp_path / "uv.log", tmp_path / "fails"
    names = {"log": log, "fails": fails, "venv": checkout.engine_environment}
    uv = write_script(tmp_path / "uv", FAKE_UV % names)
    monkeypatch.setattr(app.setup.engine_environment, "get_uv", lambda _: uv)
    monkeypatch.setattr(app.setup.engine_environment, "find_python310", lambda _: Path("/p310"))
    monkeypatch.setattr(app.setup.engine_environment, "ENGINE_BYTES", 1)
    fails.touch()
    with pytest.raises(SetupError, match="No space left on device"):
        prepare_engine(checkout, progress)
    assert not engine_is_current(checkout)
    fails.unlink()
    prepare_engine(checkout, progress)
    prepare_engine(checkout, progress)
    assert engine_is_current(checkout)
    assert len(log.read_text().splitlines()) == 2
    (checkout.engine / "uv.lock").write_text("version = 2\n")
    assert not engine_is_current(checkout)


# The model


def test_the_name_of_a_model_changes_with_what_it_is_made_from_and_with_nothing_else(checkout: Paths) -> None:
    before = content_hash(checkout)
    (checkout.root / "README.md").write_text("read me")
    (checkout.engine / "components" / "__pycache__").mkdir()
    (checkout.engine / "components" / "__pycache__" / "finder.pyc").write_bytes(b"x")
    (checkout.root / "domain" / "responses").mkdir(parents=True, exist_ok=True)
    (checkout.root / "domain" / "responses" / "talk.yml").write_text("a phrase, which the application says itself")
    assert content_hash(checkout) == before
    seen = {before}
    for part in (
        checkout.root / "config.yml",
        checkout.root / "domain" / "intents.yml",
        checkout.root / "bot" / "training" / "new.yml",
        checkout.engine / "components" / "finder.py",
        checkout.engine / "uv.lock",
        checkout.training / "items.yml",
        checkout.index,
    ):
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_text("changed")
        seen.add(content_hash(checkout))
    assert len(seen) == 8


def test_a_model_is_trained_once_for_one_content(checkout: Paths, progress: Progress) -> None:
    write_script(checkout.engine_python, TRAIN % WRITES_MODEL)
    model = prepare_model(checkout, progress)
    assert model.read_text() == "model\n"
    write_script(checkout.engine_python, TRAIN % "exit 1")
    assert prepare_model(checkout, progress) == model


def test_a_training_that_fails_shows_the_end_of_its_log(checkout: Paths, progress: Progress) -> None:
    write_script(checkout.engine_python, TRAIN % "exit 1")
    with pytest.raises(SetupError, match="Contradicting rules"):
        prepare_model(checkout, progress)
    assert not list(checkout.models.glob("*"))


def test_what_a_killed_training_left_is_not_taken_for_a_model(checkout: Paths, progress: Progress) -> None:
    write_script(checkout.engine_python, TRAIN % f"{WRITES_MODEL}; kill -9 $$")
    with pytest.raises(SetupError):
        prepare_model(checkout, progress)
    write_script(checkout.engine_python, TRAIN % WRITES_MODEL)
    model = prepare_model(checkout, progress)
    assert list(checkout.models.iterdir()) == [model]


def test_only_the_newest_models_are_kept(checkout: Paths, progress: Progress) -> None:
    write_script(checkout.engine_python, TRAIN % WRITES_MODEL)
    models = []
    for number in range(KEPT_MODELS + 2):
        (checkout.root / "config.yml").write_text(f"number: {number}")
        models.append(prepare_model(checkout, progress))
        os.utime(models[-1], (number, number))
    assert set(checkout.models.iterdir()) == set(models[-KEPT_MODELS:])


def test_ending_the_set_up_ends_the_training(checkout: Paths) -> None:
    pid_file = checkout.root / "pid"
    write_script(checkout.engine_python, f"#!/bin/sh\necho $$ >'{pid_file}'\nexec sleep 60\n")
    script = f"""
import signal, sys
from pathlib import Path
from rich.console import Console
from app.cli import _terminated
from app.setup.model import prepare_model
from app.setup.paths import Paths
from app.setup.progress import Progress
signal.signal(signal.SIGTERM, _terminated)
root = Path({str(checkout.root)!r})
prepare_model(Paths(root, root / ".local"), Progress(Console(quiet=True)))
"""
    setup = subprocess.Popen([sys.executable, "-c", script])
    ends = time.monotonic() + 10
    while not (pid_file.exists() and pid_file.read_text()) and time.monotonic() < ends:
        time.sleep(0.02)
    setup.send_signal(signal.SIGTERM)
    assert setup.wait(10) == 143
    assert not Path(f"/proc/{pid_file.read_text().strip()}").exists()


# The disk


def test_too_little_room_is_told_with_both_amounts(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"需要 1048576\.0 GB"):
        require_free(tmp_path / "not" / "there", 1024**5)

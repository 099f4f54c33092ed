"""Finds the programs that make environments: uv, and the Python 3.10 that Rasa 3.6 still needs."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from app.setup.children import answer_of, run
from app.setup.errors import SetupError
from app.setup.paths import Paths

# ssl and sqlite3 are missing from a Python compiled without their headers, as pyenv does without a word.
_PROBE = """
import ctypes, ssl, sqlite3, sys
assert sys.version_info[:2] == (3, 10)
print(getattr(sys, "_base_executable", sys.executable))
"""


def find_uv(paths: Paths) -> Path | None:
    """A uv that runs, on PATH or in the local folder; None when there is none."""
    # The `onecall` script must find uv before there is any Python, so it knows how and is asked.
    answer = answer_of([paths.root / "onecall", "--find-uv"])
    return Path(answer) if answer else None


def get_uv(paths: Paths) -> Path:
    """A uv that runs, installed into the local folder when there is none. Raises SetupError."""
    answer = answer_of([paths.root / "onecall", "--get-uv"], timeout_s=300)
    if answer is None:
        raise SetupError("没有 uv，也没能安装它。", f"请运行 '{paths.root / 'onecall'}' --get-uv 看原因。")
    return Path(answer)


def find_python310(uv: Path | None) -> Path | None:
    """The real path of a Python 3.10 on this machine; None when uv would have to download one.

    Each candidate is run: a pyenv shim exists on PATH and answers "command not found".
    """
    for candidate in _candidates(uv):
        answer = answer_of([candidate, "-c", _PROBE])
        if answer:
            return Path(answer)
    return None


def _candidates(uv: Path | None) -> Iterator[str | Path]:
    for folder in os.get_exec_path():
        if program := shutil.which("python3.10", path=folder):
            yield program
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted((root / "versions").glob("3.10.*/bin/python3.10"), key=_patch, reverse=True)
    if uv and (managed := answer_of([uv, "python", "find", "--no-project", "--no-python-downloads", "3.10"])):
        yield managed


def _patch(interpreter: Path) -> int:
    patch = interpreter.parent.parent.name.split(".")[2]
    return int(patch) if patch.isdigit() else -1


def download_python310(uv: Path, paths: Paths) -> Path:
    """Let uv download a Python 3.10 and give back its path. Raises SetupError when it cannot."""
    status = run([uv, "python", "install", "3.10"], cwd=paths.root)
    found = find_python310(uv) if status == 0 else None
    if found is None:
        raise SetupError(
            "这台机器上没有 Python 3.10，下载也没有成功。",
            "请检查网络后再运行一次；连不上 GitHub 时可设 UV_PYTHON_INSTALL_MIRROR，或自己装好 Python 3.10。",
        )
    return found

"""Makes the engine's environment: Rasa alone, on Python 3.10, from its own lock."""

import hashlib
import shutil
from pathlib import Path

from app.setup.children import answer_of, last_lines, run
from app.setup.disk import ENGINE_BYTES, require_free
from app.setup.errors import SetupError
from app.setup.interpreters import download_python310, find_python310, get_uv
from app.setup.paths import Paths
from app.setup.progress import Progress


def engine_is_current(paths: Paths) -> bool:
    """Whether the environment was finished from the present lock and its interpreter still runs."""
    stamp = _stamp(paths)
    return stamp.is_file() and stamp.read_text() == _wanted(paths) and _runs(paths.engine_python)


def prepare_engine(paths: Paths, progress: Progress) -> None:
    """Make the engine's environment when it is not current. Raises SetupError.

    The stamp inside the environment is written last, so that a set-up killed midway starts over.
    """
    if engine_is_current(paths):
        return
    log = paths.logs / "engine-setup.log"
    stamp = _stamp(paths)
    stamp.unlink(missing_ok=True)
    if not _runs(paths.engine_python):
        shutil.rmtree(paths.engine_environment, ignore_errors=True)
        require_free(paths.engine, ENGINE_BYTES)
    with progress.step("找 uv 和 Python 3.10"):
        uv = get_uv(paths)
        python = find_python310(uv) or download_python310(uv, paths)
    with progress.step("安装对话引擎 Rasa", "2.7 GB，第一次要下载，几分钟"):
        command: list[str | Path] = [
            uv,
            "sync",
            "--frozen",
            "--no-progress",
            "--project",
            paths.engine,
            "--python",
            python,
        ]
        if run(command, cwd=paths.root, log=log) != 0:
            raise SetupError(
                f"安装对话引擎失败，日志在 {log}：\n{last_lines(log, 6)}",
                "请检查网络和磁盘空间，再运行一次，会接着装。",
            )
    with progress.step("编译对话引擎", "约一分钟，让以后每次启动快一倍"):
        # It answers 1 because a few files of Rasa's dependencies are not Python 3; they are never imported.
        site = paths.engine_environment / "lib"
        run([paths.engine_python, "-m", "compileall", "-qq", "-j", "2", site], cwd=paths.root, log=log)
    stamp.write_text(_wanted(paths))


def _stamp(paths: Paths) -> Path:
    return paths.engine_environment / "onecall-stamp"


def _wanted(paths: Paths) -> str:
    content = b"".join((paths.engine / name).read_bytes() for name in ("pyproject.toml", "uv.lock"))
    return hashlib.sha256(content).hexdigest()


def _runs(python: Path) -> bool:
    return answer_of([python, "-c", "print(1)"]) == "1"

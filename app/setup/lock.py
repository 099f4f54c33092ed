"""One set-up at a time in one checkout."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from app.setup.errors import SetupError
from app.setup.paths import Paths
from app.setup.progress import Progress


@contextmanager
def one_at_a_time(paths: Paths, progress: Progress) -> Iterator[None]:
    """Hold the set-up lock, waiting for whoever has it. The kernel frees it when its holder dies."""
    try:
        paths.local.mkdir(parents=True, exist_ok=True)
        file = (paths.local / "setup.lock").open("w")
    except OSError as error:
        raise SetupError(f"不能写 {paths.local}：{error.strerror}。", "请检查权限和磁盘空间。") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say("另一个 ./onecall 正在准备，等它完成……")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield

"""Everything between a clean clone and a service that can start; each step is made once."""

from pathlib import Path

from app.setup.engine_environment import prepare_engine
from app.setup.errors import SetupError
from app.setup.lock import one_at_a_time
from app.setup.model import prepare_model, write_engine_files
from app.setup.paths import Paths, project_paths
from app.setup.progress import Progress

__all__ = ["Paths", "Progress", "SetupError", "prepare", "project_paths"]


def prepare(paths: Paths, progress: Progress, catalogue: Path | None = None) -> Path:
    """Make what the engine needs and give back the path of its model. `catalogue` is a folder to learn it from instead.

    A second call finds all of it done in about a second. Raises SetupError.
    """
    with one_at_a_time(paths, progress):
        try:
            prepare_engine(paths, progress)
            write_engine_files(paths, catalogue)
            return prepare_model(paths, progress)
        except OSError as error:
            raise SetupError(
                f"准备时读写文件失败：{error.filename or paths.local}（{error.strerror}）。",
                "请检查权限和磁盘空间，再运行一次。",
            ) from error

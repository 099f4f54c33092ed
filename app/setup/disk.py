"""Room on the disk, looked at before a big step rather than found missing in its middle."""

import shutil
from pathlib import Path

from app.setup.errors import SetupError

GIB = 1024**3
ENGINE_BYTES = 6 * GIB
"""The engine's environment (2.7 GB, and as much again in uv's cache) with some models."""
TRAINING_BYTES = GIB // 2
"""A model, its unpacked copy and the training cache."""


def free_bytes(folder: Path) -> int:
    """Free bytes on the disk of a folder that may not exist yet."""
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    return shutil.disk_usage(existing).free


def require_free(folder: Path, needed: int) -> None:
    """Raises SetupError, with both amounts, when fewer than `needed` bytes are free."""
    free = free_bytes(folder)
    if free < needed:
        raise SetupError(
            f"磁盘空间不足：{folder} 所在的磁盘需要 {needed / GIB:.1f} GB，只剩 {free / GIB:.1f} GB。",
            "请腾出空间，再运行一次，会接着装。",
        )

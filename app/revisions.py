"""The catalogue as it was in a revision of git."""

import io
import subprocess
import tarfile
from pathlib import Path

from app.setup.errors import SetupError
from services_catalog.loader import CATALOG_DIR

PATIENCE_S = 30


def catalogue_at(revision: str, folder: Path) -> Path:
    """The catalogue of a revision, unpacked below `folder`; or, where `revision` names a folder with one, that.

    Raises SetupError where it is neither.
    """
    if (Path(revision) / "items").is_dir():
        return Path(revision)
    if revision.startswith("-"):
        raise _unknown(revision)
    try:
        top = _git(["rev-parse", "--show-toplevel"]).decode().strip()
        commit = _git(["rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"]).decode().strip()
        inside = CATALOG_DIR.resolve().relative_to(Path(top).resolve())
        packed = _git(["-C", top, "archive", "--format=tar", commit, "--", inside.as_posix()])
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise _unknown(revision) from error
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder / inside


def _git(arguments: list[str]) -> bytes:
    return subprocess.run(  # noqa: S603 - no shell, and what was typed is checked by git itself
        ["git", *arguments],  # noqa: S607
        cwd=CATALOG_DIR,
        capture_output=True,
        check=True,
        timeout=PATIENCE_S,
    ).stdout


def _unknown(revision: str) -> SetupError:
    return SetupError(f"git 里没有 {revision} 这个版本，也没有这个目录文件夹。", "例：./onecall catalog diff HEAD~1")

"""Who changed the catalogue, as far as a machine can tell."""

import contextlib
import os
import pwd
import subprocess
from pathlib import Path

from app.setup.children import clean_environment
from services_catalog.versions import paths_of

PATIENCE_S = 3


def who_changed(root: Path) -> str:
    """The author of the last commit where the files are as committed, else whom the file saved last belongs to."""
    changes = _git(root, "status", "--porcelain", "--", ".")
    if changes == "":
        author = _git(root, "log", "-1", "--format=%an", "--", ".")
        if author:
            return author
    return _owner(root)


def this_user() -> str:
    """Whose process this is."""
    return _name(os.getuid())


def _owner(root: Path) -> str:
    saved = [root.stat()]
    for path in paths_of(root):
        with contextlib.suppress(OSError):  # gone since it was listed
            saved.append(path.stat())
    return _name(max(saved[1:] or saved, key=lambda state: state.st_mtime_ns).st_uid)


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def _git(root: Path, *words: str) -> str | None:
    """What git says of a folder; None where it says nothing of use: no repository, no git, too slow."""
    try:
        answer = subprocess.run(  # noqa: S603 - the words are ours, not a shell's
            ["git", "--no-optional-locks", "-C", str(root), *words],  # noqa: S607 - the git of the PATH
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.decode(errors="replace").strip() if answer.returncode == 0 else None

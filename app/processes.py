"""What runs on this machine below a process of ours: found, named and ended from outside, as an operator would."""

import os
import signal
from pathlib import Path


def descendants(pid: int) -> list[int]:
    """The ids of a process's children, their children, and so on."""
    found = [pid]
    parents = {child: parent for child, (parent, _) in _processes().items()}
    for parent in found:
        found += [child for child, own in parents.items() if own == parent]
    return found[1:]


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not waited for does not."""
    return _processes().get(pid, (0, "Z"))[1] != "Z"


def command(pid: int) -> str:
    """The words a process was started with; empty where it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def engines_of(pid: int) -> list[int]:
    """The dialogue engines that a running 1call has started."""
    return [child for child in descendants(pid) if " rasa run " in command(child)]


def send(pid: int, sign: signal.Signals) -> None:
    """Send a signal; a process that is gone already is no error."""
    try:
        os.kill(pid, sign)
    except ProcessLookupError:
        return


def _processes() -> dict[int, tuple[int, str]]:
    """Parent and state of every process by its id."""
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:  # gone meanwhile
            continue
        found[int(folder.name)] = (int(parent), state)
    return found

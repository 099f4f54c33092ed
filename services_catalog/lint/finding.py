"""What lint finds."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Severity(StrEnum):
    """An error is refused, a warning wants mending, an info is for the maintainer to judge."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Finding:
    """One thing found: its stable code (explained in `codes.yml`), where it is, what is wrong and how to mend it."""

    code: str
    severity: Severity
    path: Path
    line: int
    what: str
    remedy: str


@dataclass(frozen=True)
class Spot:
    """What a concern reports: the entry of a file, before its line has been looked up."""

    code: str
    path: Path
    at: tuple[str | int, ...]
    what: str

"""What the desk says to those who work at it, from `wording.yml` here and in its rooms.

What stands on a page is in its template.
"""

from functools import lru_cache
from pathlib import Path

import yaml

_HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def _sentences() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(_HERE.rglob("*wording.yml")):
        sentences: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
        if twice := found.keys() & sentences.keys():
            raise ValueError(f"{path.name}: {'、'.join(sorted(twice))} 写了两次")
        found |= sentences
    return found


def said(name: str, /, **values: str | int) -> str:
    """The sentence `name` with its {placeholders} filled."""
    return _sentences()[name].format(**values)


def said_if_known(name: str) -> str | None:
    """The sentence `name`, which has no placeholders; None where there is none."""
    return _sentences().get(name)


def all_said(prefix: str) -> dict[str, str]:
    """Every sentence whose name begins so, by the rest of its name."""
    return {name.removeprefix(prefix): told for name, told in _sentences().items() if name.startswith(prefix)}

"""Fixed phrases, from Rasa's response files, so that staff change a sentence without touching code."""

from functools import lru_cache
from pathlib import Path

import yaml

RESPONSES_DIR = Path(__file__).resolve().parents[2] / "domain" / "responses"


@lru_cache(maxsize=1)
def phrases() -> dict[str, str]:
    """Every phrase by name. Raises ValueError when one is defined twice or has no text."""
    found: dict[str, str] = {}
    for path in sorted(RESPONSES_DIR.glob("*.yml")):
        responses = yaml.safe_load(path.read_text(encoding="utf-8"))["responses"]
        for name, variants in responses.items():
            if name in found:
                raise ValueError(f"{path.name}: {name} 写了两次")
            if len(variants) != 1 or not variants[0].get("text"):
                raise ValueError(f"{path.name}: {name} 应当正好有一句 text")
            found[name] = variants[0]["text"].strip()
    return found


def phrase(name: str, **values: str | int) -> str:
    """The phrase `name` with its {placeholders} filled."""
    return phrases()[name].format(**values)

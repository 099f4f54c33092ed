"""Which items simulated residents of every kind came through with, kept beside the catalogue.

It is kept for the item as it then was: when an item changes in what residents are told or asked, nothing is known of
it until it is tried again.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import BaseModel, ValidationError

from services_catalog.loader import CATALOG_DIR
from services_catalog.schema import Item
from services_catalog.versions import replace_file

FILE = "scenarios.json"
_NOT_TALKED_OF = {"last_reviewed", "source", "confidence", "eligibility"}


class _Kept(BaseModel):
    """By item id, what the item was like, and whether everybody came through."""

    items: dict[str, tuple[str, bool]] = {}


def scenarios(items: Iterable[Item], root: Path = CATALOG_DIR) -> Mapping[str, bool]:
    """By item id, whether every simulated resident came through; without items never tried, or changed since.

    A file that cannot be read tells nothing of any item.
    """
    kept = _read(root / FILE).items
    known = ((item.id, kept[item.id]) for item in items if item.id in kept and kept[item.id][0] == _likeness(item))
    return {item_id: came_through for item_id, (_, came_through) in known}


def keep_scenarios(outcomes: Mapping[str, bool], items: Mapping[str, Item], root: Path = CATALOG_DIR) -> None:
    """Keep, for items that every kind of simulated resident tried, whether all came through.

    What is known of other items stays. The file is replaced in one step.
    """
    kept = dict(_read(root / FILE).items)
    kept.update({item_id: (_likeness(items[item_id]), passed) for item_id, passed in outcomes.items()})
    lines = ",\n".join(f'  "{item_id}": {json.dumps(kept[item_id])}' for item_id in sorted(kept))
    replace_file(root / FILE, f'{{"items": {{\n{lines}\n}}}}\n'.encode())


def _read(path: Path) -> _Kept:
    try:
        return _Kept.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return _Kept()


def _likeness(item: Item) -> str:
    """A hash of all that a conversation about the item rests on, which a comment in its file leaves as it is."""
    content = item.model_dump_json(exclude=_NOT_TALKED_OF, exclude_unset=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]

"""The guide 办事指南: an item as told to residents, from the templates beside the catalogue."""

from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services_catalog.loader import Catalog
from services_catalog.schema import Item

TEMPLATES_DIR = Path(__file__).parent / "templates"


class Topic(StrEnum):
    """What can be told of an item; each has a template of its name."""

    OVERVIEW = "overview"
    CONDITIONS = "conditions"
    MATERIALS = "materials"
    TIME = "time"
    FEE = "fee"
    PLACE = "place"
    HOW = "how"
    LEGAL = "legal"
    KIOSK = "kiosk"
    IDENTITY = "identity"
    QUESTIONS = "questions"
    TOLD_AT_ONCE = "told_at_once"


def tell(catalog: Catalog, item: Item, topic: Topic, *, office_hours: str, proxy: bool = True) -> str:
    """What the catalogue says of `item` on `topic`; what it does not have is said to be unknown."""
    template = _templates().get_template(f"{topic.value}.j2")
    window = catalog.windows[item.window]
    return template.render(item=item, window=window, office_hours=office_hours, proxy=proxy).strip()


def named(item: Item) -> str:
    """The item as people call it, with its official name once, in brackets."""
    return item.call_it if item.call_it == item.name else f"{item.call_it}（{item.name}）"


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(  # noqa: S701 - plain text for a chat, not HTML
        loader=FileSystemLoader(TEMPLATES_DIR),
        undefined=StrictUndefined,
    )

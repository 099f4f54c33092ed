"""Examples of people whom an item's eligibility rule judges otherwise than the example says."""

from collections.abc import Iterator

from services_catalog.eligibility.examples import mismatch
from services_catalog.lint.finding import Spot
from services_catalog.lint.library import Library


def check(library: Library) -> Iterator[Spot]:
    """Every example that its item's rule contradicts; an item that cannot be read has a finding of its own."""
    items = {item.id: item for _, item in library.items}
    unread = {error.path.stem for error in library.reading.errors}
    for example in library.examples:
        if example.item_id in unread:
            continue
        wrong = mismatch(example, items)
        if wrong is not None:
            yield Spot("E902", example.path, ("examples", example.number), wrong)

"""Names: two items that are called the same, and items that are mistaken for each other."""

from collections import defaultdict
from collections.abc import Iterator

from services_catalog.lint.finding import Spot
from services_catalog.lint.library import Library
from services_catalog.lint.text import At, folded
from services_catalog.schema import Item


def check(library: Library) -> Iterator[Spot]:
    """Names that two items share, confusable items told on one side only, an item confusable with itself."""
    yield from _shared(library)
    yield from _one_sided(library)


def _shared(library: Library) -> Iterator[Spot]:
    by_name: dict[str, dict[str, tuple[At, str]]] = defaultdict(dict)
    items = {item.id: item for _, item in library.items}
    for item in items.values():
        for at, name in _names(item):
            by_name[folded(name)].setdefault(item.id, (at, name))
    official: dict[str, str] = {}
    for path, item in library.items:
        other = official.setdefault(folded(item.name), item.id)
        if other != item.id:
            yield Spot("N303", path, ("name",), f"正式名称“{item.name}”和 {other} 一样")
    for owners in by_name.values():
        for item_id, (at, name) in owners.items():
            told = {other.item for other in items[item_id].confusable_with}
            strangers = sorted(set(owners) - told - {item_id})
            if strangers and at != ("name",):
                yield Spot("N301", library.paths[item_id], at, f"“{name}”也是 {'、'.join(strangers)} 的叫法")


def _names(item: Item) -> Iterator[tuple[At, str]]:
    yield ("name",), item.name
    yield ("call_it",), item.call_it
    for number, name in enumerate(item.spoken_names):
        yield ("spoken_names", number), name


def _one_sided(library: Library) -> Iterator[Spot]:
    told = {item.id: [other.item for other in item.confusable_with] for _, item in library.items}
    for path, item in library.items:
        for number, other in enumerate(told[item.id]):
            if other == item.id or other in told[item.id][:number]:
                yield Spot("N304", path, ("confusable_with", number), f"{other} 是事项自己，或者写了两次")
            elif other in told and item.id not in told[other]:
                what = f"{other} 那边没有写容易和 {item.id} 弄混"
                yield Spot("N302", path, ("confusable_with", number), what)

"""Finds items by what people type into a search box: names, spoken names and summaries; no training, no guessing."""

import unicodedata
from collections.abc import Mapping

from services_catalog.loader import Catalog
from services_catalog.schema import Item

MAX_CHARS = 60
"""More of a search is not read."""
CLOSE = 0.5
"""The share of a search's pairs of characters that an item has to have where nothing has all of it."""


def search(catalog: Catalog, text: str) -> list[Item]:
    """The items that say every word of `text`, best first; where there is none, those that share most of it.

    All items, in their own order, for a text without words.
    """
    words = folded(text[:MAX_CHARS]).split()
    said = {item.id: words_of(item) for item in catalog.items.values()}
    if not words:
        return list(catalog.items.values())
    exact = [item for item in catalog.items.values() if all(word in said[item.id] for word in words)]
    if exact:
        return sorted(exact, key=lambda item: _distance(item, words))
    return _close(catalog, words, said)


def words_of(item: Item) -> str:
    """All that a search looks at, in one folded text."""
    return folded(" ".join([item.call_it, item.name, *item.spoken_names, item.summary]))


def folded(text: str) -> str:
    """A text without the differences of width and case that nobody means."""
    return unicodedata.normalize("NFKC", text).casefold()


def _distance(item: Item, words: list[str]) -> tuple[int, int]:
    """How far from its names an item was found: in the first ones, in another, or only in the summary."""
    first = folded(f"{item.call_it} {item.name}")
    names = folded(" ".join(item.spoken_names))
    return max(0 if word in first else 1 if word in names else 2 for word in words), len(item.call_it)


def _close(catalog: Catalog, words: list[str], said: Mapping[str, str]) -> list[Item]:
    pairs = {word[n : n + 2] for word in words for n in range(len(word) - 1)}
    shares = {item: sum(pair in text for pair in pairs) / len(pairs) for item, text in said.items()} if pairs else {}
    found = sorted((-share, item) for item, share in shares.items() if share >= CLOSE)
    return [catalog.items[item] for _, item in found]

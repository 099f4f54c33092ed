"""Finds item names in a message: as they are written, as they sound, or with a typing error."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process

from bot.engine.components.catalogue import IndexedItem
from bot.engine.components.features import sound
from bot.engine.components.text import normalise

SHORTEST = 2
"""A name of one character would occur everywhere."""

FUZZY_UP_TO = 10
"""Characters. A longer message is a sentence, in which a near-name means nothing."""

FUZZY_FROM = 74.0
"""rapidfuzz ratio, 0 to 100, at which a short message counts as a mistyped name."""


class Names:
    """Official and spoken names of all items, for lookup inside a text."""

    def __init__(self, items: Iterable[IndexedItem]) -> None:
        self._written: dict[str, list[str]] = {}
        self._sounding: dict[str, list[str]] = {}
        for item in items:
            for name in {normalise(name) for name in item.names}:
                if len(name) >= SHORTEST:
                    self._written.setdefault(name, []).append(item.id)
                    self._sounding.setdefault(_sounds(name), []).append(item.id)
        self._lengths = sorted({len(name) for name in self._written}, reverse=True)
        self._all = list(self._written)

    def literal(self, text: str) -> list[str]:
        """Ids of the items named in `text`, in order of mention.

        A name inside a longer matched name does not count: 残疾证丢了 names the lost certificate only.
        """
        characters = normalise(text)
        return self._found(characters, [characters[i : i + 1] for i in range(len(characters))], self._written, "")

    def alike(self, text: str) -> list[str]:
        """Ids of the items whose name sounds like a part of `text`, or that a short `text` mistypes."""
        characters = normalise(text)
        heard = self._found(characters, [sound(character) for character in characters], self._sounding, " ")
        if heard or len(characters) > FUZZY_UP_TO:
            return heard
        near = process.extract(characters, self._all, scorer=fuzz.ratio, score_cutoff=FUZZY_FROM, limit=3)
        return list(dict.fromkeys(item for name, _, _ in near for item in self._written[name]))

    def _found(self, text: str, units: list[str], table: dict[str, list[str]], glue: str) -> list[str]:
        taken: list[tuple[int, int]] = []
        found: list[tuple[int, list[str]]] = []
        for length in self._lengths:
            for start in range(len(text) - length + 1):
                end = start + length
                if any(start >= left and end <= right for left, right in taken):
                    continue
                ids = table.get(glue.join(units[start:end]))
                if ids is not None:
                    taken.append((start, end))
                    found.append((start, ids))
        return list(dict.fromkeys(item for _, ids in sorted(found) for item in ids))


def _sounds(name: str) -> str:
    return " ".join(sound(character) for character in name)

"""Everything the concerns look at, read once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from services_catalog.eligibility.examples import Example, example_files, examples_in
from services_catalog.index import Utterances, utterances_in
from services_catalog.loader import Reading, read_catalog
from services_catalog.schema import Item
from services_catalog.yaml_source import CatalogError


@dataclass(frozen=True)
class Library:
    """A catalogue as far as it can be read, what residents say by file, examples of people, and the day of looking."""

    root: Path
    reading: Reading
    utterances: Mapping[Path, Utterances]
    examples: tuple[Example, ...]
    unreadable: tuple[CatalogError, ...]
    """Files of utterances and of examples that cannot be used."""
    today: date

    @property
    def items(self) -> Iterator[tuple[Path, Item]]:
        """The items that could be read, with their files."""
        return iter(self.reading.items.items())

    @cached_property
    def paths(self) -> Mapping[str, Path]:
        """The file of an item by the item's id."""
        return {item.id: path for path, item in self.reading.items.items()}


def open_library(root: Path, today: date) -> Library:
    """Read the whole catalogue below `root`, broken files too; raises nothing for what is wrong in them."""
    said: dict[Path, Utterances] = {}
    broken: list[CatalogError] = []
    for path in sorted((root / "utterances").glob("*/*.yml")):
        try:
            said[path] = utterances_in(path)
        except CatalogError as error:
            broken.append(error)
    examples: list[Example] = []
    for path in example_files(root):
        try:
            examples += examples_in(path)
        except CatalogError as error:
            broken.append(error)
    return Library(root, read_catalog(root), said, tuple(examples), tuple(broken), today)

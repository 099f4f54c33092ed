"""What is served: one state of the catalogue at a time, swapped whole, and the items as earlier cases began with them.

`Good` is a state of the files that may be served. `Published` holds the one that is.
"""

import asyncio
import tempfile
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from records.database import Sessions
from services_catalog import versions
from services_catalog.index import index_of
from services_catalog.loader import CATALOG_DIR, Catalog, CatalogErrors, load_catalog, read_catalog
from services_catalog.schema import FormField, Item
from services_catalog.versions import Files
from services_catalog.yaml_source import CatalogError

REMEMBERED = 512
"""How many items of earlier versions are kept in memory: those of the drafts that residents work on now."""

Began = tuple[int, str]
"""What a case began with: the version, and the item."""


class StillChanging(Exception):
    """The files changed while they were read; once they are still, they are read again."""


@dataclass(frozen=True)
class Good:
    """A state of the files that may be served: what is kept, what is talked from, what the item finder reads."""

    files: Files
    named: str
    catalog: Catalog
    index: bytes


def read_good(root: Path = CATALOG_DIR) -> Good:
    """The files below `root`, read together. Raises CatalogErrors with every fault, and StillChanging."""
    try:
        files = versions.read_files(root)
        catalog = load_catalog(root)
        index = index_of(catalog, root)
        if versions.read_files(root) != files:
            raise StillChanging
    except CatalogError as error:
        raise CatalogErrors([error]) from error
    return Good(files, versions.content_hash(files), catalog, index)


def good_of(files: Files) -> Good:
    """What `read_good` gives for files that are kept. Raises CatalogErrors where this program reads them no more."""
    with tempfile.TemporaryDirectory(prefix="onecall-catalogue-") as folder:
        versions.write_files(Path(folder), files)
        return read_good(Path(folder))


@dataclass(frozen=True)
class Served:
    """A catalogue, and the version it is kept as; None where nothing is kept."""

    catalog: Catalog
    version: int | None = None


@dataclass(frozen=True)
class _Earlier:
    """An item of an earlier version, and what was asked of proxies then."""

    item: Item
    proxy_fields: tuple[FormField, ...]


class Published:
    """The catalogue that is served.

    `sessions` is where earlier versions are read from; without it, every case is read by the present catalogue.
    """

    def __init__(self, catalog: Catalog, version: int | None = None, sessions: Sessions | None = None) -> None:
        self.served = Served(catalog, version)
        self._sessions = sessions
        self._earlier: OrderedDict[Began, _Earlier | None] = OrderedDict()

    def current(self) -> Catalog:
        """The catalogue as it is served now."""
        return self.served.catalog

    def serve(self, catalog: Catalog, version: int) -> None:
        """From now on, this one."""
        self.served = Served(catalog, version)

    async def as_begun(self, began: Iterable[Began], present: Served) -> Mapping[Began, Catalog]:
        """For each of these, the present catalogue with that item, and what is asked of proxies, as they were then.

        What cannot be told, because the version is not known, did not have the item, or is not read by this program
        any more, is left out, and so is an item that is not offered any more. Where a case goes (window, department)
        is for the present hall to say.
        """
        wanted = {each for each in began if each[0] != present.version}
        known = {each: self._earlier[each] for each in wanted & self._earlier.keys()}
        missing = wanted - known.keys()
        for number in {each[0] for each in missing}:
            known |= await self._read(number, {item_id for of, item_id in missing if of == number})
        self._remember(known)
        return {
            each: _with(present.catalog, now, then)
            for each, then in known.items()
            if then is not None and (now := present.catalog.items.get(each[1])) is not None
        }

    async def _read(self, version: int, item_ids: Collection[str]) -> dict[Began, _Earlier | None]:
        files: Files | None = None
        if self._sessions is not None:
            async with self._sessions() as session:
                files = await versions.files_of(session, version)
        read = {} if files is None else await asyncio.to_thread(_items_of, files, item_ids)
        return {(version, item_id): read.get(item_id) for item_id in item_ids}

    def _remember(self, known: Mapping[Began, _Earlier | None]) -> None:
        for each, earlier in known.items():
            self._earlier[each] = earlier
            self._earlier.move_to_end(each)
        while len(self._earlier) > REMEMBERED:
            self._earlier.popitem(last=False)


def _items_of(files: Files, item_ids: Collection[str]) -> dict[str, _Earlier]:
    """Some items of a version, without reading the others."""
    needed = {
        name: text
        for name, text in files.items()
        if not name.startswith(("items/", "utterances/")) or (name.startswith("items/") and Path(name).stem in item_ids)
    }
    with tempfile.TemporaryDirectory(prefix="onecall-catalogue-") as folder:
        versions.write_files(Path(folder), needed)
        reading = read_catalog(Path(folder))
    return {item.id: _Earlier(item, reading.proxy_fields) for item in reading.items.values()}


def _with(present: Catalog, now: Item, then: _Earlier) -> Catalog:
    item = then.item.model_copy(update={"window": now.window, "department": now.department})
    return replace(present, items=MappingProxyType({**present.items, item.id: item}), proxy_fields=then.proxy_fields)

"""The catalogue as tables: one row an item, and a sheet for each list of an item's entries."""

from pathlib import Path
from typing import Any

from services_catalog.editing.columns import Column, Kind, item_columns, plain, sheets, value_at, written
from services_catalog.editing.table_files import Tables
from services_catalog.loader import CATALOG_DIR, load_catalog
from services_catalog.yaml_source import read_mapping

ITEMS = "事项"
OWNER = "事项"
"""The column of the other sheets that names a row's item."""
FIRST_ROW = 3
"""Below the keys and what they mean; counted from 1, as spreadsheets do."""


def titles() -> list[str]:
    """The names of the tables, that of the items first."""
    return [ITEMS, *(title for title, _ in sheets().values())]


def exported(root: Path = CATALOG_DIR) -> Tables:
    """The catalogue below `root` as tables. Raises CatalogErrors where it does not load."""
    load_catalog(root)
    items = raw_items(root)
    tables: Tables = {ITEMS: [*_heads(item_columns()), *(cells(raw, item_columns()) for raw in items.values())]}
    for key, (title, columns) in sheets().items():
        rows = [[item, *cells(each, columns)] for item, raw in items.items() for each in raw.get(key) or []]
        names, meanings = _heads(columns)
        tables[title] = [[OWNER, *names], ["属于哪个事项", *meanings], *rows]
    return tables


def raw_items(root: Path) -> dict[str, dict[str, Any]]:
    """What each item's file says, by the item's id, before shared fields are filled in. Raises CatalogError."""
    return {path.stem: read_mapping(path) for path in sorted((root / "items").glob("*/*.yml"))}


def _heads(columns: tuple[Column, ...]) -> list[list[str]]:
    return [[column.name for column in columns], [column.told for column in columns]]


def cells(raw: dict[str, Any], columns: tuple[Column, ...]) -> list[str]:
    """A row of an entry."""
    return [cell(raw, column) for column in columns]


def cell(raw: dict[str, Any], column: Column) -> str:
    """What stands in a column for an entry; blank where the entry says nothing there."""
    there, value = value_at(raw, column.path)
    kind = column.kind if isinstance(value, list) or column.kind is not Kind.LINES else Kind.YAML
    return plain(written(value, kind)) if there else ""

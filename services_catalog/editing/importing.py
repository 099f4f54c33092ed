"""Tables back into the catalogue's files, without touching what did not change; with a finding nothing changes."""

import copy
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter
from pydantic import ValidationError

from services_catalog.editing.columns import Column, WrongCell, item_columns, read, sheets, value_at
from services_catalog.editing.new import written_item
from services_catalog.editing.sheet import FIRST_ROW, ITEMS, OWNER, cell, cells, raw_items
from services_catalog.editing.table_files import Table, TableFault, Tables
from services_catalog.editing.yaml_edit import EditFailed, aligned, edited
from services_catalog.loader import CATALOG_DIR, CatalogErrors, expanded, load_catalog, reason_of
from services_catalog.schema import Item
from services_catalog.versions import replace_file
from services_catalog.yaml_source import read_mapping


@dataclass(frozen=True)
class WrongEntry:
    """What is wrong in a table, and where: by sheet, row from 1, and column."""

    sheet: str
    row: int
    column: str
    reason: str

    def __str__(self) -> str:
        where = f"第{self.row}行" + (f"，{self.column}" if self.column else "")
        return f"“{self.sheet}”{where}：{self.reason}"


@dataclass(frozen=True)
class Imported:
    """What tables change: the new text of each changed file, or what is wrong with them."""

    texts: Mapping[Path, str]
    findings: tuple[WrongEntry, ...]


def imported(tables: Tables, root: Path = CATALOG_DIR) -> Imported:
    """What `tables` would make of the catalogue below `root`, checked as a whole; writes nothing.

    An item that the tables do not name stays as it is. Raises TableFault without a table of items.
    """
    return _Import(tables, root).run()


def write(result: Imported) -> None:
    """Write the changed files, each in one step. Raises TableFault where there are findings."""
    if result.findings:
        raise TableFault("表格里还有错，什么都没有改")
    for path, text in result.texts.items():
        replace_file(path, text.encode())


@dataclass
class _Sheet:
    """A table with its columns found."""

    title: str
    table: Table
    columns: list[Column | None] = field(default_factory=list)
    owner: int | None = None

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The rows that say something, by their number; each as wide as the head."""
        width = len(self.columns)
        for number, row in enumerate(self.table[FIRST_ROW - 1 :], start=FIRST_ROW):
            if any(each.strip() for each in row):
                yield number, (row + [""] * width)[:width]


class _Import:
    def __init__(self, tables: Tables, root: Path) -> None:
        if ITEMS not in tables:
            raise TableFault(f"没有“{ITEMS}”这张表")
        self._tables, self._root = tables, root
        self._shared = read_mapping(root / "fields.yml").get("shared", {})
        self._old = raw_items(root)
        self._findings: list[WrongEntry] = []
        self._sheets: dict[str, _Sheet] = {}
        self._row_of: dict[tuple[str, str], list[int]] = {}

    def run(self) -> Imported:
        main = self._sheet(ITEMS, item_columns(), owned=False)
        wanted: dict[str, dict[str, Any]] = {}
        position = next((n for n, column in enumerate(main.columns) if column and column.name == "id"), None)
        if position is None:
            raise TableFault(f"“{ITEMS}”第1行里没有 id 这一列")
        for number, row in main.rows():
            item = row[position].strip()
            if not item or item in wanted:
                self._find(ITEMS, number, main, position, "每行要有 id" if not item else f"{item} 写了两行")
                continue
            self._row_of[ITEMS, item] = [number]
            wanted[item] = self._changed(self._old.get(item, {}), main, number, row)
        for key, (title, columns) in sheets().items():
            if title in self._tables:
                self._fill(key, self._sheet(title, columns, owned=True), wanted)
        for item, raw in wanted.items():
            self._check(item, raw)
        texts = {} if self._findings else self._texts(wanted)
        if texts and not self._findings:
            self._check_together(texts)
        return Imported({} if self._findings else texts, tuple(self._findings))

    def _sheet(self, title: str, columns: tuple[Column, ...], *, owned: bool) -> _Sheet:
        table = self._tables[title]
        sheet = self._sheets[title] = _Sheet(title, table)
        by_name = {column.name: column for column in columns}
        for position, head in enumerate(table[0] if table else []):
            name = head.strip()
            if owned and name == OWNER and sheet.owner is None:
                sheet.owner = position
                sheet.columns.append(None)
                continue
            sheet.columns.append(by_name.get(name))
            if name and name not in by_name:
                self._findings.append(
                    WrongEntry(title, 1, f"{get_column_letter(position + 1)} 列", f"不认识“{name}”这一列")
                )
        if owned and sheet.owner is None:
            raise TableFault(f"“{title}”第1行里没有“{OWNER}”这一列")
        return sheet

    def _fill(self, key: str, sheet: _Sheet, wanted: dict[str, dict[str, Any]]) -> None:
        """Set the list `key` of every wanted item from the rows of its sheet."""
        assert sheet.owner is not None
        rows: dict[str, list[tuple[int, list[str]]]] = {}
        for number, row in sheet.rows():
            item = row[sheet.owner].strip()
            if item in wanted:
                rows.setdefault(item, []).append((number, row))
            else:
                self._find(sheet.title, number, sheet, sheet.owner, f"“{ITEMS}”表里没有 {item or '这一行的事项'}")
        present = tuple(column for column in sheet.columns if column is not None)
        for item, raw in wanted.items():
            given = rows.get(item, [])
            self._row_of[sheet.title, item] = [number for number, _ in given]
            old = list(self._old.get(item, {}).get(key) or [])
            before = [cells(each, present) for each in old]
            after = [[row[n] for n, column in enumerate(sheet.columns) if column is not None] for _, row in given]
            if before == after:
                if not after and Item.model_fields[key].is_required():
                    raw.setdefault(key, [])
                continue
            entries = []
            for was, now in aligned(before, after):
                if now is not None:
                    number, row = given[now]
                    entries.append(self._changed({} if was is None else old[was], sheet, number, row))
            if entries or Item.model_fields[key].is_required():
                raw[key] = entries
            else:
                raw.pop(key, None)

    def _changed(self, old: dict[str, Any], sheet: _Sheet, number: int, row: list[str]) -> dict[str, Any]:
        """An entry with the cells of a row; where a cell stands as it was exported, its value is not touched."""
        new = copy.deepcopy(old)
        for position, column in enumerate(sheet.columns):
            if column is None or row[position] == cell(old, column):
                continue
            try:
                if row[position].strip():
                    _put(new, column.path, read(row[position], column.kind))
                else:
                    _take(new, column)
            except WrongCell as error:
                self._find(sheet.title, number, sheet, position, str(error))
        for column in sheet.columns:
            for outer in column.outer if column else ():
                if not value_at(new, outer)[0]:
                    _put(new, outer, {})
        return new

    def _check(self, item: str, raw: dict[str, Any]) -> None:
        """What the schema says of an item, told by sheet, row and column."""
        fields = raw.get("fields", [])
        unknown = [n for n, each in enumerate(fields) if "use" in each and each["use"] not in self._shared]
        for n in unknown:
            self._tell(item, ("fields", n, "use"), f"fields.yml 里没有共用字段 {fields[n]['use']}")
        if unknown:
            return
        if item in self._old and raw.get("department") != self._old[item].get("department"):
            self._tell(item, ("department",), "换部门组要把文件移到别的文件夹，不能在表格里改")
        try:
            Item.model_validate({**raw, "fields": [expanded(each, self._shared) for each in fields]})
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_input=False):
                self._tell(item, detail["loc"], reason_of(detail))

    def _tell(self, item: str, location: tuple[str | int, ...], reason: str) -> None:
        """A finding in an item, told where its row and column are."""
        title, columns, steps, row = ITEMS, item_columns(), location, self._row_of[ITEMS, item][0]
        if location and location[0] in sheets():
            listed, of_list = sheets()[str(location[0])]
            numbers = self._row_of.get((listed, item), [])
            if len(location) > 1 and isinstance(location[1], int) and location[1] < len(numbers):
                title, columns, steps, row = listed, of_list, location[2:], numbers[location[1]]
        named = tuple(str(step) for step in steps if isinstance(step, str))
        column = next((each for each in columns if named and each.path == named[: len(each.path)]), None)
        sheet = self._sheets[title]
        if column is not None and column in sheet.columns:
            self._find(title, row, sheet, sheet.columns.index(column), reason)
        else:
            self._findings.append(WrongEntry(title, row, ".".join(named), reason))

    def _find(self, title: str, number: int, sheet: _Sheet, position: int, reason: str) -> None:
        head = sheet.table[0][position].strip()
        self._findings.append(WrongEntry(title, number, f"{get_column_letter(position + 1)} 列（{head}）", reason))

    def _texts(self, wanted: dict[str, dict[str, Any]]) -> dict[Path, str]:
        texts = {}
        for item, raw in wanted.items():
            path = self._root / "items" / str(raw["department"]) / f"{item}.yml"
            if item not in self._old:
                texts[path] = written_item(raw, path, self._root)
                continue
            before = path.read_text(encoding="utf-8")
            try:
                after = edited(before, raw)
            except EditFailed as error:
                self._tell(item, (), str(error))
                continue
            if after != before:
                texts[path] = after
        return texts

    def _check_together(self, texts: Mapping[Path, str]) -> None:
        """What only the whole catalogue can tell, such as a confusable item that is not there."""
        with tempfile.TemporaryDirectory(prefix="onecall-import-") as folder:
            trial = Path(folder) / "catalogue"
            shutil.copytree(self._root / "items", trial / "items")
            for name in ("departments.yml", "windows.yml", "fields.yml"):
                shutil.copy(self._root / name, trial / name)
            for path, text in texts.items():
                target = trial / path.relative_to(self._root)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
            try:
                load_catalog(trial)
            except CatalogErrors as errors:
                for error in errors.findings:
                    row = self._row_of.get((ITEMS, error.path.stem), [0])[0]
                    self._findings.append(WrongEntry(ITEMS, row, error.path.stem, error.reason))


def _put(raw: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        inner = raw.get(step)
        raw[step] = inner if isinstance(inner, dict) else {}
        raw = raw[step]
    raw[path[-1]] = value


def _take(raw: dict[str, Any], column: Column) -> None:
    """Take a value out, and the mappings around it that would be left empty and need not be there."""
    path = column.path
    while path:
        there, around = value_at(raw, path[:-1])
        if there and isinstance(around, dict):
            around.pop(path[-1], None)
        path = path[:-1]
        if not path or path in column.outer or value_at(raw, path)[1]:
            return

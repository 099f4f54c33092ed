"""Reads the catalogue's files into one immutable `Catalog`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from services_catalog.schema import Department, FormField, Item, Window
from services_catalog.yaml_source import CatalogError, line_of, read_mapping

CATALOG_DIR = Path(__file__).parent

Model = TypeVar("Model", bound=BaseModel)
Result = TypeVar("Result")

_REASONS = {
    "missing": "缺少这一项",
    "extra_forbidden": "不认识这个键",
    "string_type": "应当是文字",
    "string_too_short": "不能为空",
    "list_type": "应当是列表",
    "too_short": "至少要有一条",
    "bool_parsing": "应当是 true 或 false",
    "int_parsing": "应当是整数",
    "date_from_datetime_parsing": "应当是日期，例如 2026-11-22",
}


@dataclass(frozen=True)
class Catalog:
    """All items, departments and windows, and the questions asked of a proxy."""

    items: Mapping[str, Item]
    departments: Mapping[str, Department]
    windows: Mapping[str, Window]
    proxy_fields: tuple[FormField, ...]

    @cached_property
    def restricted(self) -> frozenset[str]:
        """The departments whose conversations and cases only clerks of theirs may take."""
        return frozenset(each.id for each in self.departments.values() if each.restricted)


def load_catalog(root: Path = CATALOG_DIR) -> Catalog:
    """Read every file below `root`.

    Raises CatalogErrors with every finding, each naming file, line and reason, when any file breaks the schema.
    """
    errors: list[CatalogError] = []
    departments = {d.id: d for d in _read_list(root / "departments.yml", "departments", Department, errors)}
    windows = {w.id: w for w in _read_list(root / "windows.yml", "windows", Window, errors)}
    proxy_fields = tuple(_read_list(root / "fields.yml", "proxy", FormField, errors))
    shared: dict[str, Any] = _collect(lambda: _read_shared(root / "fields.yml"), errors) or {}
    items: dict[str, Item] = {}
    for path in sorted((root / "items").glob("*/*.yml")):
        item = _collect(lambda path=path: read_item(path, shared), errors)  # type: ignore[misc]
        if item is None:
            continue
        errors.extend(_misplaced(path, item, departments, windows))
        items[item.id] = item
    for item in items.values():
        for number, other in enumerate(item.confusable_with):
            if other.item not in items and not errors:
                path = root / "items" / item.department / f"{item.id}.yml"
                line = line_of(path, ("confusable_with", number))
                errors.append(CatalogError(path, line, f"没有 {other.item} 这个事项"))
    if errors:
        raise CatalogErrors(errors)
    return Catalog(MappingProxyType(items), MappingProxyType(departments), MappingProxyType(windows), proxy_fields)


class CatalogErrors(Exception):
    """Everything found wrong with the catalogue, one finding a line."""

    def __init__(self, findings: list[CatalogError]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


def read_item(path: Path, shared: Mapping[str, Any]) -> Item:
    """One item file, its `use:` fields filled from the shared definitions. Raises CatalogError."""
    data = read_mapping(path)
    fields = data.get("fields")
    if isinstance(fields, list):
        data["fields"] = [_expanded(path, number, field, shared) for number, field in enumerate(fields)]
    return _parsed(path, data, Item)


def _expanded(path: Path, number: int, field: Any, shared: Mapping[str, Any]) -> Any:
    if not isinstance(field, dict) or "use" not in field:
        return field
    name = field["use"]
    if not isinstance(name, str) or name not in shared:
        raise CatalogError(path, line_of(path, ("fields", number)), f"fields.yml 里没有共用字段 {name}")
    return {"key": name, **shared[name], **{key: value for key, value in field.items() if key != "use"}}


def _parsed(path: Path, data: Any, model: type[Model], at: tuple[str | int, ...] = ()) -> Model:
    try:
        return TypeAdapter(model).validate_python(data)
    except ValidationError as error:
        first = error.errors()[0]
        location = (*at, *first["loc"])
        where = ".".join(str(step) for step in location) or "整个文件"
        reason = _REASONS.get(first["type"], first["msg"].removeprefix("Value error, "))
        raise CatalogError(path, line_of(path, location), f"{where}：{reason}") from error


def _read_list(path: Path, key: str, model: type[Model], errors: list[CatalogError]) -> Iterator[Model]:
    data = _collect(lambda: read_mapping(path), errors)
    if data is None:
        return
    entries = data.get(key)
    if not isinstance(entries, list):
        errors.append(CatalogError(path, line_of(path, (key,)), f"{key}：应当是列表"))
        return
    for number, entry in enumerate(entries):
        parsed = _collect(lambda n=number, e=entry: _parsed(path, e, model, (key, n)), errors)  # type: ignore[misc]
        if parsed is not None:
            yield parsed


def _read_shared(path: Path) -> dict[str, Any]:
    shared = read_mapping(path).get("shared")
    if not isinstance(shared, dict):
        raise CatalogError(path, line_of(path, ("shared",)), "shared：应当是“键: 值”的形式")
    for name, field in shared.items():
        if not isinstance(field, dict):
            raise CatalogError(path, line_of(path, ("shared", name)), f"shared.{name}：应当是“键: 值”的形式")
    return shared


def _collect(read: Callable[[], Result], errors: list[CatalogError]) -> Result | None:
    try:
        return read()
    except CatalogError as error:
        errors.append(error)
        return None


def _misplaced(
    path: Path, item: Item, departments: Mapping[str, Department], windows: Mapping[str, Window]
) -> Iterator[CatalogError]:
    if path.stem != item.id:
        yield CatalogError(path, line_of(path, ("id",)), f"文件名应当与 id 相同：{item.id}.yml")
    if path.parent.name != item.department:
        yield CatalogError(path, line_of(path, ("department",)), f"应当放在 items/{item.department}/ 里")
    if item.department not in departments:
        yield CatalogError(path, line_of(path, ("department",)), f"departments.yml 里没有 {item.department}")
    if item.window not in windows:
        yield CatalogError(path, line_of(path, ("window",)), f"windows.yml 里没有 {item.window}")

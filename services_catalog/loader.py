"""Reads the catalogue's files into one immutable `Catalog`."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from yaml import Node

from services_catalog.schema import Department, FormField, Item, Window
from services_catalog.yaml_source import CatalogError, Fault, composed, line_in, line_of, read_mapping

CATALOG_DIR = Path(__file__).parent

Model = TypeVar("Model", bound=BaseModel)
Result = TypeVar("Result")

_REASONS = {
    "missing": "缺少这一项",
    "extra_forbidden": "不认识这个键",
    "string_type": "应当是文字",
    "string_too_short": "不能为空",
    "string_too_long": "最多 {max_length} 个字",
    "string_pattern_mismatch": "只能用小写英文字母和数字，词与词之间 id 用连字符、key 用下划线",
    "list_type": "应当是列表",
    "dict_type": "应当是“键: 值”的形式",
    "model_type": "应当是“键: 值”的形式",
    "model_attributes_type": "应当是“键: 值”的形式",
    "too_short": "至少要有一条",
    "bool_parsing": "应当是 true 或 false",
    "bool_type": "应当是 true 或 false",
    "int_parsing": "应当是整数",
    "int_type": "应当是整数",
    "int_from_float": "应当是整数",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "enum": "只能写 {expected}",
    "date_type": "应当是日期，例如 2026-11-22",
    "date_parsing": "应当是日期，例如 2026-11-22",
    "date_from_datetime_parsing": "应当是日期，例如 2026-11-22",
    "date_from_datetime_inexact": "应当是日期，例如 2026-11-22",
}

_FAULTS = {
    "missing": Fault.MISSING_KEY,
    "extra_forbidden": Fault.UNKNOWN_KEY,
    "value_error": Fault.CONTRADICTION,
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


@dataclass(frozen=True)
class Reading:
    """Whatever could be read of a catalogue, item files by their path, and everything that could not be."""

    items: Mapping[Path, Item]
    departments: Mapping[str, Department]
    windows: Mapping[str, Window]
    proxy_fields: tuple[FormField, ...]
    shared: Mapping[str, Any]
    errors: tuple[CatalogError, ...]


def load_catalog(root: Path = CATALOG_DIR) -> Catalog:
    """Read every file below `root`.

    Raises CatalogErrors with every finding, each naming file, line and reason, when any file breaks the schema.
    """
    reading = read_catalog(root)
    if reading.errors:
        raise CatalogErrors(reading.errors)
    items = {item.id: item for item in reading.items.values()}
    return Catalog(MappingProxyType(items), reading.departments, reading.windows, reading.proxy_fields)


def read_catalog(root: Path = CATALOG_DIR) -> Reading:
    """Read every file below `root`, as far as it can be read. Raises nothing for what is wrong in a file."""
    errors: list[CatalogError] = []
    departments = {d.id: d for d in _read_list(root / "departments.yml", "departments", Department, errors)}
    windows = {w.id: w for w in _read_list(root / "windows.yml", "windows", Window, errors)}
    proxy_fields = tuple(_read_list(root / "fields.yml", "proxy", FormField, errors))
    shared: dict[str, Any] = _collect(lambda: _read_shared(root / "fields.yml"), errors) or {}
    items: dict[Path, Item] = {}
    paths = sorted((root / "items").glob("*/*.yml"))
    for path in paths:
        item = _collect(lambda path=path: read_item(path, shared), errors)  # type: ignore[misc]
        if item is not None:
            errors.extend(_misplaced(path, item, departments, windows))
            items[path] = item
    errors.extend(_confused_with_nothing(items, {path.stem for path in paths}))
    return Reading(
        MappingProxyType(items),
        MappingProxyType(departments),
        MappingProxyType(windows),
        proxy_fields,
        MappingProxyType(shared),
        tuple(errors),
    )


class CatalogErrors(Exception):
    """Everything found wrong with the catalogue, one finding a line."""

    def __init__(self, findings: Iterable[CatalogError]) -> None:
        self.findings = list(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


def read_item(path: Path, shared: Mapping[str, Any]) -> Item:
    """One item file, its `use:` fields filled from the shared definitions.

    Raises CatalogError where the file cannot be read, and CatalogErrors with all that breaks the schema.
    """
    data = read_mapping(path)
    fields = data.get("fields")
    if isinstance(fields, list):
        unknown = [number for number, field in enumerate(fields) if _uses_nothing(field, shared)]
        if unknown:
            raise CatalogErrors(
                CatalogError(
                    path,
                    line_of(path, ("fields", number)),
                    f"fields.yml 里没有共用字段 {fields[number]['use']}",
                    Fault.NO_SUCH,
                )
                for number in unknown
            )
        data["fields"] = [expanded(field, shared) for field in fields]
    return _parsed(path, data, Item)


def _uses_nothing(field: Any, shared: Mapping[str, Any]) -> bool:
    if not isinstance(field, dict) or "use" not in field:
        return False
    return not isinstance(field["use"], str) or field["use"] not in shared


def expanded(field: Any, shared: Mapping[str, Any]) -> Any:
    """A field of an item, its `use:` filled from the shared definitions, which have it."""
    if not isinstance(field, dict) or "use" not in field:
        return field
    name = field["use"]
    return {"key": name, **shared[name], **{key: value for key, value in field.items() if key != "use"}}


def _parsed(path: Path, data: Any, model: type[Model], at: tuple[str | int, ...] = ()) -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        node = composed(path)
        raise CatalogErrors(
            _broken_rule(path, node, (*at, *detail["loc"]), detail)
            for detail in error.errors(include_url=False, include_input=False)
        ) from error


def _broken_rule(path: Path, node: Node | None, location: tuple[str | int, ...], detail: ErrorDetails) -> CatalogError:
    where = ".".join(str(step) for step in location) or "整个文件"
    fault = _FAULTS.get(detail["type"], Fault.VALUE)
    return CatalogError(path, line_in(node, location), f"{where}：{reason_of(detail)}", fault)


def reason_of(detail: ErrorDetails) -> str:
    """What pydantic found wrong with a value, in Chinese."""
    known = _REASONS.get(detail["type"])
    return known.format_map(detail.get("ctx", {})) if known else detail["msg"].removeprefix("Value error, ")


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
    except CatalogErrors as several:
        errors.extend(several.findings)
    return None


def _confused_with_nothing(items: Mapping[Path, Item], named: set[str]) -> Iterator[CatalogError]:
    """Confusable items that no file holds; a file that is broken still counts as there."""
    known = named | {item.id for item in items.values()}
    for path, item in items.items():
        for number, other in enumerate(item.confusable_with):
            if other.item not in known:
                line = line_of(path, ("confusable_with", number))
                yield CatalogError(path, line, f"没有 {other.item} 这个事项", Fault.NO_SUCH)


def _misplaced(
    path: Path, item: Item, departments: Mapping[str, Department], windows: Mapping[str, Window]
) -> Iterator[CatalogError]:
    """What of the item contradicts the folders; a list that could not be read at all is told once, not by each item."""

    def wrong(key: str, reason: str, fault: Fault) -> CatalogError:
        return CatalogError(path, line_of(path, (key,)), reason, fault)

    if path.stem != item.id:
        yield wrong("id", f"文件名应当与 id 相同：{item.id}.yml", Fault.MISPLACED)
    if path.parent.name != item.department:
        yield wrong("department", f"应当放在 items/{item.department}/ 里", Fault.MISPLACED)
    if departments and item.department not in departments:
        yield wrong("department", f"departments.yml 里没有 {item.department}", Fault.NO_SUCH)
    if windows and item.window not in windows:
        yield wrong("window", f"windows.yml 里没有 {item.window}", Fault.NO_SUCH)

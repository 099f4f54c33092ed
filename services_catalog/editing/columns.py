"""The columns of the catalogue's tables, taken from the models, and what stands in a cell.

Texts, numbers, yes and no, and lists of texts get a column of their own; lists of entries get a sheet of their own;
whatever is built otherwise stands in one cell, as it would in the YAML file.
"""

import re
import types
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, Union, get_args, get_origin

import yaml
from pydantic import BaseModel

from services_catalog.editing.yaml_edit import inline
from services_catalog.schema import FormField, Item

NULL = "（空）"
EMPTY = "（无）"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_YES = {"是": True, "true": True, "True": True, "TRUE": True, "1": True}
_NO = {"否": False, "false": False, "False": False, "FALSE": False, "0": False}
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


class WrongCell(ValueError):
    """What stands in a cell cannot be read; says what is expected."""


class Kind(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes_no"
    DATE = "date"
    LINES = "lines"
    YAML = "yaml"


@dataclass(frozen=True)
class Column:
    """One column: the way to its value in an entry, how it is read, and what it means.

    `outer` are the mappings around the value that have to be there even when they are empty.
    """

    path: tuple[str, ...]
    kind: Kind
    told: str
    outer: tuple[tuple[str, ...], ...] = ()

    @property
    def name(self) -> str:
        """What stands at its head."""
        return ".".join(self.path)


@lru_cache(maxsize=1)
def item_columns() -> tuple[Column, ...]:
    """The columns of the sheet with one row an item."""
    return tuple(_columns(Item, leave_out=frozenset(sheets())))


@lru_cache(maxsize=1)
def sheets() -> dict[str, tuple[str, tuple[Column, ...]]]:
    """The lists that have a sheet of their own, by key: its title and its columns."""
    titles = {
        "applicants": "申请人",
        "materials": "材料",
        "fields": "申请表",
        "questions": "问答",
        "confusable_with": "易混",
    }
    found = {}
    for key, info in Item.model_fields.items():
        model = _entry_of(info.annotation)
        if model is not None and key in titles:
            columns = tuple(_columns(model))
            if model is FormField:
                columns = (Column(("use",), Kind.TEXT, "用 fields.yml 里的共用问题；后面只填要改的"), *columns)
            found[key] = (titles[key], columns)
    return found


def written(value: Any, kind: Kind) -> str:
    """What stands in a cell for a value. Nothing in it is taken for a formula."""
    if value is None:
        return NULL
    if kind is Kind.YAML:
        return _guarded(inline(value))
    if kind is Kind.LINES:
        return _guarded("\n".join(_one_line(str(line)) for line in value)) if value else EMPTY
    if isinstance(value, bool):
        return "是" if value else "否"
    return _guarded(str(value))


def read(cell: str, kind: Kind) -> Any:
    """The value of a cell that is not blank. Raises WrongCell."""
    if cell == NULL:
        return None
    if cell == EMPTY and kind is Kind.LINES:
        return []
    text = cell[1:] if cell.startswith("'") else cell
    match kind:
        case Kind.TEXT:
            return text
        case Kind.LINES:
            return [_many_lines(line) for line in text.split("\n") if line.strip()]
        case Kind.YES_NO:
            answer = _YES.get(text.strip(), _NO.get(text.strip()))
            if answer is None:
                raise WrongCell("应当是 是 或 否")
            return answer
        case Kind.NUMBER:
            if not re.fullmatch(r"\d{1,9}(\.0+)?", text.strip()):
                raise WrongCell("应当是整数")
            return int(float(text))
        case Kind.DATE:
            return _date(text)
        case Kind.YAML:
            try:
                return yaml.safe_load(text)
            except (yaml.YAMLError, ValueError, RecursionError) as error:
                raise WrongCell("YAML 写法不对") from error


def plain(cell: Any) -> str:
    """A cell as a program gives it, which may have made a number or a date of it, as text."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).replace("\r\n", "\n").replace("\r", "\n")


def value_at(entry: Any, path: tuple[str, ...]) -> tuple[bool, Any]:
    """Whether an entry says something at a path, and what."""
    for step in path:
        if not isinstance(entry, dict) or step not in entry:
            return False, None
        entry = entry[step]
    return True, entry


def _columns(
    model: type[BaseModel],
    path: tuple[str, ...] = (),
    outer: tuple[tuple[str, ...], ...] = (),
    leave_out: frozenset[str] = frozenset(),
) -> Iterator[Column]:
    for name, info in model.model_fields.items():
        key = info.alias or name
        if key in leave_out:
            continue
        here, told = (*path, key), info.description or ""
        inner = _model(info.annotation)
        if inner is not None and _is_flat(inner):
            yield from _columns(inner, here, (*outer, here) if info.is_required() else outer)
        else:
            yield Column(here, _kind(info.annotation), told, outer)


def _bare(annotation: Any) -> Any:
    """An annotation without constraints and without None."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, types.UnionType):
        choices = [each for each in get_args(annotation) if each is not type(None)]
        return _bare(choices[0]) if len(choices) == 1 else annotation
    return annotation


def _model(annotation: Any) -> type[BaseModel] | None:
    bare = _bare(annotation)
    return bare if isinstance(bare, type) and issubclass(bare, BaseModel) else None


def _entry_of(annotation: Any) -> type[BaseModel] | None:
    bare = _bare(annotation)
    return _model(get_args(bare)[0]) if get_origin(bare) is list else None


def _is_flat(model: type[BaseModel], depth: int = 0) -> bool:
    """Whether a model holds nothing that needs YAML to be written."""
    for info in model.model_fields.values():
        inner = _model(info.annotation)
        if inner is not None:
            if depth > 1 or not _is_flat(inner, depth + 1):
                return False
        elif _kind(info.annotation) is Kind.YAML:
            return False
    return True


def _kind(annotation: Any) -> Kind:
    bare = _bare(annotation)
    if get_origin(bare) is list:
        inner = _bare(get_args(bare)[0])
        return Kind.LINES if isinstance(inner, type) and issubclass(inner, str) else Kind.YAML
    if not isinstance(bare, type):
        return Kind.YAML
    for known, kind in ((bool, Kind.YES_NO), (int, Kind.NUMBER), (str, Kind.TEXT), (date, Kind.DATE)):
        if issubclass(bare, known):
            return kind
    return Kind.YAML


def _guarded(text: str) -> str:
    """Text that a spreadsheet shows and does not reckon; an apostrophe in front is taken off again when it is read."""
    return f"'{text}" if text.startswith((*_FORMULA, "'")) or text in (NULL, EMPTY) else text


def _one_line(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _many_lines(line: str) -> str:
    return re.sub(r"\\(n|\\)", lambda found: "\n" if found[1] == "n" else "\\", line)


def _date(text: str) -> date:
    found = _DATE.fullmatch(text.strip())
    try:
        if found is not None:
            return date(*(int(part) for part in found.groups()))
    except ValueError:
        pass
    raise WrongCell("应当是日期，例如 2026-11-22")

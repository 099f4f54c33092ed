"""YAML that remembers where it came from, so that every complaint names a file and a line."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

import yaml

MAX_BYTES = 512 * 1024
DEEPEST = 32
"""Levels of lists and mappings; the parser's time grows with the square of the depth."""
LONGEST = 10_000
"""Characters of one value; the time to read a number such as 1:1:1:1 grows with the square of its length."""


class Fault(StrEnum):
    """Why a file cannot be used, by the stable code that lint explains (`lint/codes.py`)."""

    UNREADABLE = "Y101"
    TOO_LARGE = "Y102"
    ENCODING = "Y103"
    SYNTAX = "Y104"
    ALIAS = "Y105"
    NESTING = "Y106"
    KEY_TWICE = "Y107"
    SEVERAL_DOCUMENTS = "Y108"
    NO_MAPPING = "Y109"
    TAB = "Y110"
    MISSING_KEY = "S201"
    UNKNOWN_KEY = "S202"
    VALUE = "S203"
    CONTRADICTION = "S204"
    MISPLACED = "S205"
    NO_SUCH = "S206"
    UTTERANCES = "S207"


class CatalogError(Exception):
    """A catalogue file that cannot be used: where, and why, in Chinese."""

    def __init__(self, path: Path, line: int, reason: str, fault: Fault = Fault.VALUE) -> None:
        super().__init__(f"{path}:{line}: {reason}")
        self.path, self.line, self.reason, self.fault = path, line, reason, fault


class _RefusedError(yaml.MarkedYAMLError):
    """What is well-formed YAML, but not what the catalogue takes."""

    def __init__(self, fault: Fault, problem: str, mark: yaml.Mark) -> None:
        super().__init__(problem=problem, problem_mark=mark)
        self.fault = fault


class _StrictLoader(yaml.CSafeLoader):
    """SafeLoader that refuses a key given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = str(key_node.value)
            if key in seen:
                raise _RefusedError(Fault.KEY_TWICE, f"键 {key} 写了两次", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def read_mapping(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file. Raises CatalogError where the file is not one plain, bounded mapping."""
    content = read_text(path)
    try:
        _refuse_what_grows(content)
        data = yaml.load(content, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader made stricter
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise CatalogError(
            path, line, f"YAML 写法不对：{error.problem}", _syntax_fault(error, content, line)
        ) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CatalogError(path, 1, f"YAML 读不了：{type(error).__name__}", Fault.SYNTAX) from error
    if not isinstance(data, dict):
        raise CatalogError(path, 1, "文件应当是“键: 值”的形式", Fault.NO_MAPPING)
    return data


def _syntax_fault(error: yaml.MarkedYAMLError, content: str, line: int) -> Fault:
    """Which of the usual mistakes it is, so that the remedy fits."""
    if isinstance(error, _RefusedError):
        return error.fault
    if "single document" in str(error.context):
        return Fault.SEVERAL_DOCUMENTS
    lines = content.splitlines()
    around = lines[max(line - 2, 0) : line]
    return Fault.TAB if any("\t" in text[: len(text) - len(text.lstrip())] for text in around) else Fault.SYNTAX


def _refuse_what_grows(content: str) -> None:
    """Aliases, deep nesting and endless values make a small file cost without bound; the catalogue needs none."""
    depth = 0
    for event in yaml.parse(content, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            mark = cast(yaml.Mark, event.start_mark)
            raise _RefusedError(Fault.NESTING, f"嵌套超过 {DEEPEST} 层", mark)
        if isinstance(event, yaml.AliasEvent):
            mark = cast(yaml.Mark, event.start_mark)
            raise _RefusedError(Fault.ALIAS, "不能使用 YAML 别名（*）", mark)
        if isinstance(event, yaml.ScalarEvent) and len(event.value) > LONGEST:
            mark = cast(yaml.Mark, event.start_mark)
            raise _RefusedError(Fault.TOO_LARGE, f"一个值超过 {LONGEST} 个字", mark)


def line_of(path: Path, location: Sequence[str | int]) -> int:
    """The line, from 1, on which the entry at `location` begins, or its nearest existing parent."""
    return line_in(composed(path), location)


def composed(path: Path) -> yaml.Node | None:
    """The nodes of a YAML file, to look several lines up in. Raises CatalogError where the file cannot be read."""
    try:
        return yaml.compose(read_text(path), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CatalogError(path, 1, f"YAML 读不了：{type(error).__name__}", Fault.SYNTAX) from error


def line_in(node: yaml.Node | None, location: Sequence[str | int]) -> int:
    """As `line_of`, in nodes that were composed before."""
    line = 1
    for step in location:
        if isinstance(node, yaml.MappingNode):
            for key_node, value_node in node.value:
                if key_node.value == step:
                    line, node = key_node.start_mark.line + 1, value_node
                    break
            else:
                return line
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            return line
    return line


def read_text(path: Path) -> str:
    """A file's text. Raises CatalogError where it cannot be read, is too big, or is no UTF-8."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CatalogError(path, 1, f"文件读不了：{error.strerror}", Fault.UNREADABLE) from error
    if len(raw) > MAX_BYTES:
        raise CatalogError(path, 1, f"文件超过 {MAX_BYTES // 1024} KB", Fault.TOO_LARGE)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise CatalogError(path, line, "不是 UTF-8 编码", Fault.ENCODING) from error

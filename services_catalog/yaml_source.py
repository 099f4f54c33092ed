"""YAML that remembers where it came from, so that every complaint names a file and a line."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import yaml

MAX_BYTES = 512 * 1024
DEEPEST = 32
"""Levels of lists and mappings; the parser's time grows with the square of the depth."""


class CatalogError(Exception):
    """A catalogue file that cannot be used: where, and why, in Chinese."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}")
        self.path, self.line, self.reason = path, line, reason


class _StrictLoader(yaml.CSafeLoader):
    """SafeLoader that refuses a key given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = str(key_node.value)
            if key in seen:
                raise yaml.MarkedYAMLError(problem=f"键 {key} 写了两次", problem_mark=key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def read_mapping(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file. Raises CatalogError where the file is not one plain, bounded mapping."""
    content = _read_text(path)
    try:
        _refuse_what_grows(content)
        data = yaml.load(content, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader made stricter
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise CatalogError(path, mark.line + 1 if mark else 1, f"YAML 写法不对：{error.problem}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CatalogError(path, 1, f"YAML 读不了：{type(error).__name__}") from error
    if not isinstance(data, dict):
        raise CatalogError(path, 1, "文件应当是“键: 值”的形式")
    return data


def _refuse_what_grows(content: str) -> None:
    """Aliases and deep nesting can make a small file cost without bound, and the catalogue needs neither."""
    depth = 0
    for event in yaml.parse(content, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            mark = cast(yaml.Mark, event.start_mark)
            raise yaml.MarkedYAMLError(problem=f"嵌套超过 {DEEPEST} 层", problem_mark=mark)
        if isinstance(event, yaml.AliasEvent):
            mark = cast(yaml.Mark, event.start_mark)
            raise yaml.MarkedYAMLError(problem="不能使用 YAML 别名（*）", problem_mark=mark)


def line_of(path: Path, location: Sequence[str | int]) -> int:
    """The line, from 1, on which the entry at `location` begins, or its nearest existing parent."""
    node = yaml.compose(_read_text(path), Loader=yaml.CSafeLoader)
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


def _read_text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CatalogError(path, 1, f"文件读不了：{error.strerror}") from error
    if len(raw) > MAX_BYTES:
        raise CatalogError(path, 1, f"文件超过 {MAX_BYTES // 1024} KB")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CatalogError(path, raw[: error.start].count(b"\n") + 1, "不是 UTF-8 编码") from error

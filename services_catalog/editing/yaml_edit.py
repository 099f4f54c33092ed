"""Changes values in a YAML text and leaves all the rest of it, comments, order and style, as it stands.

A library that reads and writes YAML with comments sets lines and quotes anew; a maintainer would see a file changed
all over for one corrected word. So a changed value is put in by its place in the text, and the rest is not touched.
"""

import json
from collections.abc import Mapping
from datetime import date
from difflib import SequenceMatcher
from typing import Any

import yaml

_BLOCK_SCALARS = ("|", ">")
_WIDE = 100
"""A list longer than this in one line gets a line an entry."""


class EditFailed(Exception):
    """The text is written in a way that the change cannot be put into."""


def edited(text: str, wanted: Mapping[str, Any]) -> str:
    """`text` with the values of `wanted`, which it is read as; the text itself where that is so already.

    Raises EditFailed where it would not be, and yaml.YAMLError where `text` is no YAML.
    """
    old = yaml.load(text, Loader=yaml.CSafeLoader)
    if _same(old, wanted):
        return text
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    if not isinstance(root, yaml.MappingNode) or not isinstance(old, dict):
        raise EditFailed("文件应当是“键: 值”的形式")
    source = text if text.endswith("\n") else text + "\n"
    writing = _Writing(source)
    result = source[: root.start_mark.index] + writing.render(root, old, dict(wanted)) + source[writing.end(root) :]
    try:
        read = yaml.load(result, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise EditFailed("这个文件的写法太特别，请直接改文件") from error
    if not _same(read, wanted):
        raise EditFailed("这个文件的写法太特别，请直接改文件")
    return result


def inline(value: Any) -> str:
    """A value in one line, as it may stand anywhere in a YAML text."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{inline(key)}: {inline(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inline(entry) for entry in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, str):
        return value if _plain(value) else _quoted(value)
    if isinstance(value, date | int | float):
        return str(value)
    raise TypeError(type(value).__name__)


def entry(key: str, value: Any, indent: int = 0) -> str:
    """The line or lines of `key: value`, with a line an entry where a list holds more than a few words."""
    return f"{' ' * indent}{inline(key)}:{_after_colon(value, indent)}\n"


def _after_colon(value: Any, indent: int) -> str:
    one_line = inline(value)
    if isinstance(value, list) and value and (isinstance(value[0], Mapping) or len(one_line) > _WIDE):
        return "".join(f"\n{' ' * (indent + 2)}- {inline(each)}" for each in value)
    return f" {one_line}"


class _Writing:
    """Renders nodes of one text with other values."""

    def __init__(self, source: str) -> None:
        self._source = source

    def end(self, node: yaml.Node) -> int:
        """Where a node's own text ends; the marks of block collections go on to the next token."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style:
            last = node.value[-1]
            return self.end(last[1] if isinstance(node, yaml.MappingNode) else last)
        start, end = node.start_mark.index, node.end_mark.index
        if isinstance(node, yaml.ScalarNode) and node.style in _BLOCK_SCALARS:
            return start + len(self._source[start:end].rstrip())
        return int(end)

    def render(self, node: yaml.Node, old: Any, new: Any) -> str:
        """The node's text with the value `new` instead of `old`."""
        if _same(old, new):
            return self._source[node.start_mark.index : self.end(node)]
        if old and new:
            if isinstance(node, yaml.MappingNode) and isinstance(new, dict):
                return self._mapping(node, old, new)
            if isinstance(node, yaml.SequenceNode) and isinstance(new, list):
                return self._sequence(node, old, new)
        return inline(new)

    def _mapping(self, node: yaml.MappingNode, old: dict[str, Any], new: dict[str, Any]) -> str:
        kept = [pair for pair in node.value if pair[0].value in new]
        if node.flow_style:
            by_key = {key.value: self._pair(key, value, old, new, flow=True) for key, value in kept}
            if len(kept) == len(node.value) == len(new):
                return self._spliced(node, [(k.start_mark.index, self.end(v), by_key[k.value]) for k, v in node.value])
            return "{" + ", ".join(by_key.get(key) or f"{inline(key)}: {inline(new[key])}" for key in new) + "}"
        column = node.start_mark.column
        blocks = _Blocks(self._source, node.start_mark.index, column)
        last = ""
        following: dict[str, list[str]] = {}
        for key in new:
            if key in old:
                last = key
            else:
                following.setdefault(last, []).append(key)
        blocks.add_new(entry(key, new[key], column) for key in following.get("", []))
        for key, value in node.value:
            body = self._pair(key, value, old, new, flow=False) if key.value in new else None
            blocks.add(key.start_mark.index, self.end(value), body)
            blocks.add_new(entry(fresh, new[fresh], column) for fresh in following.get(key.value, []))
        return blocks.text()

    def _pair(self, key: yaml.Node, value: yaml.Node, old: dict[str, Any], new: dict[str, Any], *, flow: bool) -> str:
        before, after = old[key.value], new[key.value]
        nested = isinstance(value, yaml.CollectionNode) and before and after and isinstance(after, type(before))
        if _same(before, after) or nested or (isinstance(value, yaml.ScalarNode) and value.value):
            prefix = self._source[key.start_mark.index : value.start_mark.index]
            if not isinstance(after, list | dict) or nested or _same(before, after):
                return prefix + self.render(value, before, after)
        written = self._source[key.start_mark.index : self.end(key)]
        return f"{written}: {inline(after)}" if flow else f"{written}:{_after_colon(after, key.start_mark.column)}"

    def _sequence(self, node: yaml.SequenceNode, old: list[Any], new: list[Any]) -> str:
        steps = aligned(old, new)
        if node.flow_style:
            if len(old) == len(new) and all(a is not None and b is not None for a, b in steps):
                rendered = [
                    (child.start_mark.index, self.end(child), self.render(child, old[i], new[i]))
                    for i, child in enumerate(node.value)
                ]
                return self._spliced(node, rendered)
            texts = [
                inline(new[b]) if a is None else self.render(node.value[a], old[a], new[b])
                for a, b in steps
                if b is not None
            ]
            return "[" + ", ".join(texts) + "]"
        column = node.start_mark.column
        blocks = _Blocks(self._source, node.start_mark.index, column)
        for a, b in steps:
            if a is None:
                assert b is not None
                blocks.add_new([f"{' ' * column}- {inline(new[b])}\n"])
                continue
            child = node.value[a]
            dash = self._source.rindex("-", 0, child.start_mark.index) if a else node.start_mark.index
            body = None
            if b is not None:
                body = self._source[dash : child.start_mark.index] + self.render(child, old[a], new[b])
            blocks.add(dash, self.end(child), body)
        return blocks.text()

    def _spliced(self, node: yaml.Node, children: list[tuple[int, int, str]]) -> str:
        """A flow collection with other texts in the places of its children."""
        pieces, at = [], node.start_mark.index
        for start, end, text in children:
            pieces += [self._source[at:start], text]
            at = end
        return "".join([*pieces, self._source[at : self.end(node)]])


class _Blocks:
    """The entries of a block collection, each with the comment lines above it and the rest of its last line."""

    def __init__(self, source: str, start: int, column: int) -> None:
        self._source, self._indent, self._at = source, " " * column, start
        self._pieces: list[str] = []
        self._first, self._open = True, False

    def add(self, start: int, end: int, body: str | None) -> None:
        """An entry of the source, in its order; None leaves it out, and keeps the comments above it."""
        gap = self._source[self._at : start]
        if self._first:
            lead = self._indent
        else:
            tail, _, lead = gap.partition("\n")
            if self._open:
                self._pieces.append(f"{tail}\n")
        if body is None:
            comments = lead[: lead.rindex("\n") + 1] if "\n" in lead else ""
            self._pieces.append(comments)
        else:
            self._pieces.append(lead + body)
        self._open, self._first, self._at = body is not None, False, end

    def add_new(self, lines: Any) -> None:
        """New entries after the one before."""
        for line in lines:
            if self._first:
                self._pieces.append(line)
                continue
            if self._open:
                newline = self._source.index("\n", self._at)
                self._pieces.append(self._source[self._at : newline] + "\n")
                self._open = False
            self._pieces.append(line)

    def text(self) -> str:
        """The collection's text, from where its first entry began to the end of the last one."""
        return "".join(self._pieces).removeprefix(self._indent).removesuffix("\n")


def aligned(old: list[Any], new: list[Any]) -> list[tuple[int | None, int | None]]:
    """Which entry of `old` became which of `new`; None stands for one that is gone or came."""
    matcher = SequenceMatcher(None, [_canonical(each) for each in old], [_canonical(each) for each in new], False)
    steps: list[tuple[int | None, int | None]] = []
    for _, a, a_end, b, b_end in matcher.get_opcodes():
        common = min(a_end - a, b_end - b)
        steps += [(a + n, b + n) for n in range(common)]
        steps += [(n, None) for n in range(a + common, a_end)]
        steps += [(None, n) for n in range(b + common, b_end)]
    return steps


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=lambda other: f"{type(other)} {other}")


def _same(one: Any, other: Any) -> bool:
    return _canonical(one) == _canonical(other)


def _plain(text: str) -> bool:
    """Whether a text is read as itself without quotes, in a list as well as after a key."""
    if not text or len(text.split("\n")) > 1 or text != text.strip():
        return False
    try:
        return bool(yaml.load(f"[{text}, {{k: {text}}}]\n", Loader=yaml.CSafeLoader) == [text, {"k": text}])
    except (yaml.YAMLError, ValueError):
        return False


def _quoted(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(
        char if char.isprintable() else f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
        for char in quoted
    )

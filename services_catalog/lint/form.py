"""The form: choices that can be told apart, and questions asked on answers that can be given."""

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

from services_catalog.lint.finding import Spot
from services_catalog.lint.library import Library
from services_catalog.lint.text import At, folded
from services_catalog.schema import FieldType, FormField

REST = "其他"
"""Whoever says only this means the choice of this name."""
ANSWERS = {FieldType.YES_NO: ["是", "否"]}
_RANGE = re.compile(r"(?P<low>\d+)(?:-|~|到|至)(?P<high>\d+)(?P<unit>\D*)")


def check(library: Library) -> Iterator[Spot]:
    """Every form, and the questions put to a proxy."""
    forms: list[tuple[Path, str, list[FormField]]] = [
        (library.root / "fields.yml", "proxy", list(library.reading.proxy_fields))
    ]
    forms += [(path, "fields", item.fields) for path, item in library.items]
    for path, key, fields in forms:
        by_key = {field.key: field for field in fields}
        asked: dict[str, str] = {}
        for number, field in enumerate(fields):
            yield from _choices(path, (key, number), field)
            yield from _condition(path, (key, number), field, by_key)
            if asked.setdefault(folded(field.question), field.key) != field.key:
                yield Spot("Q807", path, (key, number), f"和 {asked[folded(field.question)]} 问的是同一句话")


def _choices(path: Path, at: At, field: FormField) -> Iterator[Spot]:
    for one, other in combinations(field.choices or [], 2):
        if folded(one) == folded(other):
            yield Spot("Q801", path, at, f"“{one}”和“{other}”分不开")
        elif _ranges_overlap(one, other):
            yield Spot("Q802", path, at, f"“{one}”和“{other}”有重叠")
        elif REST not in (one, other) and (folded(one) in folded(other) or folded(other) in folded(one)):
            yield Spot("Q803", path, at, f"“{one}”和“{other}”一个包着另一个，只说一半时不好认")


def _ranges_overlap(one: str, other: str) -> bool:
    first, second = _RANGE.fullmatch(folded(one)), _RANGE.fullmatch(folded(other))
    if first is None or second is None or first["unit"] != second["unit"]:
        return False
    return int(first["low"]) <= int(second["high"]) and int(second["low"]) <= int(first["high"])


def _condition(path: Path, at: At, field: FormField, by_key: dict[str, FormField]) -> Iterator[Spot]:
    if field.ask_if is None or field.ask_if.field not in by_key:
        return
    asked = by_key[field.ask_if.field]
    possible = asked.choices or ANSWERS.get(asked.type)
    if possible is None:
        yield Spot("Q805", path, (*at, "ask_if"), f"{asked.key} 不是选择题，也不是“是不是”的问题")
        return
    impossible = [answer for answer in field.ask_if.is_ if answer not in possible]
    if impossible:
        yield Spot("Q804", path, (*at, "ask_if"), f"{asked.key} 没有“{'、'.join(impossible)}”这个回答")
    elif set(field.ask_if.is_) == set(possible) and not asked.skippable:
        yield Spot("Q806", path, (*at, "ask_if"), f"{asked.key} 怎么回答都会问，ask_if 没有用")

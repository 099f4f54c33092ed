"""Conditions told to residents that neither a question nor an eligibility rule reflects.

Whether a sentence is reflected cannot be told for certain, so this is for the maintainer to judge: words are compared,
with what a question of each type lets us know.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from services_catalog.lint.finding import Spot
from services_catalog.lint.library import Library
from services_catalog.lint.text import folded
from services_catalog.schema import FieldType, Item

ENOUGH_PAIRS = 2
_KNOWN_FROM: tuple[tuple[re.Pattern[str], set[FieldType], frozenset[str]], ...] = (
    (re.compile(r"周?岁|年龄|未成年|儿童|老人|老年"), {FieldType.ID_NUMBER}, frozenset({"birth_date"})),
    (
        re.compile(r"户籍|户口|本区|本市|居住|常住|住"),
        {FieldType.ADDRESS},
        frozenset({"household_address", "home_address"}),
    ),
    (re.compile(r"收入|低保|困难|财产|低收入"), {FieldType.AMOUNT}, frozenset({"monthly_income"})),
    (re.compile(r"残疾"), set(), frozenset({"disability_certificate"})),
    (re.compile(r"身份|本人"), {FieldType.ID_NUMBER}, frozenset({"id_number"})),
)
_IDLE = re.compile(r"[^\u4e00-\u9fff]|符合|规定|条件|享受|办理|申请|可以|有关|的|或|和|等")


def check(library: Library) -> Iterator[Spot]:
    """Conditions of which no question asks anything, and that no eligibility rule stands for."""
    for path, item in library.items:
        asked = _pairs("，".join(_words_asked(item)))
        reflected = frozenset() if item.eligibility is None else item.eligibility.reflected
        for number, condition in enumerate(item.conditions):
            if number + 1 in reflected:
                continue
            if not _is_known(item, condition) and len(_pairs(condition) & asked) < ENOUGH_PAIRS:
                yield Spot("E901", path, ("conditions", number), f"“{condition}”没有哪个问题问到")


def _words_asked(item: Item) -> Iterator[str]:
    for field in item.fields:
        yield from (field.label, field.question, field.help or "", *(field.choices or []))
    for applicant in item.applicants:
        yield applicant.label
    for material in item.materials:
        yield material.name


def _is_known(item: Item, condition: str) -> bool:
    types, keys = {field.type for field in item.fields}, {field.key for field in item.fields}
    return any(
        topic.search(condition) and (types & known_types or keys & known_keys)
        for topic, known_types, known_keys in _KNOWN_FROM
    )


def _pairs(text: str) -> set[str]:
    """The pairs of neighbouring characters, as far as they mean something."""
    words = _IDLE.sub(" ", folded(text))
    return {pair for pair in map("".join, pairwise(words)) if " " not in pair}

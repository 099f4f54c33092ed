"""The vocabulary of eligibility: the facts of a person that a rule may ask about, and what can be known of one.

What is known of a fact is which values it may still have: 八十多 is 80 to 89, 有残疾证 is one of four levels. A fact of
which nothing is known may have any.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictStr,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from services_catalog.yaml_source import CatalogError, line_of, read_mapping

VOCABULARY = Path(__file__).with_name("facts.yml")

Part = TypeVar("Part")
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Value = StrictBool | StrictStr


@dataclass(frozen=True)
class Span:
    """Whole numbers from `low` to `high`, both included."""

    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("low 不能大于 high")


Possible = Span | frozenset[Value]
Profile = Mapping[str, Possible]
"""What is known of a person: for each fact that something is known of, the values it may have."""


class FactType(StrEnum):
    """What kind of values a fact has."""

    NUMBER = "number"
    CHOICE = "choice"
    YES_NO = "yes_no"


class Entry(BaseModel):
    """What is read from a catalogue file: unknown keys are refused, and nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Spoken(Entry):
    """Words residents use, and the values of the fact that they leave possible."""

    say: Annotated[list[Words], Field(min_length=1)]
    means: Annotated[frozenset[Value], Field(min_length=1)]


class Several(Entry):
    """How several values together are told: 有残疾证."""

    means: frozenset[Value]
    told: Words


class Fact(Entry):
    """One fact of a person.

    `told` and the texts in `values` are half-sentences told to residents; `within` is by how much a number may miss
    a condition and still nearly fit it; `attainable` says that residents can bring it about; `rare` facts hold for so
    few that nobody is asked who does not speak of it; `after` names the fact that is asked first; `none` is the value
    that 没有 and 都不是 mean.
    """

    type: FactType
    label: Words
    question: Words
    unit: Words | None = None
    least: int | None = None
    most: int | None = None
    told: Words | None = None
    at_least: Words | None = None
    at_most: Words | None = None
    within: int = 0
    values: dict[Value, Words] = {}
    several: Several | None = None
    none: StrictStr | None = None
    words: list[Spoken] = []
    attainable: bool = False
    rare: bool = False
    after: str | None = None

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if self.rare and self.type is not FactType.YES_NO:
            raise ValueError("rare 只用于 yes_no")
        number = (self.least, self.most, self.told, self.at_least, self.at_most)
        if self.type is FactType.NUMBER:
            if None in number or self.values or self.words:
                raise ValueError("number 要写 least、most、told、at_least、at_most，不写 values、words")
            if self.least is not None and self.most is not None and self.least > self.most:
                raise ValueError("least 不能大于 most")
            return self
        if number != (None,) * len(number):
            raise ValueError("least、most、told、at_least、at_most 只用于 number")
        if self.type is FactType.YES_NO and set(self.values) != {True, False}:
            raise ValueError("yes_no 的 values 要写 true 和 false")
        if self.type is FactType.CHOICE and (len(self.values) < 2 or not all(isinstance(v, str) for v in self.values)):
            raise ValueError("choice 的 values 至少要两个，都是文字")
        meant = [spoken.means for spoken in self.words] + ([self.several.means] if self.several else [])
        if any(not means <= self.values.keys() for means in meant) or self.none not in (None, *self.values):
            raise ValueError("means 或 none 里有 values 里没有的")
        return self

    @property
    def anything(self) -> Possible:
        """What is possible where nothing is known."""
        if self.least is not None and self.most is not None:
            return Span(self.least, self.most)
        return frozenset(self.values)


def narrowed(one: Possible, other: Possible) -> Possible | None:
    """What both leave possible; None where they contradict each other."""
    if isinstance(one, Span) and isinstance(other, Span):
        low, high = max(one.low, other.low), min(one.high, other.high)
        return Span(low, high) if low <= high else None
    if isinstance(one, Span) or isinstance(other, Span):
        return None
    return (one & other) or None


@lru_cache(maxsize=1)
def vocabulary() -> Mapping[str, Fact]:
    """Every fact by its key, in the order of the file. Raises CatalogError where the file breaks its schema."""
    read: dict[str, Fact] = {}
    for key, entry in read_part("facts", dict[str, Any]).items():
        read[key] = read_part("facts", Fact, key, entry)
    for key, fact in read.items():
        if fact.after is not None and (fact.after not in read or read[fact.after].after is not None):
            raise CatalogError(
                VOCABULARY, line_of(VOCABULARY, ("facts", key)), f"after：没有 {fact.after} 或它自己也有 after"
            )
    return MappingProxyType(read)


def read_part(part: str, kind: type[Part], key: str | None = None, entry: object = None) -> Part:
    """The part of the vocabulary's file called `part`, or one entry of it, as `kind`. Raises CatalogError."""
    at: tuple[str, ...] = (part,) if key is None else (part, key)
    try:
        return TypeAdapter(kind).validate_python(read_mapping(VOCABULARY).get(part) if key is None else entry)
    except ValidationError as error:
        first = error.errors()[0]
        where = (*at, *first["loc"])
        reason = f"{'.'.join(str(step) for step in where)}：{first['msg'].removeprefix('Value error, ')}"
        raise CatalogError(VOCABULARY, line_of(VOCABULARY, where), reason) from error

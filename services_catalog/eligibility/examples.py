"""Examples of people beside the catalogue: whom an item's rule lets in, and by which facts. They are its tests.

`person` tells what is known: a value, a list of possible ones, or `{from: 80, to: 89}`. `why` names the facts that fit
where the answer is `eligible`, that fail where it is `not`, and that are missing where it is `unknown`.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StrictInt, ValidationError

from services_catalog.eligibility.evaluate import Truth, Verdict, evaluate, inferred
from services_catalog.eligibility.facts import Entry, Possible, Profile, Span, Value, narrowed, vocabulary
from services_catalog.schema import Item
from services_catalog.yaml_source import CatalogError, line_of, read_mapping

EXAMPLES_DIR = "eligibility_examples"
_SAID = {Truth.YES: "可以", Truth.NO: "不可以", Truth.CANNOT_BE_TOLD: "看不出来"}
_TRUTHS = {"eligible": Truth.YES, "not": Truth.NO, "unknown": Truth.CANNOT_BE_TOLD}


class _Range(Entry):
    from_: Annotated[StrictInt, Field(alias="from")]
    to: StrictInt


class _Written(Entry):
    person: dict[str, Value | StrictInt | list[Value] | _Range]
    expect: Literal["eligible", "not", "unknown"]
    why: list[str]


class _File(Entry):
    examples: Annotated[list[_Written], Field(min_length=1)]


@dataclass(frozen=True)
class Example:
    """A person, the answer expected for the item, and the facts that are expected to be its reason; with its place, the
    file and its number there."""

    item_id: str
    place: str
    path: Path
    number: int
    profile: Profile
    truth: Truth
    why: frozenset[str]


def read_examples(root: Path) -> Iterator[Example]:
    """The examples of all items below `root`, the catalogue's folder. Raises CatalogError for a broken file."""
    for path in example_files(root):
        yield from examples_in(path)


def example_files(root: Path) -> list[Path]:
    """The files of examples below `root`, an item's in each."""
    return sorted((root / EXAMPLES_DIR).glob("*/*.yml"))


def examples_in(path: Path) -> list[Example]:
    """The examples of one file. Raises CatalogError."""
    try:
        written = _File.model_validate(read_mapping(path))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise CatalogError(path, line_of(path, first["loc"]), f"{where}：{first['msg']}") from error
    examples = []
    for number, each in enumerate(written.examples):
        line = line_of(path, ("examples", number))
        profile = {key: _possible(path, line, key, value) for key, value in each.person.items()}
        place = f"{path.parent.name}/{path.name}:{line}"
        examples.append(Example(path.stem, place, path, number, profile, _TRUTHS[each.expect], frozenset(each.why)))
    return examples


def mismatch(example: Example, items: Mapping[str, Item]) -> str | None:
    """What an example expects and the rule does not give, in words; None where both agree."""
    item = items.get(example.item_id)
    if item is None or item.eligibility is None:
        return f"没有 {example.item_id} 这个事项，或者它没有 eligibility"
    verdict = evaluate(item.eligibility.rule, inferred(example.profile))
    if verdict.truth is not example.truth:
        return f"举例说{_SAID[example.truth]}，规则说{_SAID[verdict.truth]}"
    reasons = reasons_of(verdict)
    if reasons == example.why:
        return None
    return f"举例的理由是 {_listed(example.why)}，规则的理由是 {_listed(reasons)}"


def _listed(facts: Collection[str]) -> str:
    return "、".join(sorted(facts)) or "没有"


def reasons_of(verdict: Verdict) -> frozenset[str]:
    """The facts that decide a verdict: that fit, that fail, or that are missing."""
    deciding = {Truth.YES: verdict.fits, Truth.NO: verdict.fails, Truth.CANNOT_BE_TOLD: verdict.open}[verdict.truth]
    return frozenset(reason.clause.fact for reason in deciding if reason.clause.fact is not None)


def _possible(path: Path, line: int, key: str, value: Value | int | list[Value] | _Range) -> Possible:
    fact = vocabulary().get(key)
    if fact is None:
        raise CatalogError(path, line, f"facts.yml 里没有 {key} 这个事实")
    whole = fact.anything
    read: Possible | None = None
    if isinstance(whole, Span):
        if isinstance(value, _Range) and value.from_ <= value.to:
            read = Span(value.from_, value.to)
        elif isinstance(value, int) and not isinstance(value, bool):
            read = Span(value, value)
    elif isinstance(value, list):
        read = frozenset(value)
    elif isinstance(value, str | bool):
        read = frozenset({value})
    if read is None or narrowed(read, whole) != read:
        raise CatalogError(path, line, f"{key} 不能是 {value}")
    return read

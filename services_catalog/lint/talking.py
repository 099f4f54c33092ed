"""How the item talks and is talked of: enough utterances, plain words, short single questions."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from string import Formatter

import yaml
from pydantic import TypeAdapter

from services_catalog.index import Utterances
from services_catalog.lint.finding import Spot
from services_catalog.lint.library import Library
from services_catalog.lint.text import At, asked, folded, told
from services_catalog.schema import FormField, Item

ENOUGH_UTTERANCES = 37
LONGEST_QUESTION = 40
"""Characters; more is not read in one glance on a small screen, nor remembered when it is read aloud."""


def check(library: Library) -> Iterator[Spot]:
    """Everything an item says to residents, and what residents say of it."""
    shared = _shared_questions(library)
    for at, text in shared.items():
        yield from _question(library.root / "fields.yml", at, text)
    for number, field in enumerate(library.reading.proxy_fields):
        yield from _asked(library.root / "fields.yml", ("proxy", number), field, frozenset())
    known = frozenset(shared.values())
    for path, item in library.items:
        for number, field in enumerate(item.fields):
            yield from _asked(path, ("fields", number), field, known)
        for told_at, text in told(item):
            yield from _jargon(path, told_at, text)
        yield from _utterances(library, path, item)


def utterance_count(utterances: Utterances) -> int:
    """How many different sentences there are, blanks and width aside."""
    return len({folded(text) for sentences in utterances.values() for text in sentences})


@cache
def plain_words() -> Mapping[str, str]:
    """Words residents do not use, with what to say instead."""
    content = (Path(__file__).parent / "jargon.yml").read_text(encoding="utf-8")
    return TypeAdapter(dict[str, str]).validate_python(yaml.safe_load(content))


def _shared_questions(library: Library) -> dict[At, str]:
    """The texts of the shared fields, which are told of once and not with every item that uses them."""
    return {
        ("shared", name, key): field[key]
        for name, field in library.reading.shared.items()
        for key in ("question", "help")
        if isinstance(field.get(key), str)
    }


def _asked(path: Path, at: At, field: FormField, known: frozenset[str]) -> Iterator[Spot]:
    for key, text in asked(field):
        if text not in known:
            yield from _question(path, (*at, key), text)


def _question(path: Path, at: At, text: str) -> Iterator[Spot]:
    yield from _jargon(path, at, text)
    strange = _strange_blanks(text)
    if strange:
        yield Spot("T405", path, at, f"{strange} 不会被换成别的字，只有 {{who}} 会")
    if at[-1] != "question":
        return
    if len(text) > LONGEST_QUESTION:
        yield Spot("T403", path, at, f"问题有 {len(text)} 个字，最多 {LONGEST_QUESTION} 个：“{text}”")
    if sum(text.count(mark) for mark in "？?") > 1:
        yield Spot("T404", path, at, f"一次问了两件事：“{text}”")


def _strange_blanks(text: str) -> str:
    try:
        names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        return "大括号"
    return "、".join(f"{{{name}}}" for name in sorted(names - {"who"}))


def _jargon(path: Path, at: At, text: str) -> Iterator[Spot]:
    for word, plain in plain_words().items():
        if word in text:
            yield Spot("T402", path, at, f"“{word}”居民不这样说，改成“{plain}”：“{text}”")


def _utterances(library: Library, path: Path, item: Item) -> Iterator[Spot]:
    file = library.root / "utterances" / item.department / f"{item.id}.yml"
    if any(error.path == file for error in library.unreadable):
        return
    count = utterance_count(library.utterances.get(file, {}))
    if count < ENOUGH_UTTERANCES:
        place = file if file in library.utterances else path
        yield Spot("T401", place, (), f"居民说法有 {count} 句，要 {ENOUGH_UTTERANCES} 句")

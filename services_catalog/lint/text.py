"""What residents are told and asked of an item, as texts with their places."""

import unicodedata
from collections.abc import Iterator

from services_catalog.schema import FormField, Item

At = tuple[str | int, ...]


def folded(text: str) -> str:
    """A text as it is compared: without blanks, full and half width alike, small letters."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def asked(field: FormField) -> Iterator[tuple[str, str]]:
    """The texts of a question, by key."""
    yield "question", field.question
    if field.help is not None:
        yield "help", field.help


def told(item: Item) -> Iterator[tuple[At, str]]:
    """What the item says beside its questions, in our own words; names and conditions are the office's."""
    yield ("summary",), item.summary
    yield ("next_step",), item.next_step
    for number, question in enumerate(item.questions):
        yield ("questions", number, "question"), question.question
        yield ("questions", number, "answer"), question.answer
    for number, other in enumerate(item.confusable_with):
        yield ("confusable_with", number, "tell_apart"), other.tell_apart

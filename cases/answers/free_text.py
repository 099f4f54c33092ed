"""Answers in the resident's own words."""

from datetime import date

from cases.answers.answer import Answer, AnswerRefused
from cases.answers.wording import without_controls
from services_catalog.schema import FormField

LONGEST = 500


def read_text(field: FormField, text: str, today: date) -> Answer:
    """The text as it was typed, without control characters; never certain, for anything may be a text."""
    said = without_controls(text)
    if len(said) > LONGEST:
        raise AnswerRefused("text_too_long", most=str(LONGEST), count=str(len(said)))
    return Answer(said, said, said, certain=False)

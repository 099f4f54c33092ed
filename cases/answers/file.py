"""Photos and documents, which are uploaded and not typed."""

from datetime import date

from cases.answers.answer import Answer, AnswerRefused
from services_catalog.schema import FormField


def read_file(field: FormField, text: str, today: date) -> Answer:
    """Refuses every text; an upload reaches the draft by another door."""
    raise AnswerRefused("file_expected")

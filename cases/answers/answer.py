"""What reading a form answer gives: an `Answer`, or the reason why it was refused."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """One answer as it is kept and as it is told.

    `value` is the normalised form that is stored; `shown` is for the person who gave it; `masked` is for
    summaries that others may see. `certain` says that the text can only be an answer of this kind, so that
    no language understanding is needed before taking it.
    """

    value: str
    shown: str
    masked: str
    certain: bool


class AnswerRefused(Exception):
    """The text is no answer to the field.

    `code` names the response `utter_answer_<code>` in `domain/responses/answers.yml`; `values` fill its
    placeholders.
    """

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values: dict[str, str] = values

"""The readers of form answers: from what a resident typed or said to what the form keeps.

A reader gives back an `Answer` or raises `AnswerRefused`, and nothing else, whatever the text.
"""

import datetime
import re
from collections.abc import Callable

from cases.answers.address import read_address
from cases.answers.amounts import read_amount, read_number
from cases.answers.answer import Answer, AnswerRefused
from cases.answers.bank_account import read_bank_account
from cases.answers.choice import read_choice, read_yes_no
from cases.answers.date import read_date
from cases.answers.file import read_file
from cases.answers.free_text import read_text
from cases.answers.id_number import read_id_number
from cases.answers.person_name import read_person_name
from cases.answers.phone import read_phone
from cases.answers.wording import compact, plain, trimmed
from services_catalog.schema import FieldType, FormField

__all__ = ["Answer", "AnswerRefused", "read_answer", "skips"]

LONGEST = 1000

_READERS: dict[FieldType, Callable[[FormField, str, datetime.date], Answer]] = {
    FieldType.PERSON_NAME: read_person_name,
    FieldType.ID_NUMBER: read_id_number,
    FieldType.PHONE: read_phone,
    FieldType.DATE: read_date,
    FieldType.ADDRESS: read_address,
    FieldType.AMOUNT: read_amount,
    FieldType.NUMBER: read_number,
    FieldType.CHOICE: read_choice,
    FieldType.YES_NO: read_yes_no,
    FieldType.BANK_ACCOUNT: read_bank_account,
    FieldType.TEXT: read_text,
    FieldType.FILE: read_file,
}

_SKIP = re.compile(
    r"(?:我|先|就|也|都|暂时|目前|这个|实在|真的)*(?:跳过|略过|略|没有|没|无|暂无|不知道|不清楚|不晓得|不记得|记不得|记不清|忘记|忘|不填|不想填|不想说|下一个|下一题)"
    r"(?:了|啊|呀|吧|的|呢|哦|这个|这题)*"
)


def read_answer(field: FormField, text: str, *, today: datetime.date) -> Answer:
    """What `text` answers to `field`.

    `today` is the day that 昨天 and the like are counted from. Raises AnswerRefused, whose values always hold
    the field's `label`.
    """
    try:
        if len(text) > LONGEST:
            raise AnswerRefused("too_long", most=str(LONGEST))
        if not plain(text):
            raise AnswerRefused("empty")
        return _READERS[field.type](field, text, today)
    except AnswerRefused as refused:
        refused.values.setdefault("label", field.label)
        raise


def skips(text: str) -> bool:
    """Whether the text passes a skippable field over: 跳过, 没有, 不知道 and the like."""
    return len(text) <= LONGEST and _SKIP.fullmatch(trimmed(compact(text))) is not None

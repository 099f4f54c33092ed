"""Resident identity card numbers by GB 11643.

Eighteen digits: six of place, eight of birth date, three of order, one check digit.
"""

import re
from datetime import date

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from cases.answers.answer import Answer, AnswerRefused
from cases.answers.wording import is_question, joined_digits
from services_catalog.schema import FormField

_RUN = re.compile(r"[0-9]+X?")


def read_id_number(field: FormField, text: str, today: date) -> Answer:
    """The ID number in the text, X in capitals.

    Place codes are not checked: districts are merged and renamed.
    """
    said = re.sub(r"(?<=[0-9])[×ХΧ叉]|(?<=[0-9])艾克斯", "X", joined_digits(text))
    runs = list(dict.fromkeys(_RUN.findall(said)))
    whole = [run for run in runs if len(run) == 18]
    if len(whole) > 1:
        raise AnswerRefused("id_number_several")
    if not runs:
        raise AnswerRefused("id_number_missing")
    number = whole[0] if whole else max(runs, key=len)
    if len(number) == 15 and number.isdigit():
        raise AnswerRefused("id_number_old")
    if len(number) != 18:
        raise AnswerRefused("id_number_length", count=str(len(number)))
    if not has_real_birth_date(number, today):
        raise AnswerRefused("id_number_birth_date", birth_date=number[6:14])
    if ric.calc_check_digit(number) != number[-1]:
        raise AnswerRefused("id_number_check_digit")
    shown = f"{number[:6]} {number[6:14]} {number[14:]}"
    return Answer(number, shown, f"{number[:6]}********{number[-4:]}", certain=not is_question(said))


def has_real_birth_date(number: str, today: date) -> bool:
    """Whether digits 7 to 14 are a day between 1900 and `today`."""
    try:
        born: date = ric.get_birth_date(number)
    except (ValidationError, ValueError):
        return False
    return born.year >= 1900 and born <= today

"""Bank account numbers, on cards (16 to 19 digits) and in old passbooks (12 and more)."""

import re
from datetime import date

from stdnum import luhn
from stdnum.cn import ric

from cases.answers.answer import Answer, AnswerRefused
from cases.answers.id_number import has_real_birth_date
from cases.answers.wording import is_question, joined_digits
from services_catalog.schema import FormField

SHORTEST, LONGEST = 12, 30


def read_bank_account(field: FormField, text: str, today: date) -> Answer:
    """The account number in the text. A failing Luhn digit is no reason to refuse: passbooks have none."""
    said = joined_digits(text)
    runs = list(dict.fromkeys(re.findall(r"[0-9]+X?", said)))
    fitting = [run for run in runs if run.isdigit() and SHORTEST <= len(run) <= LONGEST]
    if len(fitting) > 1:
        raise AnswerRefused("bank_account_several")
    if not runs:
        raise AnswerRefused("bank_account_missing")
    number = fitting[0] if fitting else max(runs, key=len)
    if len(number) == 18 and has_real_birth_date(number, today) and ric.calc_check_digit(number) == number[-1]:
        raise AnswerRefused("bank_account_is_id_number")
    if not fitting:
        raise AnswerRefused("bank_account_length", count=str(len(number)))
    shown = " ".join(re.findall(r".{1,4}", number))
    certain = (16 <= len(number) <= 19 or luhn.is_valid(number)) and not is_question(said)
    return Answer(number, shown, f"****{number[-4:]}", certain)

"""Telephone numbers: mainland mobiles, landlines with area code, and foreign numbers that begin with +."""

import re
from datetime import date

import phonenumbers

from cases.answers.answer import Answer, AnswerRefused
from cases.answers.wording import is_question, joined_digits
from services_catalog.schema import FormField

_RUN = re.compile(r"\+?[0-9]+")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_EXTENSION = re.compile(r"(?:转|EXT|分机号?|#)[^0-9]{0,2}[0-9]{1,6}")


def read_phone(field: FormField, text: str, today: date) -> Answer:
    """The one telephone number in the text: 13812345678, 0571-88888888 or +85291234567."""
    joined = joined_digits(re.sub(r"[()（）]", " ", text))
    said = re.sub(r"\+ ?(?=[0-9])", "+", _EXTENSION.sub("", joined))
    runs = list(dict.fromkeys(_domestic(run) for run in _RUN.findall(said)))
    if not runs:
        raise AnswerRefused("phone_missing")
    answers = [answer for run in runs if (answer := _number(run, certain=not is_question(said)))]
    if len(answers) > 1:
        raise AnswerRefused("phone_several")
    if answers:
        return answers[0]
    longest = max(runs, key=len)
    count = str(len(longest.removeprefix("+")))
    if len(longest) in (7, 8) and longest[0] in "2345678":
        raise AnswerRefused("phone_no_area_code", count=count)
    if len(longest) == 11 and longest[0] == "1":
        raise AnswerRefused("phone_unknown")
    raise AnswerRefused("phone_length", count=count)


def _domestic(run: str) -> str:
    for prefix in ("+86", "0086"):
        if run.startswith(prefix):
            rest = run.removeprefix(prefix)
            return rest if rest[:1] in ("1", "0") else f"0{rest}"
    return run[2:] if len(run) == 13 and run.startswith("861") else run


def _number(run: str, *, certain: bool) -> Answer | None:
    if _MOBILE.fullmatch(run):
        return Answer(run, f"{run[:3]} {run[3:7]} {run[7:]}", f"{run[:3]}****{run[7:]}", certain)
    if not 9 <= len(run) <= 16 or run[0] not in "+0":
        return None
    try:
        number = phonenumbers.parse(run, "CN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    if run[0] == "+":
        return Answer(run, run, f"{run[:4]}****{run[-4:]}", certain)
    area = phonenumbers.length_of_geographical_area_code(number)
    if not area:
        return None
    value = f"{run[: area + 1]}-{run[area + 1 :]}"
    return Answer(value, value, f"{run[: area + 1]}-****{run[-4:]}", certain)

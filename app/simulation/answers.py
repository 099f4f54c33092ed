"""What a simulated resident answers to a field: invented people, valid numbers."""

import random
from collections.abc import Callable
from datetime import date, timedelta

from stdnum.cn import ric

from services_catalog.schema import FieldType, FormField

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "秀英桂兰玉梅建国志强丽华春生金凤水根小燕文斌"
_AREA = "330105"


def answer_to(field: FormField, dice: random.Random) -> str:
    """An answer to `field`, in the words of a resident."""
    if field.type is FieldType.CHOICE and field.choices:
        return dice.choice(field.choices)
    if field.example is not None and field.type not in _INVENTED:
        return field.example
    return _INVENTED[field.type](dice)


def other_answer(field: FormField, dice: random.Random, before: str) -> str:
    """Another answer than the one kept as `before`."""
    if field.type is FieldType.YES_NO:
        return "否" if before == "是" else "是"
    if field.type is FieldType.CHOICE and field.choices:
        return dice.choice([label for label in field.choices if label != before])
    if field.type in (FieldType.NUMBER, FieldType.AMOUNT):
        return str(int(float(before or 0)) % 90 + 1)
    if field.type in _INVENTED:
        return _INVENTED[field.type](dice)
    return f"{before}，另外一种"


def person_name(dice: random.Random) -> str:
    """A name of two or three characters."""
    return dice.choice(_SURNAMES) + "".join(dice.sample(_GIVEN, dice.choice((1, 2))))


def id_number(dice: random.Random) -> str:
    """A resident ID number that nobody needs to have: valid form, birth date and check digit."""
    born = date(1940, 1, 1) + timedelta(days=dice.randrange(20_000))
    body = f"{_AREA}{born:%Y%m%d}{dice.randrange(1000):03d}"
    check: str = ric.calc_check_digit(body + "0")
    return body + check


def phone(dice: random.Random) -> str:
    """A mobile number."""
    return f"138{dice.randrange(10**8):08d}"


def bank_account(dice: random.Random) -> str:
    """A 19-digit card number with a valid check digit (Luhn)."""
    body = "622848" + "".join(str(dice.randrange(10)) for _ in range(12))
    doubled = [int(digit) * (2 - position % 2) for position, digit in enumerate(reversed(body))]
    total = sum(value - 9 if value > 9 else value for value in doubled)
    return body + str(-total % 10)


def _date(dice: random.Random) -> str:
    day = date(2015, 1, 1) + timedelta(days=dice.randrange(3000))
    return dice.choice((f"{day.year}年{day.month}月{day.day}日", f"{day:%Y-%m-%d}"))


def _address(dice: random.Random) -> str:
    return f"杭州市拱墅区和睦路{dice.randrange(1, 99)}号{dice.randrange(1, 20)}幢{dice.randrange(101, 999)}室"


_INVENTED: dict[FieldType, Callable[[random.Random], str]] = {
    FieldType.PERSON_NAME: person_name,
    FieldType.ID_NUMBER: id_number,
    FieldType.PHONE: phone,
    FieldType.BANK_ACCOUNT: bank_account,
    FieldType.DATE: _date,
    FieldType.ADDRESS: _address,
    FieldType.YES_NO: lambda dice: dice.choice(("是", "否")),
}

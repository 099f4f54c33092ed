"""Invented residents with numbers that pass every check and belong to nobody."""

from dataclasses import dataclass
from itertools import count

from stdnum.cn import ric

NAMES = ("王秀英", "李桂兰", "张建国", "陈玉珍", "刘德明", "赵淑芬", "周根生", "吴阿妹")
_numbers = count(1)


@dataclass(frozen=True)
class Person:
    """Who applies."""

    name: str
    id_number: str
    phone: str

    @property
    def last_four(self) -> str:
        """What a case is tracked with."""
        return self.phone[-4:]


def invented() -> Person:
    """Somebody new."""
    number = next(_numbers)
    stem = f"33010519450305{number:03}"
    return Person(
        name=NAMES[number % len(NAMES)],
        id_number=stem + ric.calc_check_digit(stem + "0"),
        phone=f"1380000{number:04}",
    )

"""What stands on the two sides of a resident identity card 居民身份证, from the rows that were read."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from stdnum.cn import ric

_NAME = re.compile(r"姓名([^\d]{2,20}?)(?:性别|$)")
_SEX = re.compile(r"性别?(男|女)")
_ETHNICITY = re.compile(r"民?族([\u4e00-\u9fff]{1,6})")
_BORN = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日?")
_NUMBER = re.compile(r"(?<!\d)(\d{17}[\dXx])(?!\d)")
_ADDRESS = re.compile(r"住?址(.+?)(?:公民身份|公民|身份号码|\d{17}[\dXx])")
_AUTHORITY = re.compile(r"签发机关(\D+?)(?:有效|期限|\d)")
_VALID = re.compile(
    r"(\d{4})[.,·年]?(\d{2})[.,·月]?(\d{2})日?[-一—–~至]+(?:(\d{4})[.,·年]?(\d{2})[.,·月]?(\d{2})|长期)"
)
_AS_PRINTED_TODAY = str.maketrans({"漢": "汉", "滿": "满", "囘": "回", "蒙": "蒙"})
_OF_FRONT = ("姓名", "性别", "民族", "出生", "住址", "公民身份号码")
"""In the order in which they stand on the card."""
_OF_BACK = ("中华人民共和国", "居民身份证", "签发机关", "有效期限")


@dataclass(frozen=True)
class Front:
    """The side with the portrait. `ethnicity` and `address` may be empty where they could not be read."""

    name: str
    sex: str
    ethnicity: str
    born: date
    address: str
    number: str

    @property
    def agrees_with_itself(self) -> bool:
        """Whether the number's birth date and sex are those printed beside it (GB 11643)."""
        odd = int(self.number[16]) % 2 == 1
        return self.number[6:14] == f"{self.born:%Y%m%d}" and self.sex == ("男" if odd else "女")

    @property
    def has_right_digit(self) -> bool:
        """Whether the number's check digit is right."""
        # Not `ric.is_valid`: it knows districts by the years they had a number, and refuses many a real card.
        return bool(ric.calc_check_digit(self.number) == self.number[-1])


@dataclass(frozen=True)
class Back:
    """The side with the emblem. `valid_until` is None for 长期."""

    authority: str
    valid_from: date
    valid_until: date | None

    def has_expired(self, today: date) -> bool:
        """Whether the card is valid no more."""
        return self.valid_until is not None and self.valid_until < today


def front_in(rows: Sequence[str]) -> Front | None:
    """The front that the rows hold, if name, number and birth date can be read."""
    whole = _normal(rows)
    name, number, printed = _name_in(rows), _NUMBER.search(whole), _BORN.search(whole)
    born = _date(printed)
    if name is None or number is None or printed is None or born is None:
        return None
    if not whole.find("姓名") < printed.start() < number.start():
        return None  # read from the wrong side
    sex, ethnicity, address = _SEX.search(whole), _ETHNICITY.search(whole), _ADDRESS.search(whole)
    return Front(
        name=name,
        sex=sex[1] if sex else "",
        ethnicity=_until_born(ethnicity[1]).translate(_AS_PRINTED_TODAY) if ethnicity else "",
        born=born,
        address=address[1] if address else "",
        number=number[1].upper(),
    )


def back_in(rows: Sequence[str]) -> Back | None:
    """The back that the rows hold, if its time of validity can be read."""
    whole = _normal(rows)
    valid = _VALID.search(whole)
    valid_from = _date(valid)
    if valid is None or valid_from is None:
        return None
    valid_until = None if valid[4] is None else _as_date(valid[4], valid[5], valid[6])
    if valid[4] is not None and valid_until is None:
        return None
    authority = _AUTHORITY.search(whole)
    return Back(authority[1] if authority else "", valid_from, valid_until)


def words_of_a_card(rows: Sequence[str]) -> int:
    """How many of the words that stand on every card were read; of a number as of two."""
    whole = _normal(rows)
    return sum(word in whole for word in (*_OF_FRONT, *_OF_BACK)) + 2 * (_NUMBER.search(whole) is not None)


def _name_in(rows: Sequence[str]) -> str | None:
    """The name: beside its label, or in the row that follows it where the label stands alone."""
    normal = [_normal([row]) for row in rows]
    for place, row in enumerate(normal):
        if (found := _NAME.search(row)) is not None:
            return found[1].replace("・", "·")
        if row == "姓名" and place + 1 < len(normal) and 2 <= len(normal[place + 1]) <= 20:
            return None if any(word in normal[place + 1] for word in _OF_FRONT) else normal[place + 1]
    return None


def _until_born(text: str) -> str:
    return text.partition("出生")[0].partition("出")[0]


def _normal(rows: Sequence[str]) -> str:
    return unicodedata.normalize("NFKC", "".join(rows)).replace(" ", "")


def _date(found: re.Match[str] | None) -> date | None:
    return None if found is None else _as_date(found[1], found[2], found[3])


def _as_date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None

"""What stands on the two sides of a resident identity card 居民身份证, from the rows that were read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from stdnum.cn import ric

from kyc.cards.printed import as_number, folded

_HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
_NAME = re.compile(r"[姓性][名各](\D{2,30}?)(?=性别|别[男女]|[男女]民?族|民族|出生|\d|$)")
_SEX = re.compile(r"性?别(男|女)|(男|女)民族")
_ETHNICITY = re.compile(rf"民?族([{_HAN}]{{1,6}})")
_BORN = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日?")
_NUMBER = re.compile(r"(?<![0-9])([0-9]{17}[0-9X])(?![0-9])")
_LOOKS_LIKE_NUMBER = re.compile(r"[0-9OoQDIl|ZSB]{17}[0-9OoQDIl|ZSBXx×]$")
_ADDRESS_LABEL = re.compile(r"[住佳往]址|址")
_END_OF_ADDRESS = re.compile(r"公民身份|身份号码|公民.{0,4}$")
_AUTHORITY = re.compile(rf"[签鉴]发机关([{_HAN}]+?)(?=有效|期限|$|[^{_HAN}])")
_VALID = re.compile(
    r"(\d{4})[.,·:年]?(\d{2})[.,·:月]?(\d{2})日?[-_一—–~至]*(?:(\d{4})[.,·:年]?(\d{2})[.,·:月]?(\d{2})|长期)"
)
_OF_FRONT = ("姓名", "性别", "民族", "出生", "住址", "公民身份号码")
"""In the order in which they stand on the card."""
_OF_BACK = ("中华人民共和国", "居民身份证", "签发机关", "有效期限")
YEARS_VALID = (5, 10, 20)
"""居民身份证法 (2011), article 5: five years under 16, ten to 25, twenty to 45, then 长期."""
ETHNICITIES = re.findall(
    r"\S+",
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 "
    "佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 "
    "塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺 穿青人",
)
"""As a card writes them: GB/T 3304-1991 without 族, and 穿青人."""


@dataclass(frozen=True)
class Front:
    """The side with the portrait. `sex`, `ethnicity` and `address` may be empty where they could not be read."""

    name: str
    sex: str
    ethnicity: str
    born: date
    address: str
    number: str

    @property
    def agrees_with_itself(self) -> bool:
        """Whether the number's birth date and sex are those printed beside it (GB 11643); not what is unread."""
        odd = int(self.number[16]) % 2 == 1
        return self.number[6:14] == f"{self.born:%Y%m%d}" and self.sex in ("", "男" if odd else "女")

    @property
    def has_right_digit(self) -> bool:
        """Whether the number's check digit is right."""
        # Not `ric.is_valid`: it knows districts by the years they had a number, and refuses many a real card.
        return bool(ric.calc_check_digit(self.number) == self.number[-1])


@dataclass(frozen=True)
class Back:
    """The side with the emblem. `valid_until` is None for 长期; `authority` may be empty where it could not be read."""

    authority: str
    valid_from: date
    valid_until: date | None

    def has_expired(self, today: date) -> bool:
        """Whether the card is valid no more."""
        return self.valid_until is not None and self.valid_until < today


def unread_fields(side: Front | Back) -> int:
    """How many of a side's fields could not be read."""
    return sum(getattr(side, field.name) == "" for field in fields(side))


def front_in(rows: Sequence[str]) -> Front | None:
    """The front that the rows hold, if name, number and birth date can be read."""
    whole = folded("".join(rows))
    name, number, printed = _name_in(whole), _number_in(rows, whole), _BORN.search(whole)
    born = _date(printed)
    if name is None or number is None or printed is None or born is None:
        return None
    beginning = max(whole.find("姓名"), whole.find(name))
    if not beginning < printed.start() < whole.rfind(number[0]):
        return None  # read from the wrong side
    sex, ethnicity = _SEX.search(whole), _ETHNICITY.search(whole)
    return Front(
        name=name,
        sex=(sex[1] or sex[2]) if sex else "",
        ethnicity=_ethnicity(ethnicity[1]) if ethnicity else "",
        born=born,
        address=_address(whole[printed.end() :], number[0]),
        number=number[1],
    )


def back_in(rows: Sequence[str]) -> Back | None:
    """The back that the rows hold, if its time of validity can be read and is one that cards have."""
    whole = folded("".join(rows))
    valid = _VALID.search(whole)
    valid_from = _date(valid)
    if valid is None or valid_from is None or not any(word in whole[: valid.start()] for word in _OF_BACK):
        return None
    valid_until = None if valid[4] is None else _as_date(valid[4], valid[5], valid[6])
    if valid[4] is not None and (valid_until is None or valid_until.year - valid_from.year not in YEARS_VALID):
        return None
    authority = _AUTHORITY.search(whole[: valid.start()])
    return Back(authority[1] if authority else "", valid_from, valid_until)


def words_of_a_card(rows: Sequence[str]) -> int:
    """How many of the words that stand on every card were read; of a number as of two."""
    whole = folded("".join(rows))
    return sum(word in whole for word in (*_OF_FRONT, *_OF_BACK)) + 2 * (_NUMBER.search(whole) is not None)


def _name_in(whole: str) -> str | None:
    """The name: behind its label, be it in the same row, the next or two; as long as it is nothing but a name."""
    found = _NAME.search(whole)
    if found is None:
        return None
    name = re.sub("[・•‧.]", "·", found[1])
    name = re.sub(rf"[^{_HAN}·]", "", name).strip("·")
    return name if len(name) >= 2 and not any(word in name for word in _OF_FRONT) else None


def _number_in(rows: Sequence[str], whole: str) -> tuple[str, str] | None:
    """The number as it was read and as it is: from a row that ends with it, or else from anywhere."""
    for row in rows:
        if (found := _LOOKS_LIKE_NUMBER.search(folded(row))) is not None and sum(map(str.isdigit, found[0])) > 8:
            number = as_number(found[0])
            if _NUMBER.fullmatch(number):
                return found[0], number
    found = _NUMBER.search(whole.replace("x", "X"))
    return None if found is None else (whole[found.start() : found.end()], found[1])


def _address(after_birth: str, number: str) -> str:
    """What stands between the birth date and the number, without the labels."""
    before = after_birth.partition(number)[0]
    end = _END_OF_ADDRESS.search(before)
    return _ADDRESS_LABEL.sub("", before[: end.start()] if end else before, count=1)


def _ethnicity(text: str) -> str:
    known = [each for each in ETHNICITIES if text.startswith(each)]
    return max(known, key=len) if known else re.split("[出住生]", text)[0]


def _date(found: re.Match[str] | None) -> date | None:
    return None if found is None else _as_date(found[1], found[2], found[3])


def _as_date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None

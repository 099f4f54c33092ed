"""Postal addresses, down to the door where people give it."""

import re
from datetime import date

from cases.answers.answer import Answer, AnswerRefused
from cases.answers.wording import compact, is_question, trimmed
from services_catalog.schema import FormField

LONGEST = 100

_HAN = re.compile(r"[㐀-鿿]")
_PLACE = re.compile(
    r"[路街巷弄号室村组幢栋区县市省苑园镇乡州屯寨庄湾里坊桥楼]|单元|大道|胡同|新城|公寓|花园|家园|广场|大厦"
)
_DOOR = re.compile(r"[0-9一二三四五六七八九十].*[号室幢栋村组]|[号室幢栋村组].*[0-9一二三四五六七八九十]")
_PREFIX = re.compile(
    r"(?:(?:(?:我|他|她|我妈妈?|我爸爸?)?(?:们|现在|目前)*(?:家|户口|户籍|人)?(?:就|都)?(?:住在|住|在|地址))|寄到|寄往)?(?:是|为|在|:|,)*"
)


def read_address(field: FormField, text: str, today: date) -> Answer:
    """The address, without the words around it. Certain when it names a door or village and a digit."""
    said = trimmed(compact(text))
    while (shorter := trimmed(said[_prefix_length(said) :])) != said:
        said = shorter
    if is_question(said):
        raise AnswerRefused("address_unclear")
    if len(said) > LONGEST:
        raise AnswerRefused("address_too_long", most=str(LONGEST))
    if len(_HAN.findall(said)) < 4:
        raise AnswerRefused("address_short")
    if not _PLACE.search(said):
        raise AnswerRefused("address_unclear")
    return Answer(said, said, said, certain=_DOOR.search(said) is not None)


def _prefix_length(said: str) -> int:
    prefix = _PREFIX.match(said)
    return prefix.end() if prefix else 0

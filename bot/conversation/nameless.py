"""What a text that leaves the office must not tell: numbers, and, as far as they can be seen, names and house numbers.

A name is seen where it is introduced (我叫王秀英), or where it stands with what else identifies somebody (王秀英，女，
身份证号…). A bare name in the middle of a sentence is not: no list of words tells 高血压 from 高小红 safely.
"""

import re

from bot.conversation.redaction import redacted
from cases.answers.surnames import EVERYDAY_WORDS, surname_length

NAME = "【姓名】"
HOUSE = "【门牌号】"

_HAN = r"[\u3400-\u9fff]"
_INTRODUCED = re.compile(
    rf"(?:(?:我|名字|姓名|名|人|他|她|爸|妈|爱人|老伴)叫做?|名字是|姓名是?|户主是?)[:： ]*(?P<name>{_HAN}{{2,4}})"
)
_IDENTIFIED = re.compile(
    rf"(?:^|[,，、。;；:： \n])(?P<name>{_HAN}{{2,4}})"
    r"(?=[,，、:： (（]*(?:身份证|电话|手机|联系方式|男|女|【身份证号】|【手机号】))"
)
_DOTTED = re.compile(rf"{_HAN}{{1,6}}[·•‧・]{_HAN}{{1,6}}")
"""阿依古丽·买买提; where it begins and ends is not seen, so its neighbours go with it."""
_HOUSE = re.compile(
    r"[0-9]+(?:-[0-9]+)*(?:号楼|号院|幢|栋|单元|室)|(?<=[路街弄巷道村里苑园坊桥])[0-9]+(?:-[0-9]+)*(?:号|弄)"
)
"""12号 alone may be a day, and is left."""


def nameless(text: str) -> str:
    """`text` without what identifies people, as far as it is seen; what it means stays readable."""
    plain = _INTRODUCED.sub(_without_name, _DOTTED.sub(NAME, redacted(text)))
    return _HOUSE.sub(HOUSE, _IDENTIFIED.sub(_without_name, plain))


def _without_name(match: re.Match[str]) -> str:
    """What was found, without as many characters as a name that begins there may have."""
    said = match["name"]
    surname = surname_length(said)
    if surname == 0 or said in EVERYDAY_WORDS:
        return match[0]
    before, _, after = match[0].rpartition(said)
    return before + NAME + said[surname + 2 :] + after

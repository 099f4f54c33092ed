"""Printed text as the card has it, where the reader gives another form of the same character."""

import re
import unicodedata

_SIMPLIFIED = str.maketrans(
    "別漢滿囘單単號区區縣戶戸長機關関簽證証國東陳張劉楊黃吳馬趙孫葉許鄭謝韓馮鄧蕭龍歐陽華麗偉強傑靜蘭鳳榮寶壯維爾號碼効效"
    "門樓層鎮鄉寧廣慶蘇陝貴雲內蔣盧賈鄒陸錢龔嚴湯賀顧羅寫無醫學診斷銀結離殘發",
    "别汉满回单单号区区县户户长机关关签证证国东陈张刘杨黄吴马赵孙叶许郑谢韩冯邓萧龙欧阳华丽伟强杰静兰凤荣宝壮维尔号码效效"
    "门楼层镇乡宁广庆苏陕贵云内蒋卢贾邹陆钱龚严汤贺顾罗写无医学诊断银结离残发",
)
"""Traditional and Japanese forms that the reader confuses with those of the mainland; a card has only the latter."""
_DIGITS = str.maketrans("OoQDIlｌ|ZSB×Ⅹx", "00001111258XXX")
_DOTS = re.compile(r"[\s·•・.．‧∙⋅˙]")


def folded(text: str) -> str:
    """The text in mainland characters of ordinary width, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).translate(_SIMPLIFIED).split())


def bare_name(name: str) -> str:
    """A name without the dots and blanks that are written one way or another."""
    return _DOTS.sub("", folded(name))


def as_number(text: str) -> str:
    """Letters that look like digits as those digits, and every x as X."""
    return text.translate(_DIGITS)

"""Names of people, as on the identity card."""

import re
from datetime import date

from cases.answers.answer import Answer, AnswerRefused
from cases.answers.surnames import EVERYDAY_WORDS, SINGLE, surname_length
from cases.answers.wording import is_question, plain, trimmed
from services_catalog.schema import FormField

LONGEST = 20

_DOTS = re.compile(r"\s*[·•・‧∙⋅●。.]\s*(?=[㐀-鿿])")
_HAN = re.compile(r"[㐀-鿿〇\U00020000-\U0003ffff]+")
_WITH_DOTS = re.compile(r"[㐀-鿿〇\U00020000-\U0003ffff]+(?:·[㐀-鿿〇\U00020000-\U0003ffff]+)+")
_PREFIX = re.compile(
    r"^(?:您好|你好|.{0,8}?(?:名字叫做?|名字是|名字|姓名是|姓名|名叫|叫做|叫|户主是|本人是|我是|她是|他是)"
    r"|是(?:的[, ])?)[:是, ]*"
)
_APART = re.compile(r"^.{0,4}?姓([㐀-鿿]{1,2})[,、 ]*(?:名字?叫?|叫)([㐀-鿿]{1,3})[.,。!]*$")
_TITLE = re.compile(
    r"(?:女士|先生|小姐|师傅|阿姨|大妈|大爷|奶奶|爷爷|叔叔|伯伯|老师|同志|主任|医生|书记|婆婆|公公|妈妈|爸爸|母亲|父亲|老伴)$"
)
_NOT_IN_NAMES = re.compile(r"[我你您他她它吗呢吧啥怎哪这那谁的了]|不[知是想要会能行对用好]|没[有事]")
_NOT_NAMES = re.compile(
    r"人工|取消|返回|跳过|退出|结束|开始|继续|修改|重来|重新|确认|确定|提交|上一步|下一步|大字|再说一遍|再见|谢谢|在吗|客服|帮忙|帮助|"
    r"办理|办事|申请|查询|咨询|投诉|预约|转人工|等一下|稍等|什么|为何|多少|多久|可以|好的|同意|知道|电话|手机|地址|身份证|名字|姓名|保密|匿名|无名"
)


def read_person_name(field: FormField, text: str, today: date) -> Answer:
    """The name, without 我叫 and the like.

    Certain when it begins with a known surname and has a usual length.
    """
    said = _APART.sub(r"\1\2", plain(text))
    while (shorter := trimmed(_PREFIX.sub("", trimmed(said)))) != said:
        said = shorter
    name = re.sub(r"\s", "", _DOTS.sub("·", said))
    if re.search(r"[0-9]", name):
        raise AnswerRefused("person_name_digits")
    if is_question(name) or _NOT_NAMES.search(name) or _NOT_IN_NAMES.search(name):
        raise AnswerRefused("person_name_unclear")
    if _WITH_DOTS.fullmatch(name) and len(name) <= LONGEST:
        return _answer(name, certain=True)
    if re.search(r"[A-Za-z]", name):
        raise AnswerRefused("person_name_letters")
    if not _HAN.fullmatch(name):
        raise AnswerRefused("person_name_too_long" if len(name) > LONGEST else "person_name_unclear")
    if len(name) > 4:
        raise AnswerRefused("person_name_too_long")
    if len(name) == 1:
        raise AnswerRefused("person_name_too_short")
    if _TITLE.search(name):
        raise AnswerRefused("person_name_title")
    return _answer(name, certain=_is_usual(name))


def _answer(name: str, *, certain: bool) -> Answer:
    return Answer(name, name, name, certain)


def _is_usual(name: str) -> bool:
    surname = surname_length(name)
    two_surnames = surname == 1 and len(name) == 4 and name[1] in SINGLE
    given = len(name) - surname - (1 if two_surnames else 0)
    return surname > 0 and 1 <= given <= 2 and name not in EVERYDAY_WORDS

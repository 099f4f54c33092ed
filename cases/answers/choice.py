"""Answers out of a list, and yes or no."""

import re
from collections.abc import Callable
from datetime import date

from rapidfuzz import fuzz

from cases.answers.answer import Answer, AnswerRefused
from cases.answers.numerals import parsed_number
from cases.answers.wording import compact, is_question, trimmed
from services_catalog.schema import FormField
from services_catalog.sounding import sound

CLOSE_SPELLING = 85

_BY_NUMBER = re.compile(
    r"(?:我?(?:选择?|要|就))?(?:第|编号)?([0-9]{1,2}|[一二三四五六七八九十]{1,2})(?:个|项|条|种|号|\.)?(?:吧|啊|呀)?"
)
_PARTS = re.compile(r"或者?|/|、|,|和")
_DENIALS = "不没无非未别"
_TAIL = re.compile(r"(?:的|了|啊|呀|哦|噢|嘛|哈|呗|吧|哒|滴|呢|,|\.|。|!)+$")
_HEAD = re.compile(r"^(?:我们?|他们?|她们?|那|就|当然|肯定|应该|确实|本人|都|也|现在|目前|还)+")

_YES_WORDS = """
是 是是 是是是 有 对 对对 对对对 对头 嗯 嗯嗯 嗯呐 恩 额对 好 好好 行 行行 可以 可 同意 知道
知道并同意 知道同意 要 需要 愿意 想 想要 没错 没问题 不错 正确 确认 确定 是这样 有过 办过 会
能 得 必须 ok okay yes y 1 已经有 是对 好可以 可以可以 成 中
"""
_NO_WORDS = """
否 不 不不 不是 不是不是 没 没有 没没 没有没有 不要 不用 不需要 不同意 不可以 不行 不对 不好
不愿意 不想 不想要 没有过 没过 从没 从来没有 无 非 未 no n 2 不能 不会 错 错误 还没 还没有
不必 并没有 并不是 并不
"""
_YES = frozenset(_YES_WORDS.split())
_NO = frozenset(_NO_WORDS.split())
_UNDECIDED = re.compile(r"不知道|不清楚|不确定|不一定|不晓得|不好说|看情况|随便|是否|有无|或者|还是|有时|也许|可能")


def read_choice(field: FormField, text: str, today: date) -> Answer:
    """The label that was meant: by its words, its sound, its number, a unique part of it, or a close spelling."""
    choices = field.choices or []
    said = trimmed(compact(text)).lower().replace("其它", "其他")
    exact = _meant(choices, lambda label: label == said) or _meant(choices, lambda label: said in _PARTS.split(label))
    if len(exact) == 1:
        return _answer(exact[0], certain=True)
    alike = _meant(choices, lambda label: sound(label) == sound(said)) if said and not exact else []
    if len(alike) == 1:
        return _answer(alike[0], certain=True)
    number = _BY_NUMBER.fullmatch(said)
    if number and not exact:
        position = int(parsed_number(number.group(1)) or 0)
        if 1 <= position <= len(choices):
            return _answer(choices[position - 1], certain=True)
        raise AnswerRefused("choice_out_of_range", count=str(len(choices)))
    if not said:
        raise AnswerRefused("choice_unclear")
    for meant in (
        _contained(choices, said),
        _meant(choices, lambda label: said in label),
        _close(choices, said),
    ):
        if len(meant) == 1:
            return _answer(meant[0], certain=False)
        if meant:
            raise AnswerRefused("choice_several", several="、".join(meant))
    raise AnswerRefused("choice_unclear")


def read_yes_no(field: FormField, text: str, today: date) -> Answer:
    """是 or 否. Certain when the whole text is such a word."""
    said = trimmed(compact(text)).lower()
    bare = _TAIL.sub("", _HEAD.sub("", said)) or said
    for word in (said, bare):
        if word in _YES:
            return _answer("是", certain=True)
        if word in _NO:
            return _answer("否", certain=True)
    if len(said) > 30 or is_question(said) or _UNDECIDED.search(said):
        raise AnswerRefused("yes_no_unclear")
    if bare.startswith(tuple("不没否无未")) and not bare.startswith(("没错", "没问题", "不错", "没关系", "没事")):
        return _answer("否", certain=False)
    if bare.startswith(
        ("是", "有", "对", "嗯", "好", "可以", "知道", "同意", "要", "需要", "愿意", "没错", "没问题", "不错")
    ):
        return _answer("是", certain=False)
    raise AnswerRefused("yes_no_unclear")


def _answer(label: str, *, certain: bool) -> Answer:
    return Answer(label, label, label, certain)


def _meant(choices: list[str], fits: Callable[[str], bool]) -> list[str]:
    return [choice for choice in choices if fits(trimmed(compact(choice)).lower())]


def _contained(choices: list[str], said: str) -> list[str]:
    found: dict[str, str] = {}
    for choice in choices:
        for word in {trimmed(compact(choice)).lower(), *_PARTS.split(compact(choice).lower())}:
            place = said.find(word) if word else -1
            if place >= 0 and (place == 0 or said[place - 1] not in _DENIALS):
                found[word] = choice
    longest = (word for word in found if not any(word != other and word in other for other in found))
    return list(dict.fromkeys(found[word] for word in longest))


def _close(choices: list[str], said: str) -> list[str]:
    return _meant(choices, lambda label: fuzz.ratio(label, said) >= CLOSE_SPELLING)

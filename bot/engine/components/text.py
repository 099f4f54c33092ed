"""How a resident's text is brought to one form before anything reads it."""

import re
import unicodedata

PLACEHOLDER = re.compile(r"【[^【】]{1,12}】")
"""What the application puts in place of a number it redacted, e.g. 【身份证号】."""

_DIGITS = "零一二三四五六七八九"
_NUMBER = re.compile(r"\d+")
_NOT_WORD = re.compile(r"[^0-9a-z\u3400-\u9fff\ue000-\uf8ff]+")
_FILLERS = re.compile(r"^(?:请问|麻烦|那个|嗯+|呃+|额+|哦+|喂)+|[吧呢啊呀哦噢喔嘛哈啦咯哇]+$")
_PLACEHOLDER_MARK = "\ue000"


def is_payload(text: str) -> bool:
    """Whether `text` is a Rasa payload (`/intent{...}`), which no component may touch."""
    return text.lstrip().startswith("/")


def normalise(text: str) -> str:
    """`text` in one width and case, numbers as they are spoken, without spaces and punctuation.

    Residents write 80岁 and 八十岁, ４０５０ and 四零五零; the models should see one form. A placeholder
    becomes a single private-use character, so that its words are never taken for the resident's.
    """
    folded = unicodedata.normalize("NFKC", text).lower()
    folded = PLACEHOLDER.sub(_PLACEHOLDER_MARK, folded)
    return _NOT_WORD.sub("", _NUMBER.sub(_spoken, folded))


def core(text: str) -> str:
    """`normalise(text)` without polite openings and closing particles: 喂人工呢 is 人工.

    A text made of nothing else (喂) stays as it is.
    """
    whole = normalise(text)
    return _FILLERS.sub("", whole) or whole


_SPOKEN: dict[int, str] = {
    number: (_DIGITS[number // 10] if number >= 20 else "") + "十" + (_DIGITS[number % 10] if number % 10 else "")
    for number in range(10, 100)
}


def _spoken(match: re.Match[str]) -> str:
    digits = match.group()
    if len(digits) == 2 and digits[0] != "0":
        return _SPOKEN[int(digits)]
    return "".join(_DIGITS[int(digit)] for digit in digits)

"""Typed and dictated Chinese, brought to one plain form before a reader looks at it."""

import re
import unicodedata

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹘﹣－", "-") | dict.fromkeys("~〜～", "~"))
_SPOKEN = str.maketrans("零〇○一幺二三四五六七八九", "0001123456789")
_SPOKEN_RUN = re.compile(r"[零〇○一幺二三四五六七八九0-9]{7,}")
_SPOKEN_DIGIT = "[零〇○一幺二三四五六七八九0-9]"
_TWO_LONG = re.compile(rf"({_SPOKEN_DIGIT}{{10}}) *[ .\-] *(?={_SPOKEN_DIGIT}{{10}})")
_GAP = re.compile(rf"(?<={_SPOKEN_DIGIT})[ .\-]+(?={_SPOKEN_DIGIT}|[X×])")
_QUESTION = re.compile(r"\?|吗|呢|怎么|咋|什么|啥|为何|哪里|哪儿|哪个|谁|多久|能不能|可不可以|是不是|有没有|请问|想问")
_EDGES = " \t,.;:!、。,'\"()[]<>《》“”‘’…~"


def without_controls(text: str) -> str:
    """`text` without control, format and surrogate characters, each run of white space made one blank."""
    kept = (" " if char.isspace() else char for char in text)
    shown = (char for char in kept if char == " " or not unicodedata.category(char).startswith("C"))
    return re.sub(r" +", " ", "".join(shown)).strip()


def plain(text: str) -> str:
    """`text` in half-width letters and digits (NFKC), one kind of dash, one blank between words."""
    return without_controls(unicodedata.normalize("NFKC", without_controls(text)).translate(_DASHES))


def compact(text: str) -> str:
    """`plain` text without blanks, but for those between two digits, which may part two numbers."""
    return re.sub(r"(?<![0-9]) | (?![0-9])", "", plain(text))


def trimmed(text: str) -> str:
    """`text` without punctuation at either end."""
    return text.strip(_EDGES)


def is_question(text: str) -> bool:
    """Whether the text rather asks something than answers."""
    return _QUESTION.search(text) is not None


def joined_digits(text: str) -> str:
    """`plain` text in capitals whose long numbers are whole.

    Blanks, dots and dashes between digits are taken out, unless they part two long numbers;
    numbers dictated digit by digit are written in digits.
    """
    parted = _TWO_LONG.sub(r"\1,", plain(text).upper())
    closed = _GAP.sub("", parted)
    return _SPOKEN_RUN.sub(lambda run: run.group().translate(_SPOKEN), closed)

"""Folding a burst: 我想 / 办 / 残疾证, sent as three messages, is one wish.

Only an opening that says nothing by itself is waited on, and only for as long as somebody takes to type the next
words; whatever can be answered is answered at once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.conversation.incoming import Incoming

PATIENCE_S = 2.5
"""How long after an opening the next words are waited for; within the time a channel lets us answer directly."""
LONGEST_CONTINUATION = 24
"""Characters; a longer message stands by itself."""
MOST_FOLDED = 8

_OPENING = re.compile(
    r"(?:我们?|俺|咱们?|阿拉|想要?|要|需要|打算|准备|办理?|办一?下|办个|申请|申领|领取?|帮我?|帮忙|给|替|为|"
    r"问一?下?|请问|咨询一?下?|了解一?下?|打听一?下?|就是|那个|这个|[呃额哦噢]|的|去|来|"
    r"老?[爸妈]|爸爸|妈妈|姆妈|老伴|儿子|女儿|孩子|奶奶|爷爷|外婆|外公|老公|老婆|家里?|老人|[，,、…\s.])+"
)
_ALSO_ANSWERS = re.compile(r"(?:想要?|要|需要|办理?|办一?下|我要|给|[呃额哦噢]|就是|这个|那个|[，,。.\s])+")
"""Openings that are answers where something was just asked: 要, 办理, 这个."""


@dataclass(frozen=True)
class Pending:
    """A message that waits for its turn."""

    number: int
    message: Incoming
    received_at: datetime


def is_opening(text: str, asked: bool) -> bool:
    """Whether a text only begins to say something. `asked` tells that the bot's last words offered an answer."""
    if _OPENING.fullmatch(text) is None:
        return False
    return not (asked and _ALSO_ANSWERS.fullmatch(text))


def burst(pending: Sequence[Pending], asked: bool) -> tuple[int, bool]:
    """How many of the pending messages, from the first, are one wish, and whether it is complete."""
    first = pending[0].message
    if not first.is_typed or not is_opening(first.text, asked):
        return 1, True
    said = first.text
    for count, each in enumerate(pending[1:MOST_FOLDED], 1):
        if not each.message.is_typed or len(each.message.text) > LONGEST_CONTINUATION:
            return count, True
        said = joined(said, each.message.text)
        if not is_opening(said, asked):
            return count + 1, True
    return min(len(pending), MOST_FOLDED), len(pending) >= MOST_FOLDED


def joined(*texts: str) -> str:
    """Texts of one burst as one; a blank stands only between words of letters."""
    whole = texts[0]
    for text in texts[1:]:
        apart = whole[-1:].isascii() and text[:1].isascii() and whole[-1:].isalnum() and text[:1].isalnum()
        whole = f"{whole} {text}" if apart else whole + text
    return whole

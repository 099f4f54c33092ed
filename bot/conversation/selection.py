"""Understanding which of the offered choices a resident means: by number, by word, by its sound, or nearly."""

import re
import unicodedata
from collections.abc import Sequence

from rapidfuzz import fuzz

from bot.conversation.bubbles import Choice
from bot.conversation.incoming import Incoming
from bot.conversation.state import DialogueState
from services_catalog.sounding import sound

CLOSE_ENOUGH = 88
"""rapidfuzz ratio, of 100, from which a mistyped label still counts."""

_CHINESE = {
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}
_ORDINAL = re.compile(r"^(?:选|我选|要)?第?([0-9]{1,2}|[一二两三四五六七八九十])(?:个|项|种|条|号|吧|\.|、)*$")


_TOO_COMMON = frozenset(("没有", "不是", "不要", "可以", "好的", "我要", "办理", "不办", "先不"))
"""Parts of labels that say nothing by themselves."""


def taken(state: DialogueState, message: Incoming) -> Choice | None:
    """The choice a message takes: by button, if it was offered last, or by word or number.

    Changing an answer and submitting are taken late, too: a card stays on the screen, and a second tap on
    确认提交 must show the case that the first one filed. So are a person, the card of a case filed before, and how
    content somebody was.
    """
    if message.choice is None:
        return chosen(message.text, state.offered)
    for offered in state.offered:
        if offered.value == message.choice:
            return offered
    verb, _, rest = message.choice.partition(":")
    late = verb in ("submit", "human", "card", "rate") or (verb == "change" and rest and state.case_id is not None)
    return Choice(label=message.text, value=message.choice) if late else chosen(message.text, state.offered)


def chosen(text: str, offered: Sequence[Choice]) -> Choice | None:
    """The offered choice that `text` names, or None if it names none or several."""
    said = _bare(text)
    if not said or not offered:
        return None
    for choice in offered:
        if said == _bare(choice.label):
            return choice
    ordinal = _ORDINAL.match(said)
    if ordinal:
        number = _CHINESE.get(ordinal[1]) or int(ordinal[1])
        return offered[number - 1] if 1 <= number <= len(offered) else None
    alike = [choice for choice in offered if sound(said) == sound(_bare(choice.label))]
    if len(alike) == 1:
        return alike[0]
    close = [choice for choice in offered if fuzz.ratio(said, _bare(choice.label)) >= CLOSE_ENOUGH]
    if len(close) == 1:
        return close[0]
    if len(said) < 2 or said in _TOO_COMMON:
        return None
    inside = [choice for choice in offered if not choice.value.startswith("value:") and said in _bare(choice.label)]
    return inside[0] if len(inside) == 1 else None


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[\s，。！？、,.!?~…:：;；\"'“”‘’（）()【】\[\]]", "", plain)

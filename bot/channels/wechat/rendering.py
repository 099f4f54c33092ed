"""Bubbles as WeChat shows them: merged, because each message costs quota, with choices that can be tapped."""

import re
from collections.abc import Sequence
from urllib.parse import quote

from bot.channels.wording import packed, spoken
from bot.conversation.bubbles import Choice
from bot.conversation.channel import Numbered, Part

MOST_BYTES = 2000
"""UTF-8 bytes of one text message; 2048 is what followers report, and not documented."""
MOST_LINKS_BYTES = 1200
"""Choices beyond this are told by their numbers alone."""
_UNSAFE = re.compile(r"[^\w，。、！？：；（）“”《》]")


def parts_of(said: Sequence[Numbered]) -> list[Part]:
    """The messages that tell all of `said`, in order."""
    blocks: list[str] = []
    for entry in said:
        words = plain(spoken(entry.bubble, with_choices=False))
        blocks.append(f"\n{words}" if blocks else words)
        blocks += _choices(entry)
    return [Part(text=text) for text in packed(blocks, MOST_BYTES, size)]


def size(text: str) -> int:
    """The length WeChat counts."""
    return len(text.encode())


def plain(text: str) -> str:
    """A text in which WeChat's client finds no link of ours by accident: an opening < is written wide."""
    return text.replace("<", "＜")


def _choices(entry: Numbered) -> list[str]:
    """The choices, one a line, with a number to type and a link to tap where that does not take too much room."""
    numbered = [f"{place}. {plain(choice.label)}" for place, choice in enumerate(entry.bubble.choices, 1)]
    tappable = [_link(entry.number, place, choice) for place, choice in enumerate(entry.bubble.choices, 1)]
    return tappable if size("\n".join(tappable)) <= MOST_LINKS_BYTES else numbered


def _link(number: int, place: int, choice: Choice) -> str:
    """A link that sends the choice's words back, as a text with this token for its `bizmsgmenuid`.

    Chinese stands in it as it is: percent signs would make it three times as long.
    """
    words = _UNSAFE.sub(lambda found: quote(found[0], safe=""), choice.label)
    address = f"weixin://bizmsgmenu?msgmenucontent={words}&msgmenuid={number}.{place}"
    return f'<a href="{address}">{place}. {plain(choice.label)}</a>'

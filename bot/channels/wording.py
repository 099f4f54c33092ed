"""A bubble in plain words, and long words cut to a channel's measure: what every door that sends text needs."""

import re
from collections.abc import Callable, Iterable

from bot.conversation.bubbles import Bubble

Size = Callable[[str], int]
"""How long a text is in the channel's own measure."""

_ENDS = (re.compile(r"[。！？!?；;]|\n"), re.compile(r"[，、,：:\s]"))
"""Where a text may be cut: after a sentence, else after a part of one."""
_SMALLEST_SHARE = 0.4
"""A cut that leaves less than this share of the room used is no better than a cut in the middle."""


def spoken(bubble: Bubble, *, with_choices: bool = True, only_absolute: bool = True) -> str:
    """A bubble as text: who says it where a clerk does, its progress, its words, its numbered choices, its links.

    Links that lead nowhere outside a browser of ours are left out where `only_absolute`.
    """
    lines = [] if bubble.progress is None else [f"第 {bubble.progress.step} 步 / 共 {bubble.progress.total} 步"]
    lines.append(bubble.text if bubble.signed is None else f"【{bubble.signed}】{bubble.text}")
    if with_choices:
        lines += [f"{number}. {choice.label}" for number, choice in enumerate(bubble.choices, 1)]
    lines += [
        f"{link.label}：{link.href}"
        for link in bubble.links
        if not only_absolute or link.href.startswith(("https://", "http://"))
    ]
    return "\n".join(lines)


def packed(blocks: Iterable[str], most: int, size: Size) -> list[str]:
    """Blocks joined by line breaks into as few texts as fit into `most`; only a block that is too long is cut."""
    texts: list[str] = []
    for block in blocks:
        for piece in cut(block, most, size):
            if texts and size(f"{texts[-1]}\n{piece}") <= most:
                texts[-1] = f"{texts[-1]}\n{piece}"
            elif piece.strip():
                texts.append(piece.lstrip("\n"))
    return [text.rstrip() for text in texts]


def cut(text: str, most: int, size: Size) -> list[str]:
    """`text` in pieces of at most `most`, cut after sentences where it can be. No visible character is lost."""
    pieces = []
    while size(text) > most:
        room = _fitting(text, most, size)
        at = _last_end(text[:room]) or room
        pieces.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*pieces, text] if text or not pieces else pieces


def _fitting(text: str, most: int, size: Size) -> int:
    """How many characters fit; at least one, so that every text comes to an end."""
    low, high = 1, min(len(text), most)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(text[:middle]) <= most else (low, middle - 1)
    return low


def _last_end(text: str) -> int | None:
    for end in _ENDS:
        found = [match.end() for match in end.finditer(text)]
        if found and found[-1] >= len(text) * _SMALLEST_SHARE:
            return found[-1]
    return None

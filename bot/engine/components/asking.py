"""Where a sentence asks: residents tell a story, and the few characters that ask lie anywhere in it."""

import re

WINDOW = 4
"""Characters kept on both sides of a question word: 具体交[啥], 去[哪]个屋."""

TAIL = 10
"""Characters at the end, where most questions stand."""

_CUES = re.compile(
    r"吗|嘛|么|呢|伐|怎|啥|什么|哪|几|多少|多久|多长|多大|多远|咋|谁|何|可否|能否|是否|还是"
    r"|能不能|可不可以|要不要|行不行|是不是|有没有|对不对|不$|没$|没有$"
)


def tail(text: str) -> str:
    """How a normalised text ends."""
    return text[-TAIL:]


def questions(text: str) -> list[str]:
    """The stretches around the question words of a normalised text; the tail where it has none."""
    spans = [(max(0, cue.start() - WINDOW), cue.end() + WINDOW) for cue in _CUES.finditer(text)]
    if not spans:
        return [tail(text)]
    joined = [spans[0]]
    for start, end in spans[1:]:
        if start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return [text[start:end] for start, end in joined]

"""The wishes in a message: 办残疾证要什么材料，顺便查下我的低保批了没 holds two.

A message is parted where a word links another wish to it, and before a question of few words that is about the same
thing (，多少钱). What asks for nothing by itself stays with what it belongs to: 我爸走了，还有他的社保卡怎么处理 is
one.
"""

import re
from itertools import pairwise

SHORTEST_WISH = 3
MOST_WISHES = 4

_PAUSE = r"[，。,;；、！!？?~\s]"
_ALWAYS = (
    "顺便|顺带|顺道|捎带|还有就是|还有一件事|还有个事|再帮我|以及|还想问|还要问|也想问|想再问|"
    "再问一?[下句]|再查一?下|再咨询"
)
_NOT_MORE = r"(?!没|多|什|啥|几|哪|谁|吗|的|效|得|不|点|一[个点]月|名额|机会|[0-9一二三四五六七八九十]+[天个年])"
_AFTER_A_PAUSE = rf"另外|对了|同时也?|然后|还有{_NOT_MORE}"
_ASKING = r"(?:(?:我|就是)?(?:想|要|再|请|也|还|帮我|跟你们?|向您)*(?:问|咨询|打听)(?:一?下|一句|个事)?(?:你们|您)?)?"
_LINK = re.compile(
    rf"{_PAUSE}*(?:{_ALWAYS}){_PAUSE}*{_ASKING}{_PAUSE}*"
    rf"|(?:{_PAUSE}+|^)(?:{_AFTER_A_PAUSE}){_PAUSE}*{_ASKING}{_PAUSE}*"
    rf"|(?<=[办弄领请料钱久吗呢])还有{_NOT_MORE}{_PAUSE}*{_ASKING}{_PAUSE}*"
)

_ASKS = re.compile(
    r"[？?]|怎么|咋|如何|什么(?!都|也)|啥|哪|多少|多久|几(?:天|点|号|时|月|个工作日|级|岁)|[吗呢]|[能可]不[能可]|可以不|要不要|"
    r"是不是|有没有|[了过]没|没有$|到哪|进度|电话|人工"
)
_VERB = r"办|申请|申领|领|报名|登记|查|问|咨询|注销|补|换|转|约|报销|开|续|弄|投诉|反映"
_WANTS = re.compile(
    rf"^(?:我|我们|麻烦|请|你好|您好|[，,])*(?:{_VERB})|(?:想|要|需|帮|给|替|来|打算|准备)[^，。,]{{0,10}}?(?:{_VERB})"
)

_PREFACE = re.compile(r"(?:[你您]好|我|想|要|再|还|请|麻烦|[你您]们?|问|咨询|一下|下|个|几|件|事情?|,|，|\s)*")
"""我想问一下 says that something will be asked, and asks nothing."""

_SOME = r"什么|哪些|啥"
_THINGS = r"(?:材料|证件|资料|东西|手续|证明)"
_TOPICS = (
    rf"[要需带准备交拿]+(?:{_SOME}){_THINGS}?",
    rf"(?:要|有|需要)*(?:{_SOME})(?:条件|要求)",
    r"(?:要|得|需要|大概|收|交|花|总共|一共)*(?:多少钱|多少费用|钱吗|收费吗|要不要钱|收不收费|收不收钱|是免费的?吗|免费吗|费用多少)",
    r"(?:要|得|需要|大概|等|办)*(?:多久|多长时间|几天|多少天|几个工作日)(?:能|可以|才能?|就)?(?:办好|办完|办下来|下来|批下来|拿到|弄好|好)?",
    r"(?:要|得|该|应该|去|到|在)*(?:哪里|哪儿|哪|什么地方)(?:去|来)?(?:办理|办|交|弄|申请|领)",
)
_TOPIC = re.compile(rf"(?:那么?|都|又|还|到底|具体)*(?:{'|'.join(_TOPICS)})(?:呢|啊|呀|了)?")
_CLAUSE = re.compile(rf"(?<!{_PAUSE}){_PAUSE}+")


def wishes(text: str) -> list[str]:
    """The wishes in a message, each in its own words and in their order; the text itself where there is but one."""
    found = [wish for part in _linked(text) for wish in _with_topics(part)]
    return found if 1 < len(found) <= MOST_WISHES else [text]


def is_topic(text: str) -> bool:
    """Whether a text only asks something of an item spoken of already: 多少钱, 要什么材料呢."""
    return _TOPIC.fullmatch(_trimmed(text)) is not None


def _linked(text: str) -> list[str]:
    """The text parted at its linking words, wherever something is asked for before and after."""
    edges = [(0, 0), *((link.start(), link.end()) for link in _LINK.finditer(text)), (len(text), len(text))]
    spans: list[tuple[int, int]] = []
    for (_, start), (end, _) in pairwise(edges):
        if spans and not (_is_wish(text[start:end]) and _is_wish(text[slice(*spans[-1])])):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    parts = [_trimmed(text[start:end]) for start, end in spans]
    return parts if len(parts) > 1 else [text]


def _is_wish(part: str) -> bool:
    part = _trimmed(part)
    if is_topic(part) or _PREFACE.fullmatch(part):
        return is_topic(part)
    return len(part) >= SHORTEST_WISH and (_ASKS.search(part) or _WANTS.search(part)) is not None


def _with_topics(part: str) -> list[str]:
    """A part and the short questions at its end: 办残疾证要什么材料，多少钱，要多久 are three."""
    ends = [match.start() for match in _CLAUSE.finditer(part)] + [len(part)]
    starts = [0, *(match.end() for match in _CLAUSE.finditer(part))]
    clauses = [(start, end) for start, end in zip(starts, ends, strict=True) if end > start]
    first = len(clauses)
    while first > 0 and is_topic(part[slice(*clauses[first - 1])]):
        first -= 1
    asked_before = first > 0 and _ASKS.search(part[: clauses[first - 1][1]]) is not None
    if first < len(clauses) and not asked_before:
        first += 1
    if not 0 < first < len(clauses):
        return [part]
    return [part[: clauses[first - 1][1]], *(part[start:end] for start, end in clauses[first:])]


def _trimmed(text: str) -> str:
    return re.sub(rf"^{_PAUSE}+|{_PAUSE}+$", "", text)

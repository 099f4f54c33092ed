"""Mistyping as people do: a character that sounds the same, or one left out."""

import random

_SOUNDS_ALIKE = {
    "残": "惨", "疾": "急", "证": "正", "补": "捕", "贴": "帖", "老": "佬", "保": "宝", "险": "显", "申": "伸",
    "请": "清", "领": "岭", "养": "样", "低": "底", "房": "防", "社": "设", "卡": "咔", "业": "叶", "失": "湿",
    "登": "灯", "记": "纪", "租": "组", "助": "住", "救": "旧", "孤": "姑", "军": "均", "退": "腿", "役": "亿",
    "生": "声", "育": "玉", "医": "衣", "疗": "辽", "报": "抱", "销": "消", "津": "金", "年": "念", "认": "任",
    "定": "订", "书": "舒", "户": "护", "居": "具", "住": "驻", "自": "字", "己": "已", "办": "半",
    "确": "却", "提": "题", "交": "教", "开": "凯", "始": "使", "同": "童", "意": "义",
}  # fmt: skip
LONG = 5
"""Shorter texts lose no character: what is left would mean anything."""


def mistyped(text: str, dice: random.Random) -> str:
    """`text` with one character that sounds like the right one; where it is long, sometimes one left out instead."""
    if len(text) >= LONG and dice.random() < 0.5:
        at = dice.randrange(1, len(text) - 1)
        return text[:at] + text[at + 1 :]
    places = [place for place, char in enumerate(text) if _SOUNDS_ALIKE.get(char, char) != char]
    if not places:
        return text
    at = dice.choice(places)
    return text[:at] + _SOUNDS_ALIKE[text[at]] + text[at + 1 :]

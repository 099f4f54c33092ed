"""Hearing for whom a resident speaks: 我爸脚断了 is about a father."""

import re

_WORDS = {
    "父亲": "老爸|爸爸|爸|父亲|我爹|爹",
    "母亲": "老妈|妈妈|妈|母亲|娘",
    "爷爷": "爷爷|祖父",
    "奶奶": "奶奶|祖母",
    "外公": "外公|姥爷",
    "外婆": "外婆|姥姥",
    "公公": "公公",
    "婆婆": "婆婆",
    "岳父": "岳父|老丈人|丈人",
    "岳母": "岳母|丈母娘",
    "老伴": "老伴|老头子|老太婆",
    "丈夫": "老公|丈夫|先生",
    "妻子": "老婆|妻子|媳妇|太太",
    "爱人": "爱人",
    "儿子": "儿子",
    "女儿": "女儿|闺女|囡囡",
    "孩子": "孩子|小孩|娃娃|娃|宝宝|小囡",
    "哥哥": "哥哥|哥",
    "弟弟": "弟弟",
    "姐姐": "姐姐|姐",
    "妹妹": "妹妹",
    "邻居": "邻居|隔壁|楼下",
}

_BY_WORD = {word: relation for relation, words in _WORDS.items() for word in words.split("|")}
_SPOKEN = re.compile(
    r"(?:我家里?|我们家|我|俺|咱|咱家|帮|给|替|为)(?:的)?("
    + "|".join(sorted(map(re.escape, _BY_WORD), key=len, reverse=True))
    + ")"
)

CHILDREN_OF = frozenset({"父亲", "母亲"})
SPOUSES = frozenset({"丈夫", "妻子", "爱人", "老伴"})
PARENTS_OF = frozenset({"儿子", "女儿", "孩子"})


def relation_in(text: str) -> str | None:
    """The relative a message speaks for, by one word for each relation, or None."""
    match = _SPOKEN.search(text)
    return _BY_WORD[match[1]] if match else None


def proxy_relation(person: str) -> str | None:
    """What the resident is to `person`, as the form's choice, where it follows from the word alone."""
    if person in CHILDREN_OF:
        return "儿子或女儿"
    if person in SPOUSES:
        return "丈夫或妻子"
    return "父亲或母亲" if person in PARENTS_OF else None

"""Hearing for whom a resident speaks: 我爸脚断了 is about a father."""

import re

_WORDS = {
    "父亲": "老爸|爸爸|爸|阿爸|父亲|我爹|老爹|爹爹|爹|老爷子",
    "母亲": "老妈|妈妈|妈|姆妈|母亲|老娘|娘",
    "爷爷": "爷爷|祖父|阿爷",
    "奶奶": "奶奶|祖母|阿婆|阿奶",
    "外公": "外公|姥爷",
    "外婆": "外婆|姥姥",
    "公公": "公公",
    "婆婆": "婆婆",
    "岳父": "岳父|老丈人|丈人",
    "岳母": "岳母|丈母娘|丈母",
    "老伴": "老伴|老头子|老头|老太婆",
    "丈夫": "老公|丈夫|先生",
    "妻子": "老婆|妻子|媳妇|太太",
    "爱人": "爱人",
    "儿子": "儿子",
    "女儿": "女儿|闺女|姑娘|囡囡",
    "孩子": "孩子|小孩|娃娃|娃|宝宝|小囡",
    "哥哥": "哥哥|哥",
    "弟弟": "弟弟|弟",
    "姐姐": "姐姐|姐",
    "妹妹": "妹妹|妹",
    "孙子": "孙子",
    "孙女": "孙女",
    "外孙": "外孙子|外孙",
    "外孙女": "外孙女",
    "儿媳": "儿媳妇|儿媳",
    "女婿": "女婿",
    "嫂子": "嫂子|嫂嫂|大嫂|嫂",
    "姐夫": "姐夫",
    "妹夫": "妹夫",
    "弟媳": "弟媳妇|弟媳|弟妹",
    "舅舅": "舅舅|大舅|小舅|舅",
    "舅妈": "舅妈|舅母",
    "姨妈": "姨妈|阿姨|大姨|小姨|姨",
    "姨父": "姨父|姨夫|姨丈",
    "姑妈": "姑妈|姑姑|大姑|小姑|姑",
    "姑父": "姑父|姑夫|姑丈",
    "叔叔": "叔叔|阿叔|大叔|小叔|叔",
    "婶婶": "婶婶|婶子|婶",
    "伯伯": "伯伯|伯父|大伯|阿伯|伯",
    "伯母": "伯母",
    "侄子": "侄子|侄儿|侄",
    "侄女": "侄女",
    "外甥": "外甥",
    "外甥女": "外甥女",
    "亲戚": "亲戚|表哥|表弟|表姐|表妹|堂哥|堂弟|堂姐|堂妹",
    "邻居": "邻居",
    "朋友": "朋友",
    "同事": "同事|工友",
}

_BY_WORD = {word: relation for relation, words in _WORDS.items() for word in words.split("|")}
_NEIGHBOUR = "隔壁|楼下|楼上"
_NOT_THEM = r"(?!协会|食堂|们)(?!(?<=朋友|同事|工友|邻居|亲戚)(?:说|讲|告诉|介绍))"
_ANY = "|".join(sorted(map(re.escape, _BY_WORD), key=len, reverse=True))
_ALONE = (
    "老头子|老太婆|老伴|老公|老婆|爸爸|妈妈|老爸|老妈|阿爸|姆妈|老爹|老娘|父亲|母亲|爷爷|奶奶|外公|外婆|阿婆|"
    "岳父|岳母|公公|婆婆"
)
_OLD_NEIGHBOURS = "大爷|大妈|大叔|大婶|大姐|大哥|阿姨|奶奶|爷爷|老人|老太太|老头|老伯|婆婆"
_SPOKEN = re.compile(
    rf"(?:(?:我|俺|咱|阿拉)(?:们)?(?:家里?|屋里)?|家里|屋里|[帮给替]|(?<![因认作])为)(?:的|一个|个)?({_ANY}){_NOT_THEM}"
    rf"|[帮给替](?:我家?|我们家?)?(?P<next_door>{_NEIGHBOUR})"
    rf"|(?:^|[\s,.;:!?，。；：！？、…])(?P<alone>{_ALONE})(?!婆){_NOT_THEM}"
    rf"|(?P<beside>隔壁)(?:的|家|那|个|一|有)*(?:{_OLD_NEIGHBOURS})(?=[^，。,]{{0,12}}(?:想|要|[让托叫]我|办|领|申请))"
)

_SELF = re.compile(
    r"我自己(?!不|弄不|跑|填|带|的?[爸妈爹娘儿女])|[给帮替为]自己"
    r"|给我(?:自己)?(?:办|申请|报|登记|弄)|(?<!不是)(?<![非要由她他])本人(?!去|来|到|不|的|同意|签|父|母|儿|女|丈夫|妻|爱人)"
)

_HELPS = re.compile(rf"[帮替代](?:我|我们|咱)?(?:家里?的?)?(?:{_ANY}|{_NEIGHBOUR})")

_THEY_ARE = {
    **dict.fromkeys(("父亲", "母亲"), "儿子或女儿"),
    **dict.fromkeys(("公公", "婆婆", "岳父", "岳母"), "儿媳或女婿"),
    **dict.fromkeys(("爷爷", "奶奶", "外公", "外婆"), "孙辈"),
    **dict.fromkeys(("丈夫", "妻子", "爱人", "老伴"), "丈夫或妻子"),
    **dict.fromkeys(("儿子", "女儿", "孩子"), "父亲或母亲"),
    **dict.fromkeys(("哥哥", "弟弟", "姐姐", "妹妹"), "兄弟姐妹"),
    **dict.fromkeys(("邻居", "朋友", "同事"), "邻居或朋友"),
}


def for_self(text: str) -> bool:
    """Whether the resident says that the matter is their own: 我自己办, 给我办, 本人."""
    return _SELF.search(text) is not None


def relation_in(text: str) -> str | None:
    """The relative a message speaks for, by one word for each relation, or None.

    The first one named counts; none where the resident says that the matter is their own.
    """
    match = None if for_self(text) else _SPOKEN.search(text)
    if match is None:
        return None
    return "邻居" if match["next_door"] or match["beside"] else _BY_WORD[match[1] or match["alone"]]


def helps(text: str) -> bool:
    """Whether the resident says that they act for somebody: 帮我妈办, 替孩子报. Only naming one does not count."""
    return _HELPS.search(text) is not None


def proxy_relation(person: str) -> str | None:
    """What the resident is to `person`, as the form's choice, where `person` is a relation known here."""
    return _THEY_ARE.get(person, "其他亲属") if person in _WORDS else None

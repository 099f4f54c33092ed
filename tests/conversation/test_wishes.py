import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.wishes import MOST_WISHES, is_topic, wishes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("办残疾证要什么材料，顺便查下我的低保批了没", ["办残疾证要什么材料", "查下我的低保批了没"]),
        ("我想办居住证。另外，高龄津贴怎么领", ["我想办居住证", "高龄津贴怎么领"]),
        ("残疾证怎么办，还有高龄津贴多少钱", ["残疾证怎么办", "高龄津贴多少钱"]),
        ("残疾证怎么办还有低保怎么申请", ["残疾证怎么办", "低保怎么申请"]),
        ("办居住证，再问下你们几点上班", ["办居住证", "你们几点上班"]),
        ("办残疾证要带什么顺便问下要多久", ["办残疾证要带什么", "要多久"]),
        ("办残疾证要什么材料，多少钱，要多久", ["办残疾证要什么材料", "多少钱", "要多久"]),
        ("我妈要办残疾证，要什么材料，多少钱", ["我妈要办残疾证，要什么材料", "多少钱"]),
        ("残疾证去哪办，要什么材料？多久能好？", ["残疾证去哪办", "要什么材料", "多久能好"]),
        ("要什么材料以及多少钱", ["要什么材料", "多少钱"]),
        ("居住证怎么办，对了我的低保批了没有", ["居住证怎么办", "我的低保批了没有"]),
        ("查下低保到哪了，再帮我看看残疾证要什么材料", ["查下低保到哪了", "看看残疾证要什么材料"]),
        ("我妈要办残疾证，顺便给我爸办老年证", ["我妈要办残疾证", "给我爸办老年证"]),
        (
            "残疾证怎么办，顺便问一下高龄津贴怎么领，还有你们周末上班吗",
            ["残疾证怎么办", "高龄津贴怎么领", "你们周末上班吗"],
        ),
        ("公租房还有名额吗，另外要什么条件", ["公租房还有名额吗", "要什么条件"]),
    ],
)
def test_a_message_is_split_into_its_wishes(text: str, expected: list[str]) -> None:
    assert wishes(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "我想办残疾证",
        "顺便",
        "好的，对了",
        "我爸走了，还有他的社保卡怎么处理",
        "我妈八十了，另外腿脚不好，能领什么补贴",
        "低保户还能另外享受什么",
        "残疾证还有多久到期",
        "我妈还有残疾怎么办",
        "低保和残疾补贴能不能同时领",
        "户口本以及身份证要带吗",
        "我想办残疾证，怎么弄",
        "我妈要办残疾证，要什么材料",
        "办残疾证要什么材料，对了，我妈是盲人",
        "我孩子三岁，查出来是孤独症，要去做康复训练，想申请补贴怎么弄？",
        "",
    ],
)
def test_one_wish_stays_whole(text: str) -> None:
    assert wishes(text) == [text]


@pytest.mark.parametrize("text", ["多少钱", "要什么材料呢？", "那要多久能办好", "去哪里办", "要什么条件"])
def test_a_short_question_is_about_what_was_spoken_of(text: str) -> None:
    assert is_topic(text)


_WORDS = st.sampled_from(
    [*"，。？我妈要办问还有对了另外顺便多少钱什么材料久", "残疾证", "顺便问下", "要什么材料", "\n", " "]
)


@given(st.text(max_size=80) | st.lists(_WORDS, max_size=30).map("".join))
def test_splitting_never_loses_a_message_and_keeps_its_order(text: str) -> None:
    parts = wishes(text)
    assert 1 <= len(parts) <= MOST_WISHES
    at = 0
    for part in parts:
        at = text.index(part, at) + len(part)

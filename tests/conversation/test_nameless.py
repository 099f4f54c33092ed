import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.conversation.nameless import nameless
from cases.answers.surnames import EVERYDAY_WORDS, SINGLE


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("我叫王秀英，想办残疾证", "我叫【姓名】,想办残疾证"),
        ("我妈叫欧阳修竹今年八十", "我妈叫【姓名】今年八十"),
        ("我是阿依古丽·买买提，想办社保卡", "【姓名】,想办社保卡"),
        ("户主是李建国", "户主是【姓名】"),
        ("王秀英，女，身份证号110101199003077539", "【姓名】,女,身份证号【身份证号】"),
        ("陈强 电话13812345678", "【姓名】 电话【手机号】"),
        ("住在文三路12号3幢2单元501室", "住在文三路【门牌号】【门牌号】【门牌号】【门牌号】"),
    ],
)
def test_who_somebody_is_and_where_they_live_is_hidden_where_it_is_seen(said: str, left: str) -> None:
    assert nameless(said) == left


@pytest.mark.parametrize(
    "said",
    [
        "我妈高血压能办慢病卡吗",
        "上个月12号搬来的",
        "我叫不到车",
        "户主是我爸",
        "高兴,电话打通了",
        "三口人,男孩上小学",
        "1997年7月1日",
    ],
)
def test_what_a_sentence_means_is_left(said: str) -> None:
    assert nameless(said) == said


def test_a_bare_name_in_the_middle_of_a_sentence_is_not_seen() -> None:
    assert nameless("帮王秀英问问低保") == "帮王秀英问问低保"


@given(st.sampled_from(sorted(SINGLE)), st.text(alphabet="秀英建国一二伟芳山之子龙", min_size=1, max_size=2))
def test_a_usual_name_that_is_introduced_is_hidden_whatever_it_is(surname: str, given_name: str) -> None:
    name = surname + given_name
    assume(name not in EVERYDAY_WORDS)
    assert nameless(f"我叫{name}，想问问低保") == "我叫【姓名】,想问问低保"


@given(st.text())
def test_any_text_is_taken(said: str) -> None:
    nameless(said)

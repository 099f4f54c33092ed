from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.answers.answer import AnswerRefused
from cases.answers.choice import read_choice
from tests.cases.answers.fields import field, read, refusal

YES = "是 是的 有 对 嗯 好的 可以 知道 同意 要 没错 没问题 OK 是！ 1"
NO = "不是 没有 不 没 不同意 不要 否 不用了 还没有 ２"
DAY = date(2026, 11, 25)
RELATIONS = field("choice").choices or []


@given(st.sampled_from(RELATIONS))
def test_a_label_or_its_number_is_certain(label: str) -> None:
    position = RELATIONS.index(label) + 1
    for text in (
        label,
        f"{label}。",
        str(position),
        f"第{position}个",
        "①②③④⑤"[position - 1],
        f"第{'一二三四五'[position - 1]}个",
    ):
        answer = read("choice", text)
        assert (answer.value, answer.certain) == (label, True), text


@pytest.mark.parametrize(("text", "value"), [("女儿", "儿子或女儿"), ("其它", "其他")])
def test_a_part_named_in_the_label_is_certain(text: str, value: str) -> None:
    assert read("choice", text).value == value


@pytest.mark.parametrize(
    ("text", "value"), [("我是她女儿", "儿子或女儿"), ("丈夫或者妻子", "丈夫或妻子"), ("姐妹", "兄弟姐妹")]
)
def test_a_label_in_a_sentence_or_nearly_spelled_is_not_certain(text: str, value: str) -> None:
    answer = read("choice", text)
    assert (answer.value, answer.certain) == (value, False)


def test_the_longer_label_wins_and_a_denied_one_is_not_meant() -> None:
    assert read("choice", "我没有工作", choices=["有工作", "没有工作"]).value == "没有工作"
    assert refusal("choice", "不健康", choices=["健康", "生病"]).code == "choice_unclear"


def test_doubt_names_what_it_is_between() -> None:
    refused = refusal("choice", "儿子和母亲")
    assert (refused.code, refused.values["several"]) == ("choice_several", "儿子或女儿、父亲或母亲")
    assert refusal("choice", "9").values["count"] == "5"
    assert refusal("choice", "邻居").code == "choice_unclear"


@pytest.mark.parametrize("text", YES.split())
def test_yes(text: str) -> None:
    assert (read("yes_no", text).value, read("yes_no", text).certain) == ("是", True)


@pytest.mark.parametrize("text", NO.split())
def test_no(text: str) -> None:
    assert (read("yes_no", text).value, read("yes_no", text).certain) == ("否", True)


@pytest.mark.parametrize(("text", "value"), [("有一套", "是"), ("没有房子", "否")])
def test_longer_yes_and_no_are_not_certain(text: str, value: str) -> None:
    assert (read("yes_no", text).value, read("yes_no", text).certain) == (value, False)


@pytest.mark.parametrize("text", ["不知道", "有没有", "是吗？", "是不是", "王秀英"])
def test_neither_yes_nor_no(text: str) -> None:
    assert refusal("yes_no", text).code == "yes_no_unclear"


@pytest.mark.parametrize(("text", "value"), [("底边", "低边"), ("低宝", "低保"), ("特困", "特困")])
def test_what_sounds_like_one_label_is_that_label(text: str, value: str) -> None:
    poor = field("choice").model_copy(update={"choices": ["低保", "低边", "特困", "其他"]})
    answer = read_choice(poor, text, DAY)
    assert (answer.value, answer.certain) == (value, True)


def test_what_sounds_like_two_labels_is_neither() -> None:
    alike = field("choice").model_copy(update={"choices": ["公式", "公事"]})
    with pytest.raises(AnswerRefused):
        read_choice(alike, "攻势", DAY)

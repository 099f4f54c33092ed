import pytest

from tests.cases.answers.fields import read, refusal


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("王秀英", "王秀英"),
        ("我叫王秀英。", "王秀英"),
        ("姓名是王秀英", "王秀英"),
        ("姓名：王秀英", "王秀英"),
        ("姓名：是王秀英", "王秀英"),
        ("是王秀英", "王秀英"),
        ("我是王秀英", "王秀英"),
        ("是的，王秀英", "王秀英"),
        ("我妈叫李桂兰", "李桂兰"),
        ("王 秀 英", "王秀英"),
        ("我姓王，叫秀英", "王秀英"),
        ("欧阳娜娜", "欧阳娜娜"),
        ("陈王秀英", "陈王秀英"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
    ],
)
def test_names_with_a_usual_surname_are_certain(text: str, name: str) -> None:
    answer = read("person_name", text)
    assert (answer.value, answer.certain) == (name, True)


@pytest.mark.parametrize("text", ["靐龘", "高兴", "银行卡", "居住证"])
def test_what_may_be_another_word_is_not_certain(text: str) -> None:
    assert not read("person_name", text).certain


@pytest.mark.parametrize(
    "text", ["人工", "取消", "返回", "不知道", "没有", "你好", "在吗", "怎么办低保", "我妈", "谢谢你", "什么"]
)
def test_words_to_the_bot_are_no_names(text: str) -> None:
    assert refusal("person_name", text).code == "person_name_unclear"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("王秀英123", "person_name_digits"),
        ("王", "person_name_too_short"),
        ("王女士", "person_name_title"),
        ("John", "person_name_letters"),
        ("王秀英和李桂兰", "person_name_too_long"),
    ],
)
def test_refusals(text: str, code: str) -> None:
    assert refusal("person_name", text).code == code

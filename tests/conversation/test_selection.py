import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.bubbles import Choice
from bot.conversation.selection import chosen

OFFERED = [Choice(label=label, value=label) for label in ("残疾人证新办", "残疾人证换领", "高龄津贴", "都不是")]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("1", "残疾人证新办"),
        ("２", "残疾人证换领"),
        ("第三个", "高龄津贴"),
        ("选第二个吧", "残疾人证换领"),
        ("3。", "高龄津贴"),
        ("第4项", "都不是"),
        ("高龄津贴", "高龄津贴"),
        ("高龄 津贴！", "高龄津贴"),
        ("高龄", "高龄津贴"),
        ("换领", "残疾人证换领"),
        ("残疾人证新班", "残疾人证新办"),
        ("高领津贴", "高龄津贴"),
        ("残疾人证新板子", None),
        ("残疾人证新办了", "残疾人证新办"),
        ("残疾人证", None),
        ("残疾", None),
        ("5", None),
        ("0", None),
        ("", None),
        ("？？？", None),
        ("高", None),
        ("我八十了", None),
    ],
)
def test_a_choice_is_taken_by_number_word_or_near_spelling_and_never_guessed(text: str, label: str | None) -> None:
    taken = chosen(text, OFFERED)
    assert (taken.label if taken else None) == label


def test_nothing_is_chosen_where_nothing_was_offered() -> None:
    assert chosen("1", []) is None


@given(st.text(max_size=40), st.lists(st.text(max_size=12).map(lambda t: Choice(label=t, value=t)), max_size=6))
def test_whatever_is_said_the_choice_is_one_of_those_offered(text: str, offered: list[Choice]) -> None:
    taken = chosen(text, offered)
    assert taken is None or taken in offered


@given(st.integers(1, 12))
def test_every_number_takes_the_choice_in_its_place(number: int) -> None:
    offered = [Choice(label=f"选项{'甲乙丙丁戊己庚辛壬癸子丑'[n]}", value=str(n)) for n in range(12)]
    for text in (str(number), f"第{number}个", f"选{number}"):
        assert chosen(text, offered) == offered[number - 1]

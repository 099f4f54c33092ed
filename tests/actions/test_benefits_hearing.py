"""What is heard of a person in a sentence, and read as the answer to one question."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.benefits_hearing import answer_in, facts_in, person_in
from cases.form import SELF
from services_catalog.eligibility.facts import Span, narrowed, vocabulary

TODAY = date(2026, 11, 25)


def _heard(text: str) -> tuple[str, dict[str, object]]:
    person = person_in(text)
    heard: dict[str, object] = {}
    for key, possible in facts_in(text, person, TODAY).items():
        if isinstance(possible, Span):
            heard[key] = possible.low if possible.low == possible.high else (possible.low, possible.high)
        else:
            heard[key] = next(iter(possible)) if len(possible) == 1 else set(possible)
    return person, heard


@pytest.mark.parametrize(
    ("text", "person", "heard"),
    [
        ("我能领什么钱", SELF, {}),
        ("我妈81了有什么补贴", "母亲", {"age": 81, "sex": "女"}),
        ("我爸九十岁能领什么", "父亲", {"age": 90, "sex": "男"}),
        ("爷爷快80了能领啥", "爷爷", {"age": (75, 79), "sex": "男"}),
        ("我妈八十多了", "母亲", {"age": (80, 89), "sex": "女"}),
        ("六十岁以上的老人有什么", SELF, {"age": (60, 130)}),
        ("1945年出生的人有什么补贴", SELF, {"age": (80, 81)}),
        ("我是二级残疾，能享受什么", SELF, {"impaired": True, "disability_level": "二级"}),
        ("低保户还能另外享受什么", SELF, {"income_class": "低保"}),
        ("我是低保边缘户", SELF, {"income_class": "低保边缘"}),
        ("我不是低保", SELF, {"income_class": {"低保边缘", "特困", "一般"}}),
        ("我是不是低保都行", SELF, {}),
        ("我没有居住证", SELF, {"residence_permit": False}),
        ("我有个3岁的孩子有什么补贴", SELF, {"child_age": 3}),
        ("宝宝8个月大有什么补贴", "孩子", {"age": 0}),
        ("孩子自闭症，国家有哪些帮助", "孩子", {"impaired": True}),
        ("丈夫去世了，我能领哪些钱", SELF, {"bereaved": True}),
        ("我老公去世了，我能领哪些钱", SELF, {"bereaved": True}),
        ("我一个月两千块退休金，有什么能补的", SELF, {"employment": "退休", "receives_pension": True}),
        ("我生了个病，一共花了80块", SELF, {}),
    ],
)
def test_a_sentence_tells_of_whom_it_speaks_and_what(text: str, person: str, heard: dict[str, object]) -> None:
    assert _heard(text) == (person, heard)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("age", "81", Span(81, 81)),
        ("age", "她八十一岁", Span(81, 81)),
        ("children_count", "没有", Span(0, 0)),
        ("hukou", "就在本区", frozenset({"本区"})),
        ("hukou", "外地户口", frozenset({"本省其他市", "外省"})),
        ("rural_hukou", "是的", frozenset({True})),
        ("residence_permit", "没有", frozenset({False})),
        ("disability_level", "没有", frozenset({"无"})),
        ("disability_level", "有的", frozenset({"一级", "二级", "三级", "四级"})),
        ("income_class", "都不是", frozenset({"一般"})),
        ("lives_with", "跟儿子住", frozenset({"和家人住"})),
        ("needs_care", "要的", frozenset({True})),
    ],
)
def test_a_short_answer_is_read_for_the_question_asked(key: str, text: str, value: object) -> None:
    told = answer_in(key, text, SELF, TODAY)
    assert told is not None
    assert told[key] == value


@pytest.mark.parametrize(("key", "text"), [("age", "什么意思"), ("age", "180"), ("hukou", "为什么要问这个?")])
def test_what_is_no_answer_is_none(key: str, text: str) -> None:
    assert answer_in(key, text, SELF, TODAY) is None


def test_not_knowing_tells_nothing() -> None:
    assert answer_in("hukou", "不清楚", SELF, TODAY) == {}


@given(st.sampled_from(sorted(vocabulary())), st.text(max_size=40))
def test_whatever_is_said_only_possible_values_are_heard(key: str, text: str) -> None:
    person = person_in(text)
    for heard in (facts_in(text, person, TODAY), answer_in(key, text, person, TODAY) or {}):
        for fact, possible in heard.items():
            assert narrowed(possible, vocabulary()[fact].anything) == possible


def test_every_word_of_the_vocabulary_is_heard_as_what_it_means() -> None:
    for key, fact in vocabulary().items():
        for spoken in fact.words:
            for word in spoken.say:
                heard = facts_in(f"我{word}", SELF, TODAY).get(key)
                assert isinstance(heard, frozenset), word
                assert heard <= spoken.means, word

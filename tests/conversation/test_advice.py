"""What an adviser is told, and what is believed of what it writes."""

import contextlib
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.advice import (
    LONGEST_VALUE,
    ItemAdvised,
    NotAdvice,
    Option,
    ValueAdvised,
    WhatAnswer,
    WhichItem,
    advice_in,
    told,
)
from services_catalog.schema import FieldType

OPTIONS = (Option("a-item", "甲，甲事", "一句话", ("条件",)), Option("b-item", "乙，乙事", "两句话", ()))
WHICH = WhichItem("我叫王秀英，身份证110101199003077539，想办那个", OPTIONS, spoken_of="甲")
ANSWER = WhatAnswer("就我和老伴", "family_size", "您家几口人？", FieldType.NUMBER, (), date(2026, 3, 2))


def test_of_the_resident_only_the_text_is_told_without_what_identifies_them() -> None:
    assert json.loads(told(WHICH)) == {
        "text": "我叫【姓名】,身份证【身份证号】,想办那个",
        "items": [
            {"id": "a-item", "name": "甲，甲事", "summary": "一句话", "conditions": ["条件"]},
            {"id": "b-item", "name": "乙，乙事", "summary": "两句话", "conditions": []},
        ],
        "spoken_of": "甲",
    }
    assert json.loads(told(ANSWER)) == {
        "question": "您家几口人？",
        "kind": "数字",
        "choices": [],
        "today": "2026-03-02",
        "text": "就我和老伴",
    }


def test_a_number_at_the_cut_is_hidden_before_the_text_is_cut() -> None:
    long = "好" * 395 + "110101199003077539"
    assert "1101" not in told(WhichItem(long, OPTIONS))


def test_an_item_asked_about_is_advice_and_null_is_none() -> None:
    assert advice_in(WHICH, '{"item": "b-item"}') == ItemAdvised("b-item")
    assert advice_in(WHICH, '```json\n{"item": "b-item"}\n```') == ItemAdvised("b-item")
    assert advice_in(WHICH, '{"item": null}') is None


def test_a_value_is_words_for_the_field_s_own_reader() -> None:
    assert advice_in(ANSWER, '{"value": "2"}') == ValueAdvised("family_size", "2")
    assert advice_in(ANSWER, '{"value": 2}') == ValueAdvised("family_size", "2")
    assert advice_in(ANSWER, '{"value": null}') is None


@pytest.mark.parametrize(
    "written",
    [
        "",
        "b-item",
        "是 b-item",
        "{}",
        "[]",
        "null",
        '{"item": "c-item"}',
        '{"item": 1}',
        '{"item": ["a-item"]}',
        '{"item": "a-item"} 因为……',
        "{" * 5000,
        '{"item":' * 5000,
    ],
    ids=range(12),
)
def test_anything_else_is_no_advice_on_an_item(written: str) -> None:
    with pytest.raises(NotAdvice):
        advice_in(WHICH, written)


@pytest.mark.parametrize(
    "written",
    ['{"value": ""}', '{"value": true}', '{"value": {"a": 1}}', '{"value": "%s"}' % ("9" * (LONGEST_VALUE + 1))],
)
def test_what_no_field_needs_is_no_value(written: str) -> None:
    with pytest.raises(NotAdvice):
        advice_in(ANSWER, written)


@given(st.one_of(st.text(), st.builds('{{"{}": {}}}'.format, st.sampled_from(["item", "value"]), st.text())))
def test_whatever_is_written_it_is_advice_on_what_was_asked_or_none(written: str) -> None:
    with contextlib.suppress(NotAdvice):
        advice = advice_in(WHICH, written)
        assert advice is None or advice in (ItemAdvised("a-item"), ItemAdvised("b-item"))
    with contextlib.suppress(NotAdvice):
        value = advice_in(ANSWER, written)
        assert value is None or (isinstance(value, ValueAdvised) and value.key == "family_size" and value.value)

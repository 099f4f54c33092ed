"""A card is that of whom it was declared to be, or what differs is named."""

from dataclasses import replace
from datetime import date

import pytest

from bot.conversation.wording import phrases
from kyc.cards.fields import Front
from kyc.cards.matching import Difference, differences
from tests.kyc.cards.drawing import PEOPLE

FRONT = Front("阿依古丽·买买提", "女", "维吾尔", date(1990, 1, 20), "", PEOPLE[2].number)


@pytest.mark.parametrize(
    "name", ["阿依古丽·买买提", "阿依古丽•买买提", "阿依古丽 买买提", "阿依古丽．买买提", "阿依古丽买买提"]
)
def test_dots_and_blanks_of_a_name_do_not_count(name: str) -> None:
    assert differences(FRONT, name, PEOPLE[2].number) == []


def test_a_traditional_form_that_was_read_does_not_count() -> None:
    assert differences(replace(FRONT, name="陳建國"), "陈建国", PEOPLE[2].number) == []


def test_a_small_x_is_a_large_one() -> None:
    assert differences(replace(FRONT, number="11010519491231002X"), FRONT.name, " 11010519491231002x ") == []


def test_what_differs_is_named() -> None:
    assert differences(FRONT, "王秀英", PEOPLE[0].number) == [Difference.NAME, Difference.NUMBER]
    assert differences(FRONT, "阿依古丽", PEOPLE[2].number) == [Difference.NAME]
    assert differences(FRONT, FRONT.name, PEOPLE[0].number) == [Difference.NUMBER]


def test_everything_that_can_be_wrong_has_words() -> None:
    assert {f"utter_card_other_{each}" for each in Difference} <= set(phrases())

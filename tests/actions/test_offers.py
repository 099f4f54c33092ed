"""好的 and 不要, said to what was just offered."""

import pytest

from bot.conversation.wording import phrase
from tests.support.hall import Resident


async def test_a_mere_yes_takes_the_choice_that_goes_ahead(resident: Resident) -> None:
    await resident.say("办高龄补贴")
    await resident.say("好的")
    assert (await resident.state()).loop == "application_form"


async def test_a_mere_no_leaves_what_was_offered(resident: Resident) -> None:
    await resident.say("办高龄补贴")
    assert await resident.say("不要") == phrase("utter_later")
    assert await resident.cases() == []


async def test_no_to_a_question_which_item_means_none_of_them(resident: Resident) -> None:
    await resident.say("办补贴")
    assert await resident.say("不要") == phrase("utter_none_of_these")


async def test_a_mere_yes_never_deletes_anything(resident: Resident) -> None:
    await resident.say("删除我的资料")
    assert await resident.say("好的") != phrase("utter_erased")


@pytest.mark.parametrize(("text", "answer"), [("好的", "utter_go_on"), ("不要", "utter_later")])
async def test_where_nothing_was_offered_yes_and_no_do_nothing(resident: Resident, text: str, answer: str) -> None:
    assert await resident.say(text) == phrase(answer)


async def test_what_an_item_takes_is_told_at_length_once(resident: Resident) -> None:
    first = await resident.say("办高龄补贴")
    second = await resident.say("办高龄补贴")
    assert "先把要准备的一次说清楚" in first
    assert "先把要准备的一次说清楚" not in second
    assert "同意，开始办" in [choice.label for choice in resident.choices]

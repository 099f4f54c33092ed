from bot.conversation.wording import phrase
from tests.support.hall import Resident
from tests.support.scripted_engine import Means


async def test_a_clear_wish_names_its_item(resident: Resident) -> None:
    assert "高龄补贴（高龄津贴发放）" in await resident.say("办高龄补贴")


async def test_in_doubt_the_bot_asks_back_and_the_answer_completes_the_wish(resident: Resident) -> None:
    assert await resident.say("办补贴") == phrase("utter_ask_which_item")
    labels = [choice.label for choice in resident.choices]
    assert len(labels) == 3
    assert labels[-1] == "都不是"
    assert labels[0].startswith("高龄补贴（高龄津贴发放）：")
    await resident.say("1")
    assert resident.choices[0].value == "begin:gaoling-jintie"


async def test_none_of_these_leads_on(resident: Resident) -> None:
    await resident.say("办补贴")
    assert await resident.tap("都不是") == phrase("utter_none_of_these")


async def test_a_confusable_item_nearly_as_likely_is_asked_about_even_if_one_is_likely(resident: Resident) -> None:
    resident.hall.engine.script["领钱"] = Means("apply", items={"gaoling-jintie": 0.55, "gaoling-renzheng": 0.4})
    assert await resident.say("领钱") == phrase("utter_ask_which_item")


async def test_an_item_that_is_named_and_nothing_against_it_is_meant(resident: Resident) -> None:
    resident.hall.engine.script["那个"] = Means("apply", named=("gaoling-jintie",))
    await resident.say("那个")
    assert resident.choices[0].value == "begin:gaoling-jintie"


async def test_an_item_that_is_named_against_a_faint_guess_is_asked_about_first(resident: Resident) -> None:
    resident.hall.engine.script["那个"] = Means("apply", items={"yidi-beian": 0.2}, named=("gaoling-jintie",))
    await resident.say("那个")
    assert [choice.value for choice in resident.choices] == ["item:gaoling-jintie", "item:yidi-beian", "none"]


async def test_items_the_catalogue_does_not_have_are_passed_over(resident: Resident) -> None:
    resident.hall.engine.script["旧"] = Means("apply", items={"no-longer": 0.99}, named=("gone",))
    assert await resident.say("旧") == phrase("utter_not_understood")


async def test_a_question_without_an_item_means_the_one_spoken_of(resident: Resident) -> None:
    assert await resident.say("要什么材料") == phrase("utter_ask_item_name")
    await resident.say("办高龄补贴")
    await resident.tap("先不办")
    assert "办高龄补贴（高龄津贴发放），一共要这些" in await resident.say("要什么材料")


async def test_the_second_miss_in_a_row_offers_a_person_and_understanding_starts_anew(resident: Resident) -> None:
    assert await resident.say("呃呃") == phrase("utter_not_understood")
    assert await resident.say("嘎嘎") == phrase("utter_missed_again")
    assert "找人工" in [choice.label for choice in resident.choices]
    await resident.say("谢谢")
    assert await resident.say("呃呃") == phrase("utter_not_understood")


async def test_a_complaint_is_heard_and_a_person_offered(resident: Resident) -> None:
    assert await resident.say("投诉") == phrase("utter_complain")
    assert [choice.label for choice in resident.choices] == ["找人工", "查办件进度"]
    assert await resident.tap("查办件进度") == phrase("utter_track_ask_number")

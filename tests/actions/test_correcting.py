from pathlib import Path

import pytest

from bot.conversation.incoming import Incoming
from bot.conversation.wording import phrase
from cases.drafts import values_of
from tests.support.form_filling import begin, fill
from tests.support.hall import Resident
from tests.support.people import NAME, PHONE


async def _value(resident: Resident, key: str) -> str:
    return values_of((await resident.cases())[-1])[key]


@pytest.mark.parametrize("text", ["电话填错了，应该是13900001111", "联系电话改成139 0000 1111"])
async def test_an_answer_is_corrected_by_one_sentence_and_the_form_goes_on_where_it_stood(
    resident: Resident, tmp_path: Path, text: str
) -> None:
    await begin(resident, "办高龄补贴")
    await fill(resident, tmp_path, until="bank")
    said = await resident.say(text)
    assert said.startswith("联系电话改好了：")
    assert "13900001111" not in said
    assert await _value(resident, "phone") == "13900001111"
    assert (await resident.state()).step == "field:bank"


async def test_an_answer_is_corrected_from_the_summarys_own_button(resident: Resident, tmp_path: Path) -> None:
    await begin(resident, "办高龄补贴")
    await fill(resident, tmp_path)
    await resident.send(Incoming(text="改", choice="change:phone"))
    assert (await resident.state()).step == "field:phone"
    await resident.say("13900001111")
    assert await _value(resident, "phone") == "13900001111"
    assert (await resident.state()).step == "confirm"


async def test_at_the_summary_a_wish_to_change_asks_which_answer_and_takes_the_new_one(
    resident: Resident, tmp_path: Path
) -> None:
    await begin(resident, "办高龄补贴")
    await fill(resident, tmp_path)
    await resident.tap("要改一下")
    assert resident.heard[-1].text == phrase("utter_change_which")
    await resident.tap("姓名")
    await resident.say("李桂兰")
    assert await _value(resident, "name") == "李桂兰"
    assert (await resident.state()).step == "confirm"


async def test_a_correction_that_is_refused_leaves_the_old_answer(resident: Resident, tmp_path: Path) -> None:
    await begin(resident, "办高龄补贴")
    await fill(resident, tmp_path)
    await resident.send(Incoming(text="改", choice="change:phone"))
    assert await resident.say("12345") != ""
    assert await _value(resident, "phone") == PHONE


async def test_going_back_asks_the_question_before_with_its_answer_standing(resident: Resident, tmp_path: Path) -> None:
    await begin(resident, "办高龄补贴")
    await fill(resident, tmp_path, until="phone")
    said = await resident.say("返回")
    assert "退回到“身份证号”" in said
    assert "7539" not in said or "*" in said
    assert (await resident.state()).step == "field:id_number"
    await resident.say("返回")
    assert (await resident.state()).step == "field:name"
    assert await _value(resident, "name") == NAME
    await resident.say("李桂兰")
    assert await _value(resident, "name") == "李桂兰"
    assert (await resident.state()).step == "field:phone"


async def test_going_back_from_the_first_question_asks_for_whom_again(resident: Resident) -> None:
    await begin(resident, "办高龄补贴")
    await resident.say("返回")
    assert (await resident.state()).step == "applicant"


async def test_where_only_one_may_apply_the_first_question_is_the_first(resident: Resident) -> None:
    await begin(resident, "办车油补")
    assert phrase("utter_first_question") in await resident.say("返回")
    assert (await resident.state()).step == "field:name"


async def test_a_changed_answer_that_ends_a_condition_takes_its_question_out_of_the_summary(
    resident: Resident, tmp_path: Path
) -> None:
    await begin(resident, "办异地备案")
    await fill(resident, tmp_path, {"record_type": "转去外地医院"})
    assert "转往医院" in resident.heard[-1].text
    await resident.send(Incoming(text="改", choice="change:record_type"))
    await resident.tap("长期住外地")
    assert (await resident.state()).step == "confirm"
    assert "转往医院" not in resident.heard[-1].text

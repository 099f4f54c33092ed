"""人工, 取消, 先存着, 等一下, a question in between: they work in the middle of a form, and the form goes on."""

from pathlib import Path

import pytest

from bot.conversation.ownership import Owner
from bot.conversation.wording import phrase
from cases.drafts import values_of
from services_catalog.guide import named
from tests.support.form_filling import begin, fill
from tests.support.hall import Resident
from tests.support.people import NAME

NAME_ASKED = "叫什么名字"


@pytest.mark.parametrize("question", ["要什么材料", "要多久啊?", "为什么要问这个?", "高龄补贴要什么材料?"])
async def test_a_question_in_the_middle_is_answered_and_the_same_question_comes_again(
    resident: Resident, question: str
) -> None:
    await begin(resident, "办高龄补贴")
    asked = resident.heard[-1]
    await resident.say(question)
    assert len(resident.heard) == 2
    assert resident.heard[0].text != asked.text
    assert resident.heard[1] == asked
    [case] = await resident.cases()
    assert values_of(case) == {}


@pytest.mark.parametrize("text", ["等一下", "没带身份证，等下", "我去找一下", "大字"])
async def test_a_pause_changes_nothing(resident: Resident, text: str) -> None:
    await begin(resident, "办高龄补贴")
    before = (await resident.state()).step
    assert await resident.say(text)
    assert (await resident.state()).step == before
    await resident.say(NAME)
    assert (await resident.state()).step == "field:id_number"


async def test_the_question_is_said_again_when_asked_for(resident: Resident) -> None:
    await begin(resident, "办高龄补贴")
    asked = resident.heard[-1]
    await resident.say("再说一遍")
    assert resident.heard == [asked]


async def test_cancelling_asks_first_and_can_be_taken_back(resident: Resident, tmp_path: Path) -> None:
    await begin(resident, "办高龄补贴")
    await fill(resident, tmp_path, until="phone")
    await resident.say("取消")
    await resident.tap("接着办")
    assert (await resident.state()).step == "field:phone"
    await resident.say("取消")
    assert await resident.tap("不办了，删掉") == phrase("utter_draft_discarded")
    [case] = await resident.cases()
    assert (case.status, case.answers) == ("withdrawn", {})
    assert (await resident.state()).loop is None
    assert phrase("utter_no_draft") == await resident.say("接着上次的办")


async def test_a_draft_put_aside_is_taken_up_days_later_where_it_stood(resident: Resident, tmp_path: Path) -> None:
    await begin(resident, "办高龄补贴")
    await fill(resident, tmp_path, until="phone")
    await resident.say("取消")
    await resident.tap("先存着，下次接着办")
    assert (await resident.state()).loop is None
    await resident.say("接着上次的办")
    assert (await resident.state()).step == "field:phone"
    await fill(resident, tmp_path)
    await resident.tap("确认提交")
    [case] = await resident.cases()
    assert case.number


async def test_the_same_wish_again_offers_the_draft_or_a_new_beginning(resident: Resident, tmp_path: Path) -> None:
    await begin(resident, "办高龄补贴")
    await fill(resident, tmp_path, until="phone")
    await resident.say("取消")
    await resident.tap("先存着，下次接着办")
    said = await resident.say("办高龄补贴")
    assert "已经填了2项" in said
    await resident.tap("重新填")
    old, new = await resident.cases()
    assert (old.status, new.status) == ("withdrawn", "draft")
    assert (await resident.state()).case_id == new.id


async def test_a_greeting_recalls_a_draft(resident: Resident, tmp_path: Path) -> None:
    await begin(resident, "办高龄补贴")
    await fill(resident, tmp_path, until="phone")
    await resident.say("取消")
    await resident.tap("先存着，下次接着办")
    await resident.say("您好")
    await resident.tap("接着上次的办")
    assert (await resident.state()).step == "field:phone"


async def test_another_wish_in_the_middle_asks_which_goes_first(resident: Resident, tmp_path: Path) -> None:
    await begin(resident, "办高龄补贴")
    await fill(resident, tmp_path, until="phone")
    said = await resident.say("办车油补")
    now, other = (resident.hall.catalog.items[key] for key in ("gaoling-jintie", "lunyiche-ranyou"))
    assert said == phrase("utter_switch_ask", now=named(now), other=named(other))
    await resident.tap("接着办现在的")
    assert (await resident.state()).step == "field:phone"
    await resident.say("办车油补")
    await resident.tap(f"先办{other.call_it}")
    assert (await resident.state()).item_id == "lunyiche-ranyou"
    assert (await resident.cases())[0].status == "draft"


async def test_a_person_can_be_had_in_the_middle_and_the_question_comes_again_on_return(resident: Resident) -> None:
    await begin(resident, "办高龄补贴")
    asked = resident.heard[-1]
    said = await resident.say("人工")
    assert phrase("utter_handoff_draft_kept") in said
    assert (await resident.row()).owner == Owner.WAITING
    requests = len(resident.hall.engine.requests)
    assert "您的话留好了" in await resident.say("有人吗")
    assert len(resident.hall.engine.requests) == requests, "what is meant for a clerk is not shown to the engine"
    await resident.tap("不等了，接着跟我办")
    assert (await resident.row()).owner == Owner.RETURNED
    assert [bubble.text for bubble in resident.heard] == [phrase("utter_returned_to_bot"), asked.text]
    await resident.say(NAME)
    assert (await resident.state()).step == "field:id_number"


@pytest.mark.parametrize("text", ["不等了", "继续", "3", "不等了，接着跟我办"])
async def test_waiting_ends_by_word_too(resident: Resident, text: str) -> None:
    await begin(resident, "办高龄补贴")
    await resident.say("人工")
    said = await resident.say(text)
    assert NAME_ASKED in said
    assert (await resident.row()).owner == Owner.RETURNED


async def test_outside_a_form_the_return_repeats_what_was_said_before_the_wait(resident: Resident) -> None:
    await resident.say("补贴")
    asked = resident.heard[-1]
    await resident.say("人工")
    await resident.say("有人吗")
    await resident.tap("不等了，接着跟我办")
    assert "不等了，接着跟我办" not in [choice.label for choice in resident.choices]
    assert resident.heard[-1] == asked


async def test_a_person_can_be_asked_for_again_after_a_return(resident: Resident) -> None:
    for _ in range(2):
        await resident.say("人工")
        assert (await resident.row()).owner == Owner.WAITING
        await resident.say("不等了")
        assert (await resident.row()).owner == Owner.RETURNED


async def test_not_knowing_a_needed_answer_offers_to_keep_the_draft_or_a_person(
    resident: Resident, tmp_path: Path
) -> None:
    await begin(resident, "办高龄补贴")
    await fill(resident, tmp_path, until="id_number")
    await resident.say("不知道")
    await resident.tap("先存着，问清楚再来")
    assert (await resident.state()).loop is None
    [case] = await resident.cases()
    assert values_of(case) == {"name": NAME}

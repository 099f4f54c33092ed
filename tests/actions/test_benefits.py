"""我能领什么: asked, answered and left, by an old mother's daughter, a disabled man and somebody out of work."""

from collections.abc import AsyncIterator

import pytest

from actions.benefits import MOST_LISTED, MOST_QUESTIONS
from bot.conversation.ownership import Owner
from bot.conversation.redaction import redacted
from bot.conversation.wording import phrase
from kyc import profile
from records.database import Database
from services_catalog.loader import Catalog
from tests.support.hall import Hall, Resident, opened
from tests.support.people import ID_NUMBER
from tests.support.scripted_engine import Means

MOTHER = "我妈81了有什么补贴"
DISABLED = "我是二级残疾，能享受什么"
JOBLESS = "我四十五岁，厂里倒闭失业了，能领什么钱"
ANYTHING = "我能领什么钱"
FATHER = "那我爸90岁呢，能领什么"
SCRIPT = {
    **{redacted(text): Means("ask_benefits") for text in (MOTHER, DISABLED, JOBLESS, ANYTHING, FATHER)},
    "人工": Means("human"),
    "取消": Means("cancel"),
    "再说一遍": Means("repeat"),
    "为什么要问这个?": Means("why_asked"),
    "不知道": Means("dont_know"),
    "高龄补贴要什么材料?": Means("ask_materials", items={"gaoling-jintie": 0.97}),
    "查办件": Means("track_case"),
    "办高龄补贴": Means("apply", items={"gaoling-jintie": 0.97}),
}


@pytest.fixture
async def hall(sqlite_database: Database, catalog: Catalog) -> AsyncIterator[Hall]:
    async with opened(sqlite_database, catalog, SCRIPT) as hall:
        yield hall


@pytest.fixture
async def resident(hall: Hall) -> Resident:
    return await hall.resident()


async def test_a_daughter_asks_for_her_mother(resident: Resident) -> None:
    said = await resident.say(MOTHER)
    assert "您母亲的户口在哪里" in said
    assert "年纪" not in said, "what was said is not asked again"
    said = await resident.tap("户口在本区")
    assert "您母亲" in said and "低保" in said
    said = await resident.say("都不是")
    assert "您母亲吃饭、穿衣、走路" in said
    said = await resident.say("能自理")
    assert "您母亲可能合适的" in said
    assert "高龄补贴（高龄津贴发放）：81岁、户口在本区" in said
    assert "还说不准的" in said
    assert phrase("utter_benefits_end") in said
    assert "育儿" not in said and "创业" not in said
    state = await resident.state()
    assert (state.loop, state.benefits, state.relation) == (None, None, "母亲")
    said = await resident.tap("高龄补贴")
    assert "80" in said
    assert "开始办理" in [choice.label for choice in resident.choices]


async def test_a_man_with_a_certificate_types_all_his_answers(resident: Resident) -> None:
    said = await resident.say(DISABLED)
    assert "您今年多大年纪" in said
    assert resident.choices == [], "a number is never taken for the place of a choice"
    await resident.say("5十")
    await resident.say("五十岁")
    said = ""
    for _ in range(MOST_QUESTIONS):
        if "可能合适的" not in said:
            said = await resident.say("不清楚")
    assert "重残护理补贴（重度残疾人护理补贴）：残疾二级" in said
    assert "还有别的条件要核对" in said


async def test_somebody_out_of_work_hears_what_nearly_fits(resident: Resident) -> None:
    said = await resident.say(JOBLESS)
    answers = {"失业登记": "还没办失业登记", "失业保险": "30", "大学": "没读过", "低保": "都不是", "残疾证": "没有"}
    for _ in range(MOST_QUESTIONS):
        question = next((answer for word, answer in answers.items() if word in said), "不清楚")
        said = await resident.say(question)
    assert "差一点的" in said
    assert "还差“办了失业登记”这一条" in said


async def test_somebody_who_says_nothing_is_asked_at_most_three_questions(resident: Resident) -> None:
    said = await resident.say(ANYTHING)
    for _ in range(MOST_QUESTIONS):
        assert (await resident.state()).loop == "benefits_form"
        said = await resident.say("不清楚")
    assert said == phrase("utter_benefits_none", who="您")
    assert (await resident.state()).loop is None


async def test_no_group_is_longer_than_five_and_the_rest_is_counted(resident: Resident) -> None:
    await resident.say(DISABLED)
    await resident.say("35")
    said = await resident.tap("先看结果")
    assert "这一类还有" in said
    groups = said.split("：\n")
    assert all(sum(line[0].isdigit() for line in group.splitlines()) <= MOST_LISTED for group in groups)
    numbers = [int(line.split(".")[0]) for line in said.splitlines() if line[0].isdigit()]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_a_number_after_the_list_takes_that_item(resident: Resident) -> None:
    await resident.say(MOTHER)
    await resident.tap("先看结果")
    second = resident.choices[1].label
    assert second in await resident.say("2")


async def test_what_a_confirmed_id_number_tells_is_not_asked(hall: Hall, resident: Resident) -> None:
    async with hall.database.session() as session:
        resident_id = (await resident.row()).resident_id
        await profile.remember(
            session, resident_id, "self", "id_number", value=ID_NUMBER, masked="1101****7539", source="gaoling-jintie"
        )
        await session.commit()
    assert "多大年纪" not in await resident.say(ANYTHING)
    talk = (await resident.state()).benefits
    assert talk is not None and set(talk.known) == {"age", "sex"}


async def test_every_way_out_works_in_the_middle(resident: Resident) -> None:
    await resident.say(MOTHER)
    assert phrase("utter_why_asked") in await resident.say("为什么要问这个?")
    assert "户口在哪里" in await resident.say("再说一遍")
    assert "您父亲" in await resident.say(FATHER)
    said = await resident.say("高龄补贴要什么材料?")
    assert "户口簿" in said
    assert (await resident.state()).benefits is None
    await resident.say(MOTHER)
    await resident.say("办高龄补贴")
    assert (await resident.state()).item_id == "gaoling-jintie"
    await resident.say(MOTHER)
    assert await resident.say("取消") == phrase("utter_later")
    await resident.say(MOTHER)
    await resident.say("人工")
    assert Owner((await resident.row()).owner) is Owner.WAITING
    assert (await resident.state()).benefits is None


async def test_what_cannot_be_read_twice_is_passed_over(resident: Resident) -> None:
    await resident.say(MOTHER)
    said = await resident.say("呃呃呃")
    assert phrase("utter_benefits_again") in said and "户口在哪里" in said
    said = await resident.say("呃呃呃")
    assert phrase("utter_benefits_again") not in said
    assert "户口在哪里" not in said


async def test_in_the_middle_of_a_form_it_is_for_afterwards(resident: Resident) -> None:
    await resident.say("办高龄补贴")
    await resident.tap("同意，开始办")
    await resident.tap("给我自己办")
    said = await resident.say(ANYTHING)
    assert phrase("utter_benefits_after_form") in said
    assert (await resident.state()).loop == "application_form"

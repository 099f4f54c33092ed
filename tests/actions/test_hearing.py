"""What was told before a form began is offered at its question, and never taken."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.conversation.redaction import redacted
from bot.conversation.wording import phrase
from cases.drafts import values_of
from records.database import Database
from services_catalog.loader import Catalog
from tests.support.form_filling import fill
from tests.support.hall import Hall, Resident, opened
from tests.support.people import ID_NUMBER, NAME
from tests.support.scripted_engine import Means

POOR = {"zuidi-shenghuo-baozhang": 0.97}
CARE = {"zhongdu-canji-huli": 0.97}
DEAD = {"binzang-jianmian": 0.97}
HELPER = {"zhiyuanzhe-zhuce": 0.97}
WISH = "我妈要吃低保，家里三口人，一个月收入两千三，户口在拱墅"
SCRIPT = {
    WISH: Means("apply", items=POOR),
    "给我自己办低保，家里三口人": Means("apply", items=POOR),
    "我是社区的，想帮居民办低保": Means("apply", items=POOR),
    "家里三口人": Means("ambiguous", 0.3),
    "想吃低保": Means("apply", items=POOR),
    "我妈家里三口人，低保要什么材料": Means("ask_materials", items=POOR),
    "我妈二级肢体残疾，想领护理补贴": Means("apply", items=CARE),
    "我家三口人，想办补贴": Means("apply", items={"zuidi-shenghuo-baozhang": 0.3, "zhongdu-canji-huli": 0.25}),
    "我爸11月3号走了，想领补贴": Means("apply", items=DEAD),
    "81岁了还想当志愿者": Means("apply", items=HELPER),
    "对": Means("affirm"),
    "改一下": Means("deny"),
    "不对": Means("deny"),
    "再说一遍": Means("repeat"),
    "先存着": Means("later"),
}


@pytest.fixture
async def hall(sqlite_database: Database, catalog: Catalog) -> AsyncIterator[Hall]:
    async with opened(sqlite_database, catalog, {redacted(text): means for text, means in SCRIPT.items()}) as hall:
        yield hall


@pytest.fixture
async def resident(hall: Hall) -> Resident:
    return await hall.resident()


async def _begun(resident: Resident, wish: str, who: str | None) -> None:
    await resident.say(wish)
    await resident.tap("同意，开始办")
    if who is not None:
        await resident.tap(who)


async def test_what_was_heard_is_offered_in_its_words_and_kept_when_confirmed(
    resident: Resident, tmp_path: Path
) -> None:
    await _begun(resident, WISH, "给母亲办")
    await fill(resident, tmp_path, until="household_address")
    assert phrase("utter_heard_hint", said="户口在拱墅") in resident.heard[-1].text
    await fill(resident, tmp_path, until="family_size")
    assert "家里三口人" in resident.heard[-1].text
    assert [choice.label for choice in resident.choices] == ["对", "改一下"]
    [case] = await resident.cases()
    assert not {"family_size", "monthly_income"} & set(values_of(case)), "it is only offered"
    await resident.say("对")
    assert "2300元" in resident.heard[-1].text
    await resident.tap("对")
    [case] = await resident.cases()
    assert (values_of(case)["family_size"], values_of(case)["monthly_income"]) == ("3", "2300")
    assert {case.answers[key].provenance for key in ("family_size", "monthly_income")} == {"sentence"}


async def test_what_was_heard_wrongly_is_asked_and_not_offered_again(resident: Resident, tmp_path: Path) -> None:
    await _begun(resident, WISH, "给母亲办")
    await fill(resident, tmp_path, until="family_size")
    await resident.tap("改一下")
    assert (await resident.state()).step == "field:family_size"
    await resident.say("再说一遍")
    assert (await resident.state()).step == "field:family_size"
    await resident.say("5")
    assert (await resident.state()).step == "heard:monthly_income"
    await resident.say("1500")
    [case] = await resident.cases()
    assert (values_of(case)["family_size"], values_of(case)["monthly_income"]) == ("5", "1500")


async def test_what_was_told_of_a_mother_is_not_offered_for_oneself(resident: Resident, tmp_path: Path) -> None:
    await _begun(resident, WISH, "给我自己办")
    await fill(resident, tmp_path, until="family_size")
    assert (await resident.state()).step == "field:family_size"


async def test_who_speaks_for_themselves_is_asked_whether_it_is_for_them(resident: Resident) -> None:
    await _begun(resident, "给我自己办低保，家里三口人", None)
    assert resident.heard[-1].text == phrase("utter_ask_applicant_self")
    await resident.say("对")
    [case] = await resident.cases()
    assert case.applicant_kind == "self"


async def test_the_community_is_offered_first_to_whoever_is_of_it(resident: Resident) -> None:
    await _begun(resident, "我是社区的，想帮居民办低保", None)
    assert resident.choices[0].value == "who:community"


@pytest.mark.parametrize("first", [["家里三口人", "想吃低保"], ["我妈家里三口人，低保要什么材料"]])
async def test_it_counts_that_it_was_said_before_the_item_or_with_a_question(
    resident: Resident, tmp_path: Path, first: list[str]
) -> None:
    for text in first:
        await resident.say(text)
    label = next(each.label for each in resident.choices if each.label in ("开始办理", "同意，开始办"))
    await resident.tap(label)
    if label == "开始办理":
        await resident.tap("同意，开始办")
    await resident.tap("给母亲办" if len(first) == 1 else "给我自己办")
    await fill(resident, tmp_path, until="family_size")
    assert (await resident.state()).step == "heard:family_size"


async def test_it_counts_after_the_question_which_item_is_meant(resident: Resident, tmp_path: Path) -> None:
    await resident.say("我家三口人，想办补贴")
    await resident.tap(next(c.label for c in resident.choices if c.value == "item:zuidi-shenghuo-baozhang"))
    await resident.tap("同意，开始办")
    await resident.tap("给我自己办")
    await fill(resident, tmp_path, until="family_size")
    assert (await resident.state()).step == "heard:family_size"


async def test_it_is_forgotten_with_the_item_and_with_the_form(resident: Resident) -> None:
    await resident.say(WISH)
    assert (await resident.state()).heard is not None
    await resident.say("我妈二级肢体残疾，想领护理补贴")
    heard = (await resident.state()).heard
    assert heard is not None
    assert (heard.item_id, set(heard.answers)) == ("zhongdu-canji-huli", {"disability_grade"})
    await resident.tap("同意，开始办")
    await resident.tap("给母亲办")
    await resident.say(NAME)
    await resident.say("先存着")
    assert (await resident.state()).heard is None


async def test_the_day_of_a_death_is_heard_whoever_applies(resident: Resident, tmp_path: Path) -> None:
    await _begun(resident, "我爸11月3号走了，想领补贴", None)
    await fill(resident, tmp_path, until="death_date")
    assert (await resident.state()).step == "heard:death_date"
    assert "11月3日" in resident.heard[-1].text


async def test_an_age_helps_with_the_year_and_is_no_birth_date(resident: Resident, tmp_path: Path) -> None:
    await _begun(resident, "81岁了还想当志愿者", None)
    heard = (await resident.state()).heard
    assert heard is not None
    assert heard.age == 81
    assert "birth_date" not in heard.answers


async def test_the_engine_reads_nothing_of_it_but_the_message_itself(resident: Resident, hall: Hall) -> None:
    await _begun(resident, WISH, "给母亲办")
    await resident.say(NAME)
    await resident.say(ID_NUMBER)
    assert [request.text for request in hall.engine.requests if "三口人" in request.text] == [redacted(WISH)]
    assert all(set(request.slots) == {"item"} for request in hall.engine.requests)

"""For whom somebody applies: who cannot act for a relative is told so, and a changed mind begins anew."""

from pathlib import Path

import pytest

from actions.relations import helps
from bot.conversation.wording import phrase
from cases.drafts import values_of
from records.database import Database
from services_catalog.guide import named
from services_catalog.loader import Catalog
from tests.support.form_filling import begin, fill
from tests.support.hall import Resident, opened
from tests.support.people import NAME
from tests.support.scripted_engine import Means

ONLY_SELF = "linghuo-canbao"


def _told(catalog: Catalog, item_id: str, relation: str) -> str:
    item = catalog.items[item_id]
    applicants = "、".join(applicant.label for applicant in item.applicants)
    return phrase("utter_only_these_apply", item=named(item), applicants=applicants, relation=relation)


async def _says(database: Database, catalog: Catalog, item_id: str, *texts: str) -> list[str]:
    wish = Means("apply", items={item_id: 0.97})
    async with opened(database, catalog, dict.fromkeys(texts, wish)) as hall:
        resident = await hall.resident()
        return [await resident.say(text) for text in texts]


@pytest.mark.parametrize("text", ["我帮我妈办参保", "想替孩子办参保"])
async def test_who_acts_for_a_relative_is_told_at_once_that_only_the_person_can_apply(
    sqlite_database: Database, catalog: Catalog, text: str
) -> None:
    [answer] = await _says(sqlite_database, catalog, ONLY_SELF, text)
    assert answer.startswith(_told(catalog, ONLY_SELF, "孩子" if "孩子" in text else "母亲"))


@pytest.mark.parametrize("text", ["我妈说可以办参保", "办参保"])
async def test_who_only_names_a_relative_is_told_nothing_of_it(
    sqlite_database: Database, catalog: Catalog, text: str
) -> None:
    [answer] = await _says(sqlite_database, catalog, ONLY_SELF, text)
    assert "家里人可以代办" not in answer


async def test_where_a_relative_may_apply_nothing_else_is_said(resident: Resident) -> None:
    assert "没有写家里人可以代办" not in await resident.say("我妈要办高龄补贴")


@pytest.mark.parametrize(
    ("text", "acts"), [("帮我妈办", True), ("替孩子报", True), ("我妈要办", False), ("帮我看看", False)]
)
def test_acting_for_somebody_is_heard_by_its_verb(text: str, acts: bool) -> None:
    assert helps(text) is acts


async def test_answers_given_for_oneself_do_not_stand_for_a_relative(resident: Resident) -> None:
    await begin(resident, "办高龄补贴")
    await resident.say(NAME)
    await resident.say("返回")
    await resident.say("返回")
    assert (await resident.state()).step == "applicant"
    await resident.say("再说一遍")
    assert (await resident.state()).step == "applicant"
    await resident.tap("给家里人办")
    [case] = await resident.cases()
    assert (case.applicant_kind, values_of(case)) == ("family", {})


async def test_answers_stand_where_the_same_person_is_named_again(resident: Resident) -> None:
    await begin(resident, "办高龄补贴")
    await resident.say(NAME)
    await resident.say("返回")
    await resident.say("返回")
    await resident.tap("给我自己办")
    [case] = await resident.cases()
    assert values_of(case) == {"name": NAME}


async def test_a_field_whose_label_says_whether_is_not_answered_by_being_called_wrong(
    sqlite_database: Database, catalog: Catalog, tmp_path: Path
) -> None:
    script = {"办辅具": Means("apply", items={"fuju-shipei": 0.97})}
    async with opened(sqlite_database, catalog, script, files_dir=tmp_path) as hall:
        resident = await hall.resident()
        await begin(resident, "办辅具")
        await fill(resident, tmp_path, {"already_bought": "是"})
        await resident.say("是否已购买填错了")
        assert (await resident.state()).step == "field:already_bought"
        [case] = await resident.cases()
        assert values_of(case)["already_bought"] == "是"

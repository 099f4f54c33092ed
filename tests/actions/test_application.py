"""From a wish to a filed case."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.conversation.incoming import Incoming
from bot.conversation.wording import phrase
from cases.drafts import find, values_of
from records.database import Database
from services_catalog.loader import Catalog
from services_catalog.schema import FieldType
from tests.actions.conftest import SCRIPT
from tests.support.form_filling import begin, field_asked, fill, send_photo
from tests.support.hall import Hall, Resident, opened
from tests.support.people import ID_NUMBER, NAME, PHONE, TYPED

NUMBER = re.compile(r"办件编号：(\d{22})")


@pytest.fixture
async def anywhere(database: Database, catalog: Catalog) -> AsyncIterator[Resident]:
    """A resident of a hall on each database."""
    async with opened(database, catalog, SCRIPT) as hall:
        yield await hall.resident()


async def test_an_application_goes_from_the_wish_to_a_number(anywhere: Resident, tmp_path: Path) -> None:
    resident = anywhere
    told = await resident.say("办高龄补贴")
    assert "先把要准备的一次说清楚" in told
    assert phrase("utter_consent_ask") in told
    await resident.tap("同意，开始办")
    assert [choice.label for choice in resident.choices] == ["给我自己办", "给家里人办", "我是社区的，替居民办"]
    await resident.tap("给我自己办")
    asked = await fill(resident, tmp_path)
    fields = [field.key for field in resident.hall.catalog.items["gaoling-jintie"].fields]
    assert asked == [key for key in fields if key != "birth_date"], "the birth date follows from the ID number"
    summary = "\n".join(bubble.text for bubble in resident.heard)
    assert ID_NUMBER not in summary
    assert PHONE not in summary
    filed = await resident.tap("确认提交")
    assert phrase("utter_identity_declared") in filed
    [case] = await resident.cases()
    assert NUMBER.search(filed)[1] == case.number  # type: ignore[index]
    assert (case.status, case.applicant_kind, case.person) == ("received", "self", "self")
    assert set(values_of(case)) == set(fields)
    assert values_of(case)["birth_date"] == "1990-03-07"
    state = await resident.state()
    assert (state.loop, state.case_id, state.step) == (None, None, None)


@pytest.mark.parametrize("wish", ["办公租房复核", "办车油补"])
async def test_every_kind_of_answer_is_taken_and_stored(resident: Resident, tmp_path: Path, wish: str) -> None:
    await begin(resident, wish)
    asked = await fill(resident, tmp_path)
    assert phrase("utter_promise_unknown") not in await resident.tap("确认提交")
    [case] = await resident.cases()
    assert set(values_of(case)) == set(asked)
    assert all(values_of(case).values())
    fields = {field.key: field for field in resident.hall.catalog.items[case.item_id].fields}
    assert all(
        stored.provenance == ("file" if fields[key].type is FieldType.FILE else "typed")
        for key, stored in case.answers.items()
    )


async def test_what_can_only_be_an_answer_is_never_shown_to_the_engine(resident: Resident, tmp_path: Path) -> None:
    for wish in ("办高龄补贴", "办车油补"):
        await begin(resident, wish)
        await fill(resident, tmp_path)
        await resident.tap("确认提交")
    engine = resident.hall.engine
    sent = " ".join(request.text for request in engine.requests)
    secret = [TYPED[kind] for kind in (FieldType.ID_NUMBER, FieldType.PHONE, FieldType.DATE, FieldType.BANK_ACCOUNT)]
    for word in [*secret, "1945年三月初五"]:
        assert word not in sent
    for request in engine.requests:
        assert not re.search(r"\d{7}", request.text)
        assert set(request.slots) == {"item"}
    slots = {(event["name"], event["value"]) for event in engine.events if event["event"] == "slot"}
    assert slots <= {("answer", None), ("requested_slot", None)}


@pytest.mark.parametrize("answer", ["13812345678 ", "我电话是138 1234 5678", "身份证110101 19900307 7539"])
async def test_even_an_answer_to_another_question_is_redacted(resident: Resident, tmp_path: Path, answer: str) -> None:
    await begin(resident, "办高龄补贴")
    await resident.say(answer)
    assert not re.search(r"\d{4}", " ".join(request.text for request in resident.hall.engine.requests))


async def test_confirming_twice_files_one_case_and_shows_it_again(resident: Resident, tmp_path: Path) -> None:
    await begin(resident, "办高龄补贴")
    await fill(resident, tmp_path)
    tap = Incoming(text="确认提交", choice=resident.offered("确认提交").value)
    first, second = await resident.send(tap), await resident.send(tap)
    assert NUMBER.search(first)
    [case] = await resident.cases()
    assert str(case.number) in first
    assert len(await resident.cases()) == 1
    assert phrase("utter_case_filed", item="x", number="x").removeprefix("x") not in second


async def test_confirming_twice_before_the_first_is_answered_shows_the_same_number_twice(
    resident: Resident, tmp_path: Path
) -> None:
    await begin(resident, "办高龄补贴")
    await fill(resident, tmp_path)
    tap = Incoming(text="确认提交", choice=resident.offered("确认提交").value)
    for client_id in ("a", "b", "c"):
        await resident.hall.pipeline.receive(resident.conversation, client_id, tap)
    await resident.hall.pipeline.settled(resident.conversation)
    said = await resident.listen()
    assert len(await resident.cases()) == 1
    assert len(set(NUMBER.findall(said))) == 1


@pytest.mark.parametrize("yes", ["确认提交", "1", "对"])
async def test_a_summary_is_confirmed_by_word_too(resident: Resident, tmp_path: Path, yes: str) -> None:
    await begin(resident, "办高龄补贴")
    await fill(resident, tmp_path)
    assert NUMBER.search(await resident.say(yes))


async def test_a_wrong_answer_gets_its_sentence_and_the_draft_stays(resident: Resident, tmp_path: Path) -> None:
    await begin(resident, "办高龄补贴")
    await fill(resident, tmp_path, until="id_number")
    assert await resident.say("110101199003077538") == phrase("utter_answer_id_number_check_digit")
    assert (await resident.state()).step == "field:id_number"
    again = await resident.say("11010119900307753")
    assert again == phrase("utter_answer_id_number_length", count="17")
    assert [choice.label for choice in resident.choices] == ["找人工", "先存着"]
    [case] = await resident.cases()
    assert values_of(case) == {"name": NAME}
    await resident.say(ID_NUMBER)
    assert (await resident.state()).step == "field:phone"


async def test_a_skippable_question_can_be_skipped_and_others_cannot(resident: Resident, tmp_path: Path) -> None:
    await begin(resident, "办高龄补贴")
    assert "跳过" not in [choice.label for choice in resident.choices]
    await fill(resident, tmp_path, until="already_paid_elsewhere")
    await resident.tap("跳过")
    assert (await resident.state()).step == "field:bank"
    [case] = await resident.cases()
    assert values_of(case)["already_paid_elsewhere"] == ""


async def test_a_photo_that_can_be_skipped_is_skipped_by_word(resident: Resident, tmp_path: Path) -> None:
    await begin(resident, "办车油补")
    await fill(resident, tmp_path, until="licence_photo")
    assert resident.heard[-1].asks_file
    assert phrase("utter_answer_file_expected") in await resident.say("在我手机里")
    await resident.say("没有")
    assert (await resident.state()).step == "field:bank"


async def test_a_photo_where_none_is_asked_for_is_kept_with_the_draft_and_the_question_comes_again(
    resident: Resident, tmp_path: Path
) -> None:
    await begin(resident, "办高龄补贴")
    said = await send_photo(resident, tmp_path)
    assert phrase("utter_file_attached") in said
    assert "叫什么名字" in said


async def test_a_conditional_question_is_asked_only_after_its_answer(resident: Resident, tmp_path: Path) -> None:
    await begin(resident, "办异地备案")
    assert "hospital" not in await fill(resident, tmp_path, {"record_type": "长期住外地"})
    other = await resident.hall.resident("other")
    await begin(other, "办异地备案")
    assert "hospital" in await fill(other, tmp_path, {"record_type": "第四个"})


async def test_for_a_mother_the_form_speaks_of_her_and_asks_who_types(resident: Resident, tmp_path: Path) -> None:
    await resident.say("我妈要办高龄补贴")
    await resident.tap("同意，开始办")
    assert resident.choices[0].label == "给母亲办"
    said = await resident.tap("给母亲办")
    assert "您母亲叫什么名字" in said
    asked = await fill(resident, tmp_path)
    assert asked[-4:] == ["proxy_name", "proxy_id_number", "proxy_phone", "proxy_consent"]
    await resident.tap("确认提交")
    [case] = await resident.cases()
    assert (case.applicant_kind, case.person) == ("family", "母亲")
    assert values_of(case)["proxy_relation"] == "儿子或女儿"


async def test_for_whom_can_be_said_in_words(resident: Resident) -> None:
    await resident.say("办高龄补贴")
    await resident.tap("同意，开始办")
    said = await resident.say("帮我爸办的")
    assert "您父亲叫什么名字" in said


async def test_a_known_answer_is_offered_in_the_next_form_with_its_source_and_taken_by_one_word(
    resident: Resident, tmp_path: Path
) -> None:
    await begin(resident, "办高龄补贴")
    await fill(resident, tmp_path)
    await resident.tap("确认提交")
    await resident.say("办公租房复核")
    assert "同意" not in " ".join(choice.label for choice in resident.choices)
    await resident.tap("开始办")
    if (await resident.state()).step == "applicant":
        await resident.tap("给我自己办")
    assert "上次办高龄补贴时您说的" in resident.heard[-1].text
    await resident.say("对")
    assert (await resident.state()).step == "prefill:id_number"
    assert ID_NUMBER not in resident.heard[-1].text
    await resident.tap("换一个")
    assert (await resident.state()).step == "field:id_number"
    await resident.say(ID_NUMBER)
    await resident.say("13900001111")
    assert (await resident.state()).step != "prefill:phone"
    [_, case] = await resident.cases()
    assert values_of(case) == {"name": NAME, "id_number": ID_NUMBER, "phone": "13900001111"}
    assert {key: stored.provenance for key, stored in case.answers.items()} == {
        "name": "profile", "id_number": "typed", "phone": "typed",
    }  # fmt: skip


async def test_what_was_told_of_a_mother_is_not_offered_for_oneself(resident: Resident, tmp_path: Path) -> None:
    await resident.say("我妈要办高龄补贴")
    await resident.tap("同意，开始办")
    await resident.tap("给母亲办")
    await fill(resident, tmp_path, {"name": "李桂兰", "proxy_name": "张伟"})
    await resident.tap("确认提交")
    await begin(resident, "办车油补")
    assert (await resident.state()).step == "prefill:name"
    assert "张" in resident.heard[-1].text
    assert "李" not in resident.heard[-1].text


async def test_an_unfinished_form_remembers_nothing(resident: Resident, tmp_path: Path) -> None:
    await begin(resident, "办高龄补贴")
    await fill(resident, tmp_path)
    await resident.tap("先存着")
    await begin(resident, "办车油补")
    assert (await resident.state()).step == "field:name"


async def test_an_item_left_out_of_a_newer_catalogue_ends_its_draft_politely(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with opened(sqlite_database, catalog, SCRIPT) as hall:
        resident = await hall.resident()
        await begin(resident, "办高龄补贴")
    smaller = Catalog(
        {key: item for key, item in catalog.items.items() if key != "gaoling-jintie"},
        catalog.departments, catalog.windows, catalog.proxy_fields,
    )  # fmt: skip
    async with opened(sqlite_database, smaller, SCRIPT) as hall:
        resident = await hall.resident()
        assert phrase("utter_draft_gone") in await resident.say(NAME)
        assert (await resident.state()).loop is None


async def test_a_stranger_cannot_take_up_or_file_somebodys_draft(hall: Hall, tmp_path: Path) -> None:
    owner, stranger = await hall.resident("owner"), await hall.resident("stranger")
    await begin(owner, "办高龄补贴")
    await fill(owner, tmp_path)
    [case] = await owner.cases()
    for forged in (f"submit:{case.id}", f"resume:{case.id}", f"restart:{case.id}"):
        await stranger.send(Incoming(text="", choice=forged))
    async with hall.database.session() as session:
        found = await find(session, case.id)
        assert found is not None
        assert found.status == "draft"
        assert found.answers
    assert await field_asked(stranger) is None

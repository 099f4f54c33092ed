"""Several wishes of one message are served in one reply, in order, and what needs an answer comes last."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.conversation.bubbles import CaseCard
from bot.conversation.redaction import redacted
from bot.conversation.wording import phrase
from records.database import Database
from services_catalog.guide import Topic, named, tell
from services_catalog.loader import Catalog
from tests.support.form_filling import begin, fill
from tests.support.hall import OFFICE, Hall, Resident, opened
from tests.support.scripted_engine import Means

CARD, AGED, POOR, DOG = "canji-zheng-shenling", "gaoling-jintie", "zuidi-shenghuo-baozhang", "yangquan-dengji"
FUEL = "lunyiche-ranyou"


def _of(intent: str, item_id: str | None = None) -> Means:
    return Means(intent, items={} if item_id is None else {item_id: 0.97})


SCRIPT = {
    "办残疾证要什么材料": _of("ask_materials", CARD),
    "残疾证怎么办": _of("ask_how", CARD),
    "残疾证要多久": _of("ask_time", CARD),
    "我妈要办残疾证，要什么材料": _of("ask_materials", CARD),
    "我妈要办残疾证": _of("apply", CARD),
    "我想办残疾证": _of("apply", CARD),
    "高龄津贴怎么领": _of("ask_how", AGED),
    "高龄津贴要什么材料": _of("ask_materials", AGED),
    "给我办高龄津贴": _of("apply", AGED),
    "想办高龄津贴": _of("apply", AGED),
    "养狗证多少钱": _of("ask_fee", DOG),
    "办车油补": _of("apply", FUEL),
    "多少钱": _of("ask_fee"),
    "要多久": _of("ask_time"),
    "要什么材料": _of("ask_materials"),
    "去哪里办": _of("ask_place"),
    "你们几点上班": _of("ask_contact"),
    "你们在哪里": _of("ask_contact"),
    "查下我的低保批了没": _of("track_case", POOR),
    "我的车油补批了没": _of("track_case", FUEL),
    "查办件": _of("track_case"),
    "想办补贴": Means("apply", items={AGED: 0.3, POOR: 0.25}),
    "我要投诉": _of("complain"),
}


@pytest.fixture
async def hall(sqlite_database: Database, catalog: Catalog) -> AsyncIterator[Hall]:
    async with opened(sqlite_database, catalog, {redacted(text): means for text, means in SCRIPT.items()}) as hall:
        yield hall


@pytest.fixture
async def resident(hall: Hall) -> Resident:
    return await hall.resident()


def _told(catalog: Catalog, item_id: str, topic: Topic) -> str:
    return tell(catalog, catalog.items[item_id], topic, office_hours=OFFICE.hours)


def _contact() -> str:
    phone = phrase("utter_office_phone", phone=OFFICE.phone)
    return phrase("utter_contact", hours=OFFICE.hours, phone=phone)


M, F, T, H, P = Topic.MATERIALS, Topic.FEE, Topic.TIME, Topic.HOW, Topic.PLACE
OPEN = None
"""The office's hours."""


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("办残疾证要什么材料，多少钱", [(CARD, M), (CARD, F)]),
        ("办残疾证要什么材料，多少钱，要多久", [(CARD, M), (CARD, F), (CARD, T)]),
        ("我妈要办残疾证，要什么材料，多少钱", [(CARD, M), (CARD, F)]),
        ("残疾证要多久，去哪里办？", [(CARD, T), (CARD, P)]),
        ("办残疾证要什么材料，顺便问下要多久", [(CARD, M), (CARD, T)]),
        ("残疾证怎么办，还有高龄津贴要什么材料", [(CARD, H), (AGED, M)]),
        ("残疾证怎么办还有高龄津贴怎么领", [(CARD, H), (AGED, H)]),
        ("残疾证怎么办。另外，养狗证多少钱？", [(CARD, H), (DOG, F)]),
        ("办残疾证要什么材料，再问下你们几点上班", [(CARD, M), OPEN]),
        ("办残疾证要什么材料，对了你们在哪里", [(CARD, M), OPEN]),
        ("残疾证怎么办，顺便问一下高龄津贴怎么领，还有你们几点上班", [(CARD, H), (AGED, H), OPEN]),
        ("高龄津贴要什么材料，多少钱，另外养狗证多少钱", [(AGED, M), (AGED, F), (DOG, F)]),
    ],
)
async def test_each_question_is_answered_in_order_in_one_reply(
    resident: Resident, catalog: Catalog, text: str, answers: list[tuple[str, Topic] | None]
) -> None:
    await resident.say(text)
    expected = [_contact() if each is None else _told(catalog, *each) for each in answers]
    assert [bubble.text for bubble in resident.heard] == expected
    assert [bool(bubble.choices) for bubble in resident.heard] == [False] * (len(answers) - 1) + [True]


async def test_what_is_offered_at_the_end_was_not_told_just_now_and_names_each_item(resident: Resident) -> None:
    await resident.say("办残疾证要什么材料，顺便问下要多久")
    labels = [choice.label for choice in resident.choices]
    assert labels[0] == "开始办理"
    assert not {"要什么材料", "要多久"} & set(labels)
    await resident.say("残疾证怎么办，还有高龄津贴要什么材料")
    assert [choice.label for choice in resident.choices][:2] == ["办残疾证", "办高龄补贴"]


async def test_a_question_is_answered_before_it_is_asked_whether_to_begin(resident: Resident, catalog: Catalog) -> None:
    await resident.say("我想办残疾证，顺便问下养狗证多少钱")
    first, last = resident.heard
    assert first.text == _told(catalog, DOG, F)
    assert last.text.startswith("好，" + named(catalog.items[CARD]))
    assert resident.choices[0].value == f"begin:{CARD}"
    assert (await resident.state()).item_id == CARD


async def test_of_two_things_to_do_one_is_begun_and_the_other_offered_after_it(
    resident: Resident, catalog: Catalog, tmp_path: Path
) -> None:
    await resident.say("办车油补，顺便想办高龄津贴")
    noted, proposed = resident.heard
    assert noted.text == phrase("utter_wish_noted", wish=named(catalog.items[AGED]))
    assert proposed.choices[0].value == f"begin:{FUEL}"
    await resident.tap("同意，开始办")
    await fill(resident, tmp_path)
    await resident.tap("确认提交")
    assert resident.choices[0].value == f"apply:{AGED}"
    assert (await resident.state()).next_wishes == []


async def test_what_somebody_is_to_a_relative_holds_for_all_they_wish(resident: Resident) -> None:
    await resident.say("我妈要办残疾证，要什么材料，多少钱")
    assert (await resident.state()).relation == "母亲"
    await resident.say("我妈要办残疾证，顺便想办高龄津贴")
    assert (await resident.state()).relation == "母亲"


async def test_ones_own_case_of_the_item_named_is_shown_beside_an_answer(
    resident: Resident, catalog: Catalog, tmp_path: Path
) -> None:
    await _filed(resident, tmp_path, "给我办高龄津贴")
    await _filed(resident, tmp_path, "办车油补")
    await resident.say("办残疾证要什么材料，顺便我的车油补批了没")
    cards = [bubble.card for bubble in resident.heard if isinstance(bubble.card, CaseCard)]
    assert resident.heard[0].text == _told(catalog, CARD, M)
    assert [card.item for card in cards] == [catalog.items[FUEL].name]


async def test_of_several_cases_of_an_item_one_is_chosen_by_its_number(resident: Resident, tmp_path: Path) -> None:
    await _filed(resident, tmp_path, "办车油补")
    await _filed(resident, tmp_path, "办车油补")
    numbers = [case.number or "" for case in await resident.cases()]
    said = await resident.say("我的车油补批了没，还有办残疾证要什么材料")
    assert said.endswith(phrase("utter_track_which", count=2)), "the question comes last"
    label = next(choice.label for choice in resident.choices if numbers[0] in choice.label)
    await resident.tap(label)
    [card] = [bubble.card for bubble in resident.heard if isinstance(bubble.card, CaseCard)]
    assert card.number == numbers[0]


async def test_who_has_no_case_of_the_item_is_told_so(resident: Resident, catalog: Catalog, tmp_path: Path) -> None:
    await _filed(resident, tmp_path, "办车油补")
    said = await resident.say("查下我的低保批了没")
    assert phrase("utter_track_none_of", item=named(catalog.items[POOR])) in said


async def test_who_has_no_case_is_asked_for_its_number_after_the_answer(resident: Resident, catalog: Catalog) -> None:
    said = await resident.say("办残疾证要什么材料，顺便查下我的低保批了没")
    assert said == "\n".join([_told(catalog, CARD, M), phrase("utter_track_ask_number")])
    assert (await resident.state()).loop == "tracking_form"


async def test_a_second_question_waits_and_is_offered_when_the_first_is_settled(
    resident: Resident, hall: Hall, tmp_path: Path
) -> None:
    await resident.say("办车油补，顺便查办件")
    assert phrase("utter_wish_noted", wish="“查办件”") in resident.heard[0].text
    assert (await resident.state()).loop is None
    await resident.tap("先不办")
    assert resident.heard[-1].text == phrase("utter_next_wish_said", said="查办件")
    await resident.tap("接着说")
    assert resident.heard[-1].text == phrase("utter_track_ask_number")


async def test_what_was_asked_of_an_item_not_yet_known_is_answered_once_it_is(
    resident: Resident, catalog: Catalog
) -> None:
    await resident.say("想办补贴，顺便问下要多久")
    assert resident.choices[0].value == f"item:{AGED}"
    await resident.tap(resident.choices[0].label)
    assert resident.heard[0].text == _told(catalog, AGED, T)
    assert resident.choices[0].value == f"begin:{AGED}"


async def test_a_complaint_beside_a_question_is_heard(resident: Resident, catalog: Catalog) -> None:
    await resident.say("办残疾证要什么材料，另外我要投诉")
    assert [bubble.text for bubble in resident.heard] == [_told(catalog, CARD, M), phrase("utter_complain")]
    assert "human:complaint" in [choice.value for choice in resident.choices]


async def _filed(resident: Resident, folder: Path, wish: str) -> None:
    await begin(resident, wish)
    await fill(resident, folder)
    await resident.tap("确认提交")

from pathlib import Path

import pytest

from actions.tracking import MAX_FAILURES
from bot.conversation.bubbles import CaseCard
from bot.conversation.ownership import Owner
from bot.conversation.redaction import redacted
from bot.conversation.wording import phrase
from cases.tracking import MAX_FAILURES_OF_A_NUMBER
from tests.support.form_filling import begin, fill
from tests.support.hall import Hall, Resident

WRONG = "3301050012026112000999"


@pytest.fixture
async def number(hall: Hall, tmp_path: Path) -> str:
    """The number of a case that somebody else filed, with a phone ending in 5678."""
    owner = await hall.resident("owner")
    await begin(owner, "办高龄补贴")
    await fill(owner, tmp_path)
    await owner.tap("确认提交")
    [case] = await owner.cases()
    return case.number or ""


async def test_ones_own_cases_are_shown_without_being_asked_for_anything(resident: Resident, tmp_path: Path) -> None:
    await begin(resident, "办高龄补贴")
    await fill(resident, tmp_path)
    await resident.tap("确认提交")
    [case] = await resident.cases()
    said = await resident.say("查办件")
    assert str(case.number) in said
    assert "已收件" in said
    assert [link.label for bubble in resident.heard for link in bubble.links] == [
        "下载申请表（PDF）",
        "下载收件凭证（PDF）",
    ]


async def test_anothers_case_needs_its_number_and_the_phones_last_digits(resident: Resident, number: str) -> None:
    assert await resident.say("查办件") == phrase("utter_track_ask_number")
    assert await resident.say(number) == phrase("utter_track_ask_digits")
    said = await resident.say("5678")
    assert number in said
    assert (await resident.state()).loop is None
    [bubble] = resident.heard
    assert isinstance(bubble.card, CaseCard)
    assert bubble.links == bubble.card.links == [], "the form holds every answer in full"


@pytest.mark.parametrize(
    "written",
    [
        "{n} 5678",
        "编号{n}，电话尾号5678",
        "{n}，13812345678",
        "尾号5678，编号是{n}",
        "{n}\n13812345678",
        "13812345678 {n}",
    ],
)
async def test_number_and_digits_may_come_in_one_message(resident: Resident, number: str, written: str) -> None:
    await resident.say("查办件")
    assert number in await resident.say(written.format(n=number))


@pytest.mark.parametrize("written", ["帮我查{n}，电话后四位5678", "{n} 5678", "{n}这个办到哪了，留的电话13812345678"])
async def test_a_case_number_is_understood_without_asking_to_track_first(
    resident: Resident, number: str, written: str
) -> None:
    assert number in await resident.say(written.format(n=number))


async def test_a_bare_case_number_asks_for_the_digits(resident: Resident, number: str) -> None:
    assert await resident.say(number) == phrase("utter_track_ask_digits")
    assert number in await resident.say("5678")


@pytest.mark.parametrize("spaced", ["{a} {b} {c}", "{a}-{b}-{c}"])
async def test_a_number_may_be_written_in_groups(resident: Resident, number: str, spaced: str) -> None:
    await resident.say("查办件")
    written = spaced.format(a=number[:9], b=number[9:17], c=number[17:])
    assert await resident.say(written) == phrase("utter_track_ask_digits")
    assert number in await resident.say("5678")


async def test_which_of_the_two_is_wrong_is_not_told(resident: Resident, number: str) -> None:
    await resident.say("查办件")
    wrong_digits = await resident.say(f"{number} 1111")
    wrong_number = await resident.say(f"{WRONG} 5678")
    assert wrong_digits == wrong_number == phrase("utter_track_not_found")


async def test_after_five_wrong_pairs_even_the_right_one_opens_nothing(resident: Resident, number: str) -> None:
    await resident.say("查办件")
    for attempt in range(MAX_FAILURES):
        said = await resident.say(f"{number} {attempt}111")
        assert number not in said
    assert said == phrase("utter_track_locked")
    assert await resident.say("查办件") == phrase("utter_track_locked")
    await resident.say(f"{number} 5678")
    assert number not in "".join(bubble.text for bubble in resident.heard)
    await resident.say("查办件")
    await resident.tap("找人工")
    assert (await resident.row()).owner == Owner.WAITING


async def test_a_pair_in_one_sentence_does_not_get_past_the_lock(resident: Resident, number: str) -> None:
    for digits in ("1111", "5678"):
        resident.hall.engine.script[redacted(f"查办件{number} {digits}")] = resident.hall.engine.script["查办件"]
    for _ in range(MAX_FAILURES - 1):
        assert await resident.say(f"查办件{number} 1111") == phrase("utter_track_not_found")
    for digits in ("1111", "1111", "5678"):
        assert await resident.say(f"查办件{number} {digits}") == phrase("utter_track_locked")


async def test_the_engine_never_sees_the_number(resident: Resident, number: str) -> None:
    await resident.say("查办件")
    await resident.say(f"{number} 13812345678")
    assert not any(number in request.text or "13812345678" in request.text for request in resident.hall.engine.requests)


async def test_tracking_is_left_by_word_and_by_choice(resident: Resident) -> None:
    await resident.say("查办件")
    await resident.tap("先不查")
    assert (await resident.state()).loop is None
    await resident.say("查办件")
    await resident.say("取消")
    assert (await resident.state()).loop is None
    await resident.say("查办件")
    await resident.say("人工")
    assert (await resident.state()).loop is None
    assert (await resident.row()).owner == Owner.WAITING


@pytest.mark.parametrize("before", ["查办件", None])
async def test_a_number_is_locked_for_everybody_but_its_own_resident(
    hall: Hall, number: str, before: str | None
) -> None:
    for digits in ("1111", "5678"):
        hall.engine.script[redacted(f"查办件{number} {digits}")] = hall.engine.script["查办件"]
    guesses = 0
    while guesses < MAX_FAILURES_OF_A_NUMBER:
        guesser = await hall.resident(f"guesser {guesses}")
        for _ in range(MAX_FAILURES - 1):
            if before:
                await guesser.say(before)
            assert number not in await guesser.say(f"查办件{number} 1111")
            guesses += 1
    stranger = await hall.resident("stranger")
    assert await stranger.say(f"查办件{number} 5678") == phrase("utter_track_locked")
    assert (await stranger.state()).loop is None
    owner = await hall.resident("owner")
    assert number in await owner.say("查办件")
    assert number in await owner.say(f"查办件{number} 5678")


@pytest.mark.parametrize(
    ("wish", "answered"),
    [
        ("要什么材料", "utter_ask_item_name"),
        ("谢谢", "utter_thanks"),
        ("投诉", "utter_complain"),
        ("删除我的资料", "utter_erase_ask"),
        ("补贴", "utter_ask_which_item"),
    ],
)
async def test_another_wish_leaves_the_tracking_form_and_is_served(
    resident: Resident, wish: str, answered: str
) -> None:
    await resident.say("查办件")
    assert await resident.say(wish) == phrase(answered)
    assert (await resident.state()).loop is None


async def test_a_question_about_an_item_and_an_application_are_served_from_within_tracking(
    resident: Resident, number: str
) -> None:
    await resident.say("查办件")
    await resident.say(number)
    materials = await resident.say("高龄补贴要什么材料?")
    assert "身份证" in materials
    state = await resident.state()
    assert (state.loop, state.tracking_number) == (None, None)
    await resident.say("查办件")
    await resident.say("办高龄补贴")
    assert (await resident.state()).loop is None
    await resident.tap("同意，开始办")
    assert (await resident.state()).loop == "application_form"


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("等一下", "utter_wait"),
        ("大字", "utter_large_type"),
        ("为什么要问这个?", "utter_why_asked"),
        ("再说一遍", None),
        ("查办件", None),
    ],
)
async def test_a_pause_and_a_repetition_stay_in_the_tracking_form_and_ask_again(
    resident: Resident, number: str, said: str, first: str | None
) -> None:
    begun = [phrase(first)] if first else []
    await resident.say("查办件")
    assert await resident.say(said) == "\n".join([*begun, phrase("utter_track_ask_number")])
    await resident.say(number)
    assert await resident.say(said) == "\n".join([*begun, phrase("utter_track_ask_digits")])
    assert number in await resident.say("5678")


@pytest.mark.parametrize("said", ["2026年的怎么查", "5678"])
async def test_digits_without_a_number_ask_for_it(resident: Resident, said: str) -> None:
    await resident.say("查办件")
    await resident.say(said)
    assert (await resident.state()).loop == "tracking_form"
    assert (await resident.state()).tracking_failures == 0


async def test_in_the_tracking_form_what_is_no_number_is_explained(resident: Resident) -> None:
    await resident.say("查办件")
    assert await resident.say("我也不晓得啊") == phrase("utter_track_explain")
    assert (await resident.state()).loop == "tracking_form"

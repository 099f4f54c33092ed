from pathlib import Path

import pytest

from actions.tracking import MAX_FAILURES
from bot.conversation.ownership import Owner
from bot.conversation.wording import phrase
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
    assert "收件" in said


async def test_anothers_case_needs_its_number_and_the_phones_last_digits(resident: Resident, number: str) -> None:
    assert await resident.say("查办件") == phrase("utter_track_ask_number")
    assert await resident.say(number) == phrase("utter_track_ask_digits")
    said = await resident.say("5678")
    assert number in said
    assert (await resident.state()).loop is None


@pytest.mark.parametrize(
    "written",
    [
        "{n} 5678",
        "编号{n}，电话尾号5678",
        "{n}，13812345678",
        "尾号5678，编号是{n}",
        pytest.param(
            "{n}\n13812345678",
            marks=pytest.mark.xfail(
                strict=True, raises=AssertionError, reason="the phone after a blank is joined to the number"
            ),
        ),
    ],
)
async def test_number_and_digits_may_come_in_one_message(resident: Resident, number: str, written: str) -> None:
    await resident.say("查办件")
    assert number in await resident.say(written.format(n=number))


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
    sentence = "查办件【办件编号】 5678"
    resident.hall.engine.script[sentence] = resident.hall.engine.script["查办件"]
    resident.hall.engine.script["查办件【办件编号】 1111"] = resident.hall.engine.script["查办件"]
    for _ in range(MAX_FAILURES):
        assert number not in await resident.say(f"查办件{number} 1111")
    assert number not in await resident.say(f"查办件{number} 5678")


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


async def test_in_the_tracking_form_what_is_no_number_is_explained(resident: Resident) -> None:
    await resident.say("查办件")
    assert await resident.say("我也不晓得啊") == phrase("utter_track_explain")
    assert (await resident.state()).loop == "tracking_form"

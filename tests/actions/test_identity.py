"""High-age allowance, certified each year: identity is proved before the case is filed, by whichever way suits."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from actions.identity import needs_guardian, way_label, ways_of
from app.identity import announcing
from bot.conversation.incoming import Incoming
from bot.conversation.ownership import Owner
from bot.conversation.wording import phrase
from cases import drafts
from cases.files import store_file
from cases.models import Case, StoredFile
from kyc import checks
from kyc.capture.examining import Examination, Result
from kyc.faces.scoring import Thresholds
from kyc.images import pixels_of
from kyc.levels import Level, Way
from kyc.liveness.attempt import Frame
from kyc.liveness.challenge import Action, Challenge
from kyc.models import FaceConsent, FaceTemplate, IdentityCheck
from records.base import now
from records.database import Database
from services_catalog.loader import Catalog
from services_catalog.schema import Item
from tests.kyc.cards.drawing import PEOPLE, Somebody, back, front, photographed
from tests.support.acting import person, recorded
from tests.support.hall import Hall, Resident, opened
from tests.support.people import ID_NUMBER, NAME, PHONE, answer
from tests.support.photographs import photograph
from tests.support.scripted_engine import Means

CARD = photographed(
    front(Somebody(NAME, "男", born=date(1990, 3, 7)), ID_NUMBER, pixels_of(photograph("obama3"), 800)[:480])
)
"""The card of the one who applies, with a portrait on it."""
SCRIPT = {
    "尊老金认证": Means("apply", items={"gaoling-renzheng": 0.97}),
    "为什么要刷脸": Means("ask_materials", items={"gaoling-renzheng": 0.9}),
    "好": Means("affirm"),
    "删除刷脸数据": Means("withdraw_face"),
    "删除我的资料": Means("erase"),
}


@pytest.fixture
async def hall(sqlite_database: Database, catalog: Catalog, tmp_path: Path) -> AsyncIterator[Hall]:
    async with opened(sqlite_database, catalog, SCRIPT, files_dir=tmp_path / "files") as hall:
        yield hall


@pytest.fixture
def item(catalog: Catalog) -> Item:
    return catalog.items["gaoling-renzheng"]


async def _at_the_question(hall: Hall) -> Resident:
    """Somebody who has confirmed the summary."""
    resident = await hall.resident()
    await resident.say("尊老金认证")
    await resident.tap("同意，开始办")
    await resident.tap("给我自己办")
    answers = [NAME, ID_NUMBER, PHONE, "文三路100号3幢2单元501室", "否"]
    for each in answers:
        await resident.say(each)
    await resident.tap("确认提交")
    return resident


async def _photo(hall: Hall, resident: Resident, folder: Path, content: bytes) -> str:
    """Send a photograph in the chat."""
    async with hall.database.session() as session:
        stored = await store_file(session, folder, (await resident.row()).resident_id, "照片.jpg", content)
        await session.commit()
    return await resident.send(Incoming(file_id=stored.id, file_name="照片.jpg"))


async def _case(hall: Hall) -> Case:
    async with hall.database.session() as session:
        (case,) = await session.scalars(select(Case))
        return case


async def test_the_question_says_why_and_offers_every_way(hall: Hall, item: Item) -> None:
    resident = await _at_the_question(hall)
    assert [choice.label for choice in resident.choices] == [way_label(way) for way in ways_of(item)]
    assert Way.HOME in ways_of(item)
    assert "核对" in resident.heard[-1].text
    assert (await _case(hall)).number is None


@pytest.mark.parametrize("way", [Way.COUNTER, Way.KIOSK, Way.HOME])
async def test_a_way_in_person_files_the_case_and_says_what_comes(hall: Hall, way: Way) -> None:
    resident = await _at_the_question(hall)
    said = await resident.tap(way_label(way))
    assert phrase(f"utter_identity_arranged_{way}", item="") in said
    case = await _case(hall)
    assert case.number is not None
    assert (case.identity, case.identity_to_check) == (way.value, True)


async def test_a_clerk_files_the_case_and_waits_for_one(hall: Hall) -> None:
    resident = await _at_the_question(hall)
    said = await resident.tap(way_label(Way.CLERK))
    case = await _case(hall)
    assert case.number is not None and case.number in said
    assert (case.identity, case.identity_to_check) == ("clerk", True)
    assert Owner((await resident.row()).owner) is Owner.WAITING


async def test_a_way_can_be_named_in_words_or_by_number(hall: Hall) -> None:
    resident = await _at_the_question(hall)
    await resident.say("到窗口核对")
    assert (await _case(hall)).identity == "counter"


async def test_without_a_card_the_camera_is_not_offered_yet_and_another_way_is_one_tap_away(hall: Hall) -> None:
    resident = await _at_the_question(hall)
    said = await resident.tap(way_label(Way.FACE))
    assert "400天" in said and "删除刷脸数据" in said
    assert [choice.label for choice in resident.choices] == ["同意刷脸", "换一种方式"]
    assert await resident.tap("同意刷脸") == phrase("utter_identity_ask_card", whose="您本人")
    assert resident.heard[-1].asks_file
    await resident.tap("换一种方式")
    await resident.tap(way_label(Way.HOME))
    assert (await _case(hall)).identity == "home"


async def test_the_card_gives_a_face_and_is_not_kept(hall: Hall, tmp_path: Path) -> None:
    resident = await _at_the_question(hall)
    await resident.tap(way_label(Way.FACE))
    await resident.tap("同意刷脸")
    said = await _photo(hall, resident, tmp_path / "files", CARD)
    assert phrase("utter_identity_link", whose="您本人", minutes=10) in said
    (link,) = resident.heard[-1].links
    assert link.href.startswith("https://x.cn/verify/")
    async with hall.database.session() as session:
        assert list(await session.scalars(select(StoredFile))) == []
        (template,) = await session.scalars(select(FaceTemplate))
        assert (template.person, template.source) == ("self", "card")
    assert list((tmp_path / "files").iterdir()) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"%PDF-1.7", "utter_image_kind", id="no picture"),
        pytest.param(photograph("obama"), "utter_card_not_card", id="a face and no card"),
        pytest.param(photographed(back()), "utter_card_front_again", id="the other side"),
        pytest.param(photographed(front(PEOPLE[0])), "utter_card_other_number", id="somebody else's"),
        pytest.param(
            photographed(front(Somebody(NAME, "男", born=date(1990, 3, 7)), ID_NUMBER)),
            "utter_identity_card_without_face",
            id="no portrait",
        ),
    ],
)
async def test_only_the_card_of_whom_it_is_about_gives_a_face_to_compare_with(
    hall: Hall, tmp_path: Path, content: bytes, sentence: str
) -> None:
    resident = await _at_the_question(hall)
    await resident.tap(way_label(Way.FACE))
    await resident.tap("同意刷脸")
    said = await _photo(hall, resident, tmp_path / "files", content)
    assert phrase(sentence) in said
    assert phrase("utter_identity_ask_card", whose="您本人") in said
    async with hall.database.session() as session:
        assert list(await session.scalars(select(FaceTemplate))) == []


async def _with_link(hall: Hall, folder: Path) -> tuple[Resident, IdentityCheck, Examination]:
    """Somebody who has the link and has agreed."""
    resident = await _at_the_question(hall)
    await resident.tap(way_label(Way.FACE))
    await resident.tap("同意刷脸")
    await _photo(hall, resident, folder, CARD)
    token = resident.heard[-1].links[0].href.rsplit("/", 1)[-1]
    async with hall.database.session() as session:
        check = await checks.of_link(session, token, None)
    examination = Examination(hall.database.session, hall.verifier, announcing(hall.pipeline))
    return resident, check, examination


async def _attempt(
    hall: Hall, check: IdentityCheck, examination: Examination, who: str, frames_a_step: int = 5
) -> Result:
    challenge = Challenge("once", (Action.EYES, Action.MOUTH, Action.LEFT))
    async with hall.database.session() as session:
        check = await session.get_one(IdentityCheck, check.id)
        checks.put_challenge(check, challenge)
        check.challenged_at = now() - timedelta(seconds=5)  # the frames took three
        await session.commit()
    taken = recorded(person(who), challenge.steps, frames=frames_a_step)
    frames = [Frame(*frame) for frame in taken]
    outcome = await examination.frames(check, challenge.id, frames)
    await hall.pipeline.settled(check.conversation_id)
    return outcome.result


async def test_a_face_that_matches_files_the_case_by_itself(hall: Hall, tmp_path: Path) -> None:
    resident, check, examination = await _with_link(hall, tmp_path / "files")
    assert await _attempt(hall, check, examination, "obama") is Result.ACCEPTED
    said = await resident.listen()
    case = await _case(hall)
    assert phrase("utter_verify_accepted_chat") in said
    assert case.number is not None and case.number in said
    assert (case.identity, case.identity_to_check) == ("face", False)
    async with hall.database.session() as session:
        assert sorted(row.source for row in await session.scalars(select(FaceTemplate))) == ["card", "check"]


async def test_somebody_else_s_face_does_not_and_after_five_failures_of_any_kind_other_ways_are_left(
    hall: Hall, tmp_path: Path
) -> None:
    resident, check, examination = await _with_link(hall, tmp_path / "files")
    results = [await _attempt(hall, check, examination, "biden", frames) for frames in (5, 1, 1, 1, 5)]
    assert results == [Result.RETRY] * 4 + [Result.LOCKED]
    said = await resident.listen()
    assert phrase("utter_verify_locked_chat") in said
    assert (await _case(hall)).number is None
    await resident.tap(way_label(Way.HOME))
    assert (await _case(hall)).identity == "home"
    async with hall.database.session() as session:
        assert [row.source for row in await session.scalars(select(FaceTemplate))] == ["card"], (
            "no stranger's face is kept"
        )


async def test_a_doubtful_face_files_the_case_for_a_clerk_to_look_at(hall: Hall, tmp_path: Path) -> None:
    hall.verifier.policy = replace(hall.verifier.policy, limits=Thresholds(0.30, 0.50))
    resident, check, examination = await _with_link(hall, tmp_path / "files")
    assert await _attempt(hall, check, examination, "obama") is Result.REVIEW
    assert phrase("utter_verify_review_chat") in await resident.listen()
    case = await _case(hall)
    assert (case.identity, case.identity_to_check) == ("face", True)


async def test_whoever_declines_on_the_page_is_offered_the_other_ways(hall: Hall, tmp_path: Path) -> None:
    resident, check, examination = await _with_link(hall, tmp_path / "files")
    await examination.decline(check)
    await hall.pipeline.settled(resident.conversation)
    await resident.listen()
    await resident.tap(way_label(Way.COUNTER))
    assert (await _case(hall)).identity == "counter"


async def test_a_check_counts_for_the_next_case(hall: Hall, tmp_path: Path) -> None:
    resident, check, examination = await _with_link(hall, tmp_path / "files")
    await _attempt(hall, check, examination, "obama")
    await resident.listen()
    await resident.say("尊老金认证")
    await resident.tap(resident.choices[0].label)
    await resident.tap("给我自己办")
    summary = await resident.say("否")
    assert NAME in summary, "what was told last year is filled in, to be looked at once"
    said = await resident.tap("确认提交")
    assert phrase("utter_identity_proved") in said
    cases = await resident.cases()
    assert [(case.identity, case.identity_to_check) for case in cases] == [("face", False)] * 2


async def test_a_kill_between_decision_and_word_tells_after_the_restart(
    sqlite_database: Database, catalog: Catalog, tmp_path: Path
) -> None:
    async def nobody(check: IdentityCheck) -> None:
        raise RuntimeError("killed")

    async with opened(sqlite_database, catalog, SCRIPT, files_dir=tmp_path / "files") as killed:
        resident, check, _ = await _with_link(killed, tmp_path / "files")
        dying = Examination(sqlite_database.session, killed.verifier, nobody)
        with pytest.raises(RuntimeError):
            await _attempt(killed, check, dying, "obama")
    async with opened(sqlite_database, catalog, SCRIPT, files_dir=tmp_path / "files") as restarted:
        examination = Examination(sqlite_database.session, restarted.verifier, announcing(restarted.pipeline))
        await examination.announce_what_was_not()
        await restarted.pipeline.settled(resident.conversation)
        await examination.announce_what_was_not()
        await restarted.pipeline.settled(resident.conversation)
        case = await _case(restarted)
        assert (case.identity, case.identity_to_check) == ("face", False)


async def test_one_sentence_withdraws_the_consent_and_deletes_the_face(hall: Hall, tmp_path: Path) -> None:
    resident, check, examination = await _with_link(hall, tmp_path / "files")
    await _attempt(hall, check, examination, "obama")
    await resident.listen()
    assert await resident.say("删除刷脸数据") == phrase("utter_face_withdrawn")
    async with hall.database.session() as session:
        assert list(await session.scalars(select(FaceTemplate))) == []
        assert await checks.counting(session, check.resident_id, check.identity_index, Level.FACE) is None
    assert await resident.say("删除刷脸数据") == phrase("utter_face_withdrawn_none")


async def test_in_the_middle_of_the_form_it_is_done_and_the_question_comes_again(hall: Hall) -> None:
    resident = await _at_the_question(hall)
    said = await resident.say("删除刷脸数据")
    assert phrase("utter_face_withdrawn_none") in said
    await resident.tap(way_label(Way.COUNTER))
    assert (await _case(hall)).identity == "counter"


async def test_deleting_everything_deletes_the_face_and_the_link(hall: Hall, tmp_path: Path) -> None:
    resident, _, _ = await _with_link(hall, tmp_path / "files")
    await resident.say("删除我的资料")
    await resident.tap("删掉")
    async with hall.database.session() as session:
        assert list(await session.scalars(select(FaceTemplate))) == []
        assert [row.token_index for row in await session.scalars(select(IdentityCheck))] == [None]


@pytest.mark.parametrize(("born", "asks"), [("20150307", True), ("20111126", True), ("20111124", False)])
async def test_a_guardian_agrees_for_a_child_under_fourteen(born: str, asks: bool) -> None:
    case = Case(answers={}, person="儿子")
    drafts.keep(case, "id_number", answer(f"330105{born}0015"), "typed")
    assert needs_guardian(case, date(2025, 11, 25)) is asks


async def test_without_consent_no_face_is_looked_at(hall: Hall, tmp_path: Path) -> None:
    resident = await _at_the_question(hall)
    await resident.tap(way_label(Way.FACE))
    await _photo(hall, resident, tmp_path / "files", CARD)
    async with hall.database.session() as session:
        assert list(await session.scalars(select(FaceTemplate))) == []
        assert list(await session.scalars(select(FaceConsent))) == []
    await resident.tap(way_label(Way.COUNTER))
    assert (await _case(hall)).identity == "counter"


async def test_what_was_proved_of_one_number_says_nothing_of_another(hall: Hall, tmp_path: Path) -> None:
    resident, check, examination = await _with_link(hall, tmp_path / "files")
    await _attempt(hall, check, examination, "obama")
    await resident.listen()
    await resident.say("尊老金认证")
    await resident.tap(resident.choices[0].label)
    await resident.tap("给我自己办")
    await resident.say("否")
    await resident.say("身份证号改成" + PEOPLE[0].number)
    said = await resident.tap("确认提交")
    assert phrase("utter_identity_proved") not in said
    await resident.tap(way_label(Way.FACE))
    assert resident.heard[-1].asks_file, "the face that is kept is that of another number"

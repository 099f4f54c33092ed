"""After a case is filed that needs a document, the ID card can be shown in the chat; or later, which is as good."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.conversation.incoming import Incoming
from bot.conversation.wording import phrase
from cases.files import store_file
from cases.models import StoredFile
from kyc import checks
from kyc.levels import Level, Way, identity_index
from records.database import Database
from services_catalog.loader import Catalog
from tests.actions.conftest import SCRIPT
from tests.kyc.cards.drawing import PEOPLE, Somebody, back, front, photographed
from tests.support.form_filling import begin, fill
from tests.support.hall import Resident, opened
from tests.support.people import ID_NUMBER, NAME

MINE = photographed(front(Somebody(NAME, "男", born=date(1990, 3, 7)), ID_NUMBER))


@pytest.fixture
async def resident(sqlite_database: Database, catalog: Catalog, tmp_path: Path) -> AsyncIterator[Resident]:
    """Somebody who has just filed for the high-age allowance."""
    async with opened(sqlite_database, catalog, SCRIPT, files_dir=tmp_path / "files") as hall:
        resident = await hall.resident()
        await begin(resident, "办高龄补贴")
        await fill(resident, tmp_path)
        await resident.tap("确认提交")
        yield resident


async def _shows(resident: Resident, folder: Path, content: bytes) -> str:
    async with resident.hall.database.session() as session:
        stored = await store_file(session, folder / "files", (await resident.row()).resident_id, "证件.jpg", content)
        await session.commit()
    return await resident.send(Incoming(file_id=stored.id, file_name="证件.jpg"))


async def test_both_sides_prove_it_and_no_photograph_is_kept(resident: Resident, tmp_path: Path) -> None:
    assert [choice.label for choice in resident.choices] == ["现在拍身份证", "办的时候再给工作人员看"]
    assert await resident.tap("现在拍身份证") == phrase("utter_card_ask_front")
    assert await _shows(resident, tmp_path, MINE) == phrase("utter_card_ask_back")
    assert await _shows(resident, tmp_path, photographed(back())) == phrase("utter_card_proved")
    (case,) = await resident.cases()
    assert (case.identity, case.identity_to_check) == ("card", False)
    async with resident.hall.database.session() as session:
        assert list(await session.scalars(select(StoredFile))) == []
        assert await checks.counting(session, case.resident_id, identity_index(ID_NUMBER), Level.DOCUMENT) is Way.CARD
        assert await checks.counting(session, case.resident_id, identity_index(ID_NUMBER), Level.FACE) is None
    assert await _shows(resident, tmp_path, MINE) == phrase("utter_file_unexpected"), "nothing waits for it any more"


async def test_later_is_as_good(resident: Resident) -> None:
    await resident.tap("办的时候再给工作人员看")
    (case,) = await resident.cases()
    assert (case.identity, case.identity_to_check) == ("declared", True)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(photographed(front(PEOPLE[0])), "utter_card_other_number", id="somebody else's"),
        pytest.param(photographed(back()), "utter_card_front_again", id="the other side first"),
        pytest.param(b"%PDF-1.7", "utter_image_kind", id="no picture"),
    ],
)
async def test_a_front_that_does_not_do_is_asked_for_again(
    resident: Resident, tmp_path: Path, content: bytes, sentence: str
) -> None:
    await resident.tap("现在拍身份证")
    said = await _shows(resident, tmp_path, content)
    assert said == f"{phrase(sentence)}\n{phrase('utter_card_ask_front')}"
    assert await _shows(resident, tmp_path, MINE) == phrase("utter_card_ask_back")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(photographed(back("2005.01.01-2025.01.01")), "utter_card_expired", id="expired"),
        pytest.param(MINE, "utter_card_back_again", id="the front again"),
    ],
)
async def test_a_back_that_does_not_do_proves_nothing(
    resident: Resident, tmp_path: Path, content: bytes, sentence: str
) -> None:
    await resident.tap("现在拍身份证")
    await _shows(resident, tmp_path, MINE)
    said = await _shows(resident, tmp_path, content)
    assert said == f"{phrase(sentence)}\n{phrase('utter_card_ask_back')}"
    (case,) = await resident.cases()
    assert case.identity_to_check
    await resident.tap("办的时候再给工作人员看")
    assert (await resident.state()).card_for is None


async def test_once_shown_it_counts_for_the_next_case(resident: Resident, tmp_path: Path) -> None:
    await resident.tap("现在拍身份证")
    await _shows(resident, tmp_path, MINE)
    await _shows(resident, tmp_path, photographed(back()))
    await begin(resident, "办高龄补贴")
    await fill(resident, tmp_path)
    said = await resident.tap("确认提交")
    assert phrase("utter_identity_proved") in said
    assert [(case.identity, case.identity_to_check) for case in await resident.cases()] == [("card", False)] * 2


async def test_the_button_of_another_s_case_does_nothing(resident: Resident) -> None:
    (case,) = await resident.cases()
    stranger = await resident.hall.resident("stranger")
    said = await stranger.send(Incoming(text="现在拍身份证", choice=f"card:{case.id}"))
    assert said == phrase("utter_card_not_needed")

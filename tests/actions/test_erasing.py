"""删除我的资料: on a resident's word what is remembered of them goes, and what was filed stays."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.conversation.models import Delivery, InboxMessage, OutboxMessage
from bot.conversation.people import conversation_of
from bot.conversation.wording import phrase
from cases.drafts import values_of
from cases.models import StoredFile
from kyc.models import LinkCode, ProfileEntry
from kyc.profile import has_consented
from records.database import Database
from services_catalog.loader import Catalog
from tests.actions.conftest import SCRIPT
from tests.actions.test_linking import _code
from tests.support.form_filling import begin, fill, send_photo
from tests.support.hall import Resident, opened
from tests.support.post_office import PostOffice
from tests.support.scripted_engine import Means


@pytest.fixture
async def resident(database: Database, catalog: Catalog, tmp_path: Path) -> AsyncIterator[Resident]:
    script = {**SCRIPT, "关联": Means("link_channels")}
    channels = {"wechat": PostOffice()}
    async with opened(database, catalog, script, files_dir=tmp_path / "files", channels=channels) as hall:
        yield await hall.resident()


async def _count(resident: Resident, table: type) -> int:
    async with resident.hall.database.session() as session:
        return (await session.execute(select(func.count()).select_from(table))).scalar_one()


async def _erase(resident: Resident) -> str:
    assert await resident.say("删除我的资料") == phrase("utter_erase_ask")
    return await resident.tap("删掉")


async def test_profile_consent_drafts_files_and_talk_go_and_filed_cases_stay(
    resident: Resident, tmp_path: Path
) -> None:
    files = tmp_path / "files"
    await begin(resident, "办车油补")
    await fill(resident, files)
    await resident.tap("确认提交")
    await begin(resident, "办高龄补贴")
    await send_photo(resident, files)
    await fill(resident, files, until="phone")
    await resident.say("取消")
    await resident.tap("先存着，下次接着办")
    assert await _count(resident, StoredFile) == 2
    await _erase(resident)
    filed, draft = await resident.cases()
    assert filed.number
    assert values_of(filed)
    assert (draft.status, draft.answers) == ("withdrawn", {})
    assert await _count(resident, ProfileEntry) == 0
    assert await _count(resident, InboxMessage) == 1
    assert await _count(resident, OutboxMessage) == 1
    async with resident.hall.database.session() as session:
        assert not await has_consented(session, (await resident.row()).resident_id)
        [kept] = await session.scalars(select(StoredFile.id))
    assert [path.name for path in files.iterdir()] == [kept]


async def test_the_word_that_it_is_done_reaches_a_reader_who_has_read_everything_before(resident: Resident) -> None:
    await resident.say("谢谢")
    assert await _erase(resident) == phrase("utter_erased")


async def test_all_channels_of_the_resident_forget(resident: Resident, tmp_path: Path) -> None:
    hall = resident.hall
    wechat = Resident(hall, await conversation_of(hall.database.session, "wechat", "o-1", address="o-1"))
    await begin(wechat, "办高龄补贴")
    await fill(wechat, tmp_path / "files", until="phone")
    await resident.say(f"关联 {await _code(wechat)}")
    await resident.tap("连起来")
    await hall.pipeline.courier.settled(wechat.conversation)
    assert await _count(resident, Delivery) > 0
    await _code(resident)
    await _erase(resident)
    state = await wechat.state()
    assert (state.loop, state.step, state.case_id, state.offered) == (None, None, None, [])
    assert await wechat.listen() == ""
    assert await _count(resident, Delivery) == await _count(resident, LinkCode) == 0
    assert await _count(resident, InboxMessage) == await _count(resident, OutboxMessage) == 1
    [draft] = await wechat.cases()
    assert (draft.status, draft.answers) == ("withdrawn", {})


async def test_another_resident_keeps_everything(resident: Resident, tmp_path: Path) -> None:
    other = await resident.hall.resident("other")
    await begin(other, "办高龄补贴")
    await fill(other, tmp_path / "files", until="phone")
    await _erase(resident)
    [draft] = await other.cases()
    assert set(values_of(draft)) == {"name", "id_number"}
    assert (await other.state()).step == "field:phone"


async def test_without_the_second_word_nothing_goes(resident: Resident, tmp_path: Path) -> None:
    await begin(resident, "办高龄补贴")
    await fill(resident, tmp_path / "files", until="phone")
    await resident.say("取消")
    await resident.tap("先存着，下次接着办")
    await resident.say("删除我的资料")
    await resident.tap("先不删")
    [draft] = await resident.cases()
    assert set(values_of(draft)) == {"name", "id_number"}


async def test_in_the_middle_of_a_form_it_ends_the_form(resident: Resident, tmp_path: Path) -> None:
    await begin(resident, "办高龄补贴")
    await fill(resident, tmp_path / "files", until="phone")
    await _erase(resident)
    assert (await resident.state()).loop is None
    [draft] = await resident.cases()
    assert (draft.status, draft.answers) == ("withdrawn", {})


async def test_in_the_middle_of_a_form_refusing_it_goes_on_with_the_form(resident: Resident, tmp_path: Path) -> None:
    await begin(resident, "办高龄补贴")
    await fill(resident, tmp_path / "files", until="phone")
    await resident.say("删除我的资料")
    await resident.tap("先不删")
    assert (await resident.state()).step == "field:phone"

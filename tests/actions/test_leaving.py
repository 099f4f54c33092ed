"""Who unfollows the account is forgotten there; what was filed stays as the law asks."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.conversation import handoffs
from bot.conversation.incoming import Incoming
from bot.conversation.models import Delivery, InboxMessage, OutboxMessage
from bot.conversation.ownership import Owner
from bot.conversation.people import conversation_of, known_conversation
from bot.conversation.wording import phrase
from cases.models import StoredFile
from kyc.models import ProfileEntry
from kyc.profile import has_consented
from records.database import Database
from services_catalog.loader import Catalog
from tests.actions.conftest import SCRIPT
from tests.actions.test_linking import _code
from tests.support.form_filling import begin, fill, send_photo
from tests.support.hall import Hall, Resident, opened
from tests.support.post_office import PostOffice
from tests.support.scripted_engine import Means


@pytest.fixture
async def hall(database: Database, catalog: Catalog, tmp_path: Path) -> AsyncIterator[Hall]:
    script = {**SCRIPT, "关联": Means("link_channels")}
    channels = {"wechat": PostOffice()}
    async with opened(database, catalog, script, files_dir=tmp_path / "files", channels=channels) as hall:
        yield hall


async def _follower(hall: Hall) -> Resident:
    return Resident(hall, await conversation_of(hall.database.session, "wechat", "o-1", address="o-1"))


async def _leave(follower: Resident) -> None:
    await follower.send(Incoming(event="leave"))
    await follower.hall.pipeline.courier.settled(follower.conversation)


async def _count(hall: Hall, table: type) -> int:
    async with hall.database.session() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_everything_but_filed_cases_goes_and_who_comes_back_is_somebody_new(hall: Hall, tmp_path: Path) -> None:
    follower = await _follower(hall)
    files = tmp_path / "files"
    await begin(follower, "办车油补")
    await fill(follower, files)
    await follower.tap("确认提交")
    await begin(follower, "办高龄补贴")
    await send_photo(follower, files)
    resident_id = (await follower.row()).resident_id
    await _leave(follower)
    row = await follower.row()
    assert (row.address, row.owner) == (None, "bot")
    assert row.channel_user.startswith("left ")
    assert (await follower.state()).case_id is None
    assert await _count(hall, ProfileEntry) == 0
    assert await _count(hall, OutboxMessage) == await _count(hall, Delivery) == 0
    assert await _count(hall, InboxMessage) == 1, "the leaving itself"
    assert await _count(hall, StoredFile) == 1, "the filed case's own"
    assert [case.number is not None for case in await follower.cases()].count(True) == 1
    async with hall.database.session() as session:
        assert not await has_consented(session, resident_id)
    assert await known_conversation(hall.database.session, "wechat", "o-1") is None
    again = await _follower(hall)
    assert (await again.row()).resident_id != resident_id


async def test_who_also_talks_on_the_page_is_still_known_there(hall: Hall, tmp_path: Path) -> None:
    follower, page = await _follower(hall), await hall.resident("page")
    await begin(page, "办高龄补贴")
    await fill(page, tmp_path / "files", until="phone")
    await follower.say(f"关联 {await _code(follower)}")
    await page.say(f"关联 {await _code(follower)}")
    await page.tap("连起来")
    await _leave(follower)
    assert [case.status for case in await page.cases()] == ["draft"]
    assert (await page.state()).step == "field:phone"


async def test_who_has_left_every_channel_is_forgotten(hall: Hall, tmp_path: Path) -> None:
    follower = await _follower(hall)
    other = Resident(hall, await conversation_of(hall.database.session, "telegram", "7"))
    await begin(follower, "办高龄补贴")
    await fill(follower, tmp_path / "files", until="phone")
    await other.say(f"关联 {await _code(follower)}")
    await other.tap("连起来")
    resident_id = (await other.row()).resident_id
    await _leave(follower)
    async with hall.database.session() as session:
        assert await has_consented(session, resident_id)
    await other.send(Incoming(event="leave"))
    assert [case.status for case in await other.cases()] == ["withdrawn"]
    async with hall.database.session() as session:
        assert not await has_consented(session, resident_id)


async def test_the_code_of_who_left_is_good_no_more(hall: Hall) -> None:
    follower, page = await _follower(hall), await hall.resident("page")
    code = await _code(follower)
    await _leave(follower)
    assert await page.say(f"关联 {code}") == phrase("utter_link_wrong")


@pytest.mark.parametrize("owner", [Owner.WAITING, Owner.CLERK])
async def test_who_leaves_in_the_middle_of_talking_to_a_person_gives_the_bot_the_word(hall: Hall, owner: Owner) -> None:
    follower = await _follower(hall)
    await follower.say("人工")
    if owner is Owner.CLERK:
        async with hall.database.session() as session:
            handoff = await handoffs.open_of(session, follower.conversation)
            assert handoff is not None
            await handoffs.claim(session, handoff, "clerk")
            await session.commit()
    assert (await follower.row()).owner == owner.value
    await _leave(follower)
    row = await follower.row()
    assert (row.owner, row.waiting_since) == ("returned", None)

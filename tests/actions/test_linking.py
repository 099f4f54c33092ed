"""Two channels of one resident are joined by a one-time code, and then share drafts, cases and profile."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from actions.linking import MOST_FAILURES
from bot.conversation.people import conversation_of
from bot.conversation.wording import phrase
from kyc.linking import link_code_in
from kyc.models import LinkCode, ProfileEntry, Resident
from records.base import now
from records.database import Database
from services_catalog.loader import Catalog
from tests.actions.conftest import SCRIPT
from tests.support.form_filling import begin, fill
from tests.support.hall import Hall, opened
from tests.support.hall import Resident as Person
from tests.support.scripted_engine import Means


@pytest.fixture
async def hall(database: Database, catalog: Catalog, tmp_path: Path) -> AsyncIterator[Hall]:
    script = {**SCRIPT, "关联": Means("link_channels"), "接着上次的办": Means("resume")}
    async with opened(database, catalog, script, files_dir=tmp_path / "files") as hall:
        yield hall


async def _in_wechat(hall: Hall, name: str = "o-1") -> Person:
    return Person(hall, await conversation_of(hall.database.session, "wechat", name))


async def _code(person: Person) -> str:
    said = await person.say("关联")
    found = re.search(r"关联 (\d{4} \d{4})", said)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    "text",
    [
        "关联 1234 5678",
        "关联12345678",
        "关联码：1234-5678",
        "绑定１２３４５６７８",
        "我要关联 12345678。",
        "关联码是 1234 5678",
    ],
)
def test_a_code_is_heard_however_it_is_written(text: str) -> None:
    assert link_code_in(text) == "12345678"


@pytest.mark.parametrize(
    "text", ["关联", "12345678", "关联 1234", "关联 123456789", "电话关联13812345678", "我想办残疾证"]
)
def test_anything_else_is_no_code(text: str) -> None:
    assert link_code_in(text) is None


@given(st.text(max_size=60))
def test_no_text_breaks_the_hearing_of_codes(text: str) -> None:
    code = link_code_in(text)
    assert code is None or re.fullmatch(r"\d{8}", code)


async def test_after_linking_the_draft_of_the_page_goes_on_in_wechat(hall: Hall, tmp_path: Path) -> None:
    page, wechat = await hall.resident("page"), await _in_wechat(hall)
    await begin(page, "办高龄补贴")
    await fill(page, tmp_path / "files", until="phone")
    await page.say("取消")
    await page.tap("先存着，下次接着办")
    asked = await wechat.say(f"关联 {await _code(page)}")
    assert asked == phrase("utter_link_ask", channel="网页")
    linked = await wechat.tap("连起来")
    assert linked.startswith(phrase("utter_linked", channel="网页"))
    assert await page.listen() == phrase("utter_linked_elsewhere", channel="微信")
    await wechat.tap("接着上次的办")
    assert (await wechat.state()).step == "field:phone"
    assert (await wechat.row()).resident_id == (await page.row()).resident_id


async def test_what_both_sides_know_is_kept_once_and_cases_are_seen_from_both(hall: Hall, tmp_path: Path) -> None:
    page, wechat = await hall.resident("page"), await _in_wechat(hall)
    for person in (page, wechat):
        await begin(person, "办车油补")
        await fill(person, tmp_path / "files")
        await person.tap("确认提交")
    before = (await wechat.row()).resident_id
    await wechat.say(f"关联 {await _code(page)}")
    await wechat.tap("连起来")
    assert len(await page.cases()) == 2
    kept = (await page.row()).resident_id
    async with hall.database.session() as session:
        entries = (await session.scalars(select(ProfileEntry))).all()
        assert {entry.resident_id for entry in entries} == {kept}
        assert len({(entry.person, entry.key) for entry in entries}) == len(entries)
        assert await session.get(Resident, before) is not None


async def test_the_code_works_in_the_middle_of_a_form_and_the_form_goes_on(hall: Hall) -> None:
    page, wechat = await hall.resident("page"), await _in_wechat(hall)
    await begin(wechat, "办高龄补贴")
    step = (await wechat.state()).step
    await wechat.say(f"关联{await _code(page)}")
    assert await wechat.tap("连起来")
    assert (await wechat.state()).step == step
    assert not any("关联" in request.text for request in hall.engine.requests if request.text != "关联")


async def test_the_engine_never_sees_a_code(hall: Hall) -> None:
    page, wechat = await hall.resident("page"), await _in_wechat(hall)
    code = await _code(page)
    await wechat.say(f"关联 {code}")
    assert hall.engine.requests[-1].text == "/link_channels"


async def test_a_code_is_good_once_and_only_the_newest(hall: Hall) -> None:
    page, wechat, other = await hall.resident("page"), await _in_wechat(hall), await _in_wechat(hall, "o-2")
    old, fresh = await _code(page), await _code(page)
    assert await wechat.say(f"关联 {old}") == phrase("utter_link_wrong")
    await wechat.say(f"关联 {fresh}")
    await wechat.tap("连起来")
    assert await other.say(f"关联 {fresh}") == phrase("utter_link_wrong")


async def test_of_two_who_send_the_same_code_one_is_joined(hall: Hall) -> None:
    page = await hall.resident("page")
    code = await _code(page)
    two = [await _in_wechat(hall, name) for name in ("o-1", "o-2")]
    for person in two:
        await person.say(f"关联 {code}")
    said = await asyncio.gather(*(person.tap("连起来") for person in two))
    assert sorted(text.startswith(phrase("utter_linked", channel="网页")) for text in said) == [False, True]


async def test_a_code_is_over_after_ten_minutes(hall: Hall) -> None:
    page, wechat = await hall.resident("page"), await _in_wechat(hall)
    code = await _code(page)
    async with hall.database.session() as session:
        await session.execute(update(LinkCode).values(expires_at=now() - timedelta(seconds=1)))
        await session.commit()
    assert await wechat.say(f"关联 {code}") == phrase("utter_link_wrong")


async def test_codes_cannot_be_guessed(hall: Hall) -> None:
    page, stranger = await hall.resident("page"), await _in_wechat(hall)
    code = await _code(page)
    for _ in range(MOST_FAILURES - 1):
        assert await stranger.say("关联 00000000") == phrase("utter_link_wrong")
    assert await stranger.say("关联 00000000") == phrase("utter_link_locked")
    assert await stranger.say(f"关联 {code}") == phrase("utter_link_locked")


async def test_the_same_side_needs_no_link(hall: Hall) -> None:
    page = await hall.resident("page")
    assert await page.say(f"关联 {await _code(page)}") == phrase("utter_link_already")

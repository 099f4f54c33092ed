"""Two channels of one resident are joined by a one-time code, and then share drafts, cases and profile."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from actions.linking import MOST_FAILURES
from bot.conversation.models import Conversation
from bot.conversation.people import conversation_of
from bot.conversation.wording import phrase
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


@pytest.mark.parametrize("text", ["关联", "关联 00000000"])
async def test_in_the_middle_of_a_form_the_open_question_is_asked_again(hall: Hall, tmp_path: Path, text: str) -> None:
    page = await hall.resident("page")
    await begin(page, "办高龄补贴")
    await fill(page, tmp_path / "files", until="phone")
    question = page.heard[-1]
    await page.say(text)
    assert len(page.heard) == 2
    assert page.heard[-1] == question


async def test_staying_apart_in_the_middle_of_a_form_goes_on_with_the_form(hall: Hall) -> None:
    page, wechat = await hall.resident("page"), await _in_wechat(hall)
    await begin(wechat, "办高龄补贴")
    step, before = (await wechat.state()).step, (await wechat.row()).resident_id
    await wechat.say(f"关联 {await _code(page)}")
    await wechat.tap("先不连")
    assert (await wechat.state()).step == step
    assert (await wechat.row()).resident_id == before


async def test_a_mere_yes_joins_nothing_and_the_question_stays_open(hall: Hall) -> None:
    page, wechat = await hall.resident("page"), await _in_wechat(hall)
    before = (await wechat.row()).resident_id
    await wechat.say(f"关联 {await _code(page)}")
    assert await wechat.say("好的") == phrase("utter_choose_please")
    assert (await wechat.row()).resident_id == before
    await wechat.tap("连起来")
    assert (await wechat.row()).resident_id == (await page.row()).resident_id


async def test_drafts_of_the_same_item_both_stay(hall: Hall, tmp_path: Path) -> None:
    page, wechat = await hall.resident("page"), await _in_wechat(hall)
    for person in (page, wechat):
        await begin(person, "办高龄补贴")
        await fill(person, tmp_path / "files", until="phone")
        await person.say("取消")
        await person.tap("先存着，下次接着办")
    latest = (await wechat.cases())[0].id
    await wechat.say(f"关联 {await _code(page)}")
    await wechat.tap("连起来")
    assert [case.status for case in await page.cases()] == ["draft", "draft"]
    await wechat.tap("接着上次的办")
    assert (await wechat.state()).case_id == latest


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


async def test_wrong_codes_of_yesterday_are_forgiven(hall: Hall) -> None:
    stranger = await _in_wechat(hall)
    for _ in range(MOST_FAILURES):
        await stranger.say("关联 00000000")
    async with hall.database.session() as session:
        row = await session.get_one(Conversation, stranger.conversation)
        row.state = {**row.state, "link_failed_on": "2020-01-01"}
        await session.commit()
    assert await stranger.say("关联 00000000") == phrase("utter_link_wrong")


async def test_a_right_code_forgives_the_wrong_ones(hall: Hall) -> None:
    page, wechat = await hall.resident("page"), await _in_wechat(hall)
    await wechat.say("关联 00000000")
    await wechat.say(f"关联 {await _code(page)}")
    await wechat.tap("连起来")
    assert (await wechat.state()).link_failures == 0


async def test_the_same_side_needs_no_link(hall: Hall) -> None:
    page = await hall.resident("page")
    assert await page.say(f"关联 {await _code(page)}") == phrase("utter_link_already")


async def test_a_code_sent_while_a_case_is_looked_for_costs_no_attempt(hall: Hall) -> None:
    page, wechat = await hall.resident("page"), await _in_wechat(hall)
    await wechat.say("查办件")
    await wechat.say("3" * 22)
    assert await wechat.say(f"关联 {await _code(page)}") == phrase("utter_link_ask", channel="网页")
    assert (await wechat.state()).tracking_failures == 0

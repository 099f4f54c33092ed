"""From WeChat's callback to the inbox and back, within WeChat's five seconds, whatever is posted."""

import asyncio
import logging
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from bot.channels.wechat import door as door_module
from bot.channels.wechat.door import MESSAGES_A_MINUTE, PATH
from bot.channels.wechat.models import WeChatNotice
from bot.conversation.courier import Courier
from bot.conversation.engine import EngineRequest
from bot.conversation.models import Conversation, Delivery, InboxMessage, PushWindow
from bot.conversation.wording import phrase
from cases.models import StoredFile
from records.database import Database
from services_catalog.loader import Catalog
from tests.channels.wechat.conftest import TEMPLATE, Door, door_on
from tests.support.form_filling import PNG

THANKS = phrase("utter_thanks")


async def _rows(door: Door, table: type) -> list:  # type: ignore[type-arg]
    async with door.hall.database.session() as session:
        return list(await session.scalars(select(table)))


async def test_a_turn_that_is_being_committed_when_the_time_is_up_is_waited_for(
    sqlite_database: Database, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`success` would tell WeChat not to repeat a message whose answer it may have been promised."""
    monkeypatch.setattr(door_module, "ANSWER_WITHIN_S", 0.2)
    async with door_on(sqlite_database, catalog) as door:
        reached, release, as_before = asyncio.Event(), asyncio.Event(), Courier._next_for

        async def held(*arguments: Any) -> Any:
            reached.set()
            await release.wait()
            return await as_before(*arguments)

        monkeypatch.setattr(Courier, "_next_for", held)
        answer = asyncio.create_task(door.follower().say("谢谢"))
        await reached.wait()
        done, _ = await asyncio.wait({answer}, timeout=0.5)
        assert not done
        release.set()
        assert await answer == THANKS
        await door.settled()
        assert door.channel.pushed == []


async def test_the_address_is_confirmed_with_the_signed_echo(door: Door) -> None:
    moment = str(int(time.time()))
    query = {"signature": door.envelope.signature(moment, "n"), "timestamp": moment, "nonce": "n", "echostr": "回声<b>"}
    answer = await door.http.get(PATH, params=query)
    assert (answer.status_code, answer.text) == (200, "回声<b>")
    assert answer.headers["content-type"].startswith("text/plain")
    assert (await door.http.get(PATH, params={**query, "signature": "0" * 40})).status_code == 403
    assert (await door.http.get(PATH, params={**query, "timestamp": "1"})).status_code == 403
    assert (await door.http.get(PATH)).status_code == 403


async def test_a_quick_turn_is_answered_with_the_callback_and_nothing_is_pushed(door: Door) -> None:
    follower = door.follower()
    assert await follower.say("谢谢") == THANKS
    await door.settled()
    assert door.channel.pushed == []
    assert [delivery.status for delivery in await _rows(door, Delivery)] == ["sent"]


async def test_a_slow_turn_is_answered_with_success_and_pushed(
    sqlite_database: Database, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door_module, "ANSWER_WITHIN_S", 0.2)
    async with door_on(sqlite_database, catalog) as door:
        release = asyncio.Event()

        async def hold(request: EngineRequest) -> None:
            await release.wait()

        door.hall.engine.before = hold
        follower = door.follower()
        began = time.monotonic()
        assert await follower.say("谢谢") == "success"
        assert time.monotonic() - began < 1
        assert door.channel.typing == [follower.openid]
        release.set()
        await door.settled()
        assert door.channel.pushed == [THANKS]


async def test_a_callback_delivered_again_is_one_message_and_gets_the_same_reply(door: Door) -> None:
    callback = door.follower().callback(MsgType="text", Content="谢谢", MsgId="77")
    replies = [door.reply_in(await door.deliver(callback)) for _ in range(3)]
    assert replies == [THANKS] * 3
    await door.settled()
    assert len(await _rows(door, InboxMessage)) == 1
    assert door.channel.pushed == []


async def test_three_deliveries_at_once_are_one_message(door: Door) -> None:
    callback = door.follower().callback(MsgType="text", Content="谢谢", MsgId="78")
    answers = await asyncio.gather(*(door.deliver(callback) for _ in range(3)))
    replies = sorted(door.reply_in(answer) for answer in answers)
    assert replies[-1] == THANKS
    assert set(replies) <= {THANKS, "success"}
    await door.settled()
    assert len(await _rows(door, InboxMessage)) == 1
    assert len(door.hall.engine.requests) == 1


async def test_two_events_of_one_second_are_two(door: Door) -> None:
    follower = door.follower()
    await asyncio.gather(follower.event("CLICK", EventKey="谢谢"), follower.event("CLICK", EventKey="再见"))
    await door.settled()
    assert len(await _rows(door, InboxMessage)) == 2


async def test_whoever_follows_is_greeted_and_a_code_with_an_item_leads_to_it(door: Door) -> None:
    greeting = phrase("utter_greet", street="示范街道")
    assert await door.follower("o-1").event("subscribe", EventKey="") == greeting
    told = await door.follower("o-2").event("subscribe", EventKey="qrscene_item:canji-zheng-shenling")
    assert told.startswith(greeting)
    assert "残疾人证申领" in told
    assert "残疾人证申领" in await door.follower("o-1").event("SCAN", EventKey="canji-zheng-shenling")
    assert await door.follower("o-1").event("SCAN", EventKey="4711") == greeting


async def test_a_menu_click_says_its_words(door: Door) -> None:
    reply = await door.follower().event("CLICK", EventKey="查办件进度")
    assert "编号" in reply


async def test_choices_can_be_tapped_typed_and_said(door: Door) -> None:
    follower = door.follower()
    told = await follower.say("我想办残疾证")
    assert '<a href="weixin://bizmsgmenu?msgmenucontent=同意，开始办&msgmenuid=1.1">1. 同意，开始办</a>' in told
    await follower.say("同意，开始办", bizmsgmenuid="1.1")
    (conversation,) = await _rows(door, Conversation)
    assert conversation.state["loop"] == "application_form"


async def test_a_tapped_choice_of_somebody_else_is_only_words(door: Door) -> None:
    await door.follower("o-1").say("我想办残疾证")
    await door.follower("o-2").say("同意，开始办", bizmsgmenuid="1.1")
    other = next(row for row in await _rows(door, Conversation) if not row.state.get("item_id"))
    assert other.state.get("loop") is None


async def test_windows_open_with_what_followers_do(door: Door) -> None:
    follower = door.follower()
    await follower.event("CLICK", EventKey="谢谢")
    await follower.say("谢谢")
    await follower.say("谢谢", bizmsgmenuid="1.1")
    windows = {row.kind: row.left for row in await _rows(door, PushWindow)}
    assert windows == {"action": 3, "message": 5}


@pytest.mark.parametrize(
    ("tags", "sentence"),
    [
        ({"MsgType": "video", "MediaId": "m", "ThumbMediaId": "t"}, "utter_unreadable_video"),
        ({"MsgType": "link", "Title": "t", "Description": "d", "Url": "http://127.0.0.1:9/"}, "utter_unreadable_link"),
        (
            {"MsgType": "location", "Location_X": "30", "Location_Y": "120", "Scale": "15", "Label": ""},
            "utter_unreadable_location",
        ),
        ({"MsgType": "voice", "MediaId": "m", "Format": "amr"}, "utter_unreadable_voice"),
        ({"MsgType": "something-new"}, "utter_unreadable_other"),
    ],
)
async def test_what_cannot_be_read_is_answered_kindly(door: Door, tags: dict[str, str], sentence: str) -> None:
    assert await door.follower().send(MsgId="1", **tags) == phrase(sentence)


async def test_a_location_with_an_address_is_its_address(door: Door) -> None:
    await door.follower().send(MsgType="location", MsgId="1", Location_X="30", Location_Y="120", Label="文三路100号")
    assert [request.text for request in door.hall.engine.requests] == ["文三路100号"]


@pytest.mark.parametrize(
    "event", ["VIEW", "LOCATION", "TEMPLATESENDJOBFINISH", "kf_create_session", "whatever_comes_next"]
)
async def test_news_about_the_account_need_no_answer(door: Door, event: str) -> None:
    assert await door.follower().event(event) == "success"
    assert await _rows(door, InboxMessage) == []


async def test_what_a_follower_says_of_the_notification_is_remembered(door: Door) -> None:
    follower = door.follower()
    for said, accepted in (("accept", True), ("reject", False)):
        entry = {"TemplateId": TEMPLATE, "SubscribeStatusString": said, "PopupScene": "2"}
        await follower.event("subscribe_msg_popup_event", SubscribeMsgPopupEvent={"List": entry})
        assert [row.accepted for row in await _rows(door, WeChatNotice)] == [accepted]


async def test_a_photo_is_fetched_by_its_id_into_the_form_and_never_from_an_address(
    sqlite_database: Database, catalog: Catalog, tmp_path: Path
) -> None:
    async with door_on(sqlite_database, catalog, files_dir=tmp_path / "files") as door:
        door.channel.media["photo-1"] = PNG
        door.channel.media["photo-2"] = b"GIF89a no photo we take"
        follower = door.follower()
        reply = await follower.send(MsgType="image", MediaId="photo-1", PicUrl="http://127.0.0.1:9/secret", MsgId="1")
        assert reply == phrase("utter_file_unexpected")
        assert len(await _rows(door, StoredFile)) == 1
        refused = await follower.send(MsgType="image", MediaId="photo-2", PicUrl="x", MsgId="2")
        assert refused == phrase("utter_file_kind")


async def test_whoever_writes_too_fast_is_told_each_time_and_nothing_is_lost_before(door: Door) -> None:
    follower = door.follower()
    for _ in range(MESSAGES_A_MINUTE):
        assert await follower.say("谢谢") == THANKS
    for _ in range(3):
        assert await follower.say("谢谢") == phrase("utter_too_fast")
    assert await door.follower("o-2").say("谢谢") == THANKS
    async with door.hall.database.session() as session:
        assert await session.scalar(select(func.count()).select_from(InboxMessage)) == MESSAGES_A_MINUTE + 1


async def test_a_message_delivered_again_and_again_is_counted_once(door: Door) -> None:
    callback = door.follower().callback(MsgType="text", Content="谢谢", MsgId="79")
    replies = {door.reply_in(await door.deliver(callback)) for _ in range(MESSAGES_A_MINUTE + 5)}
    assert replies == {THANKS}


async def test_plain_callbacks_are_taken_in_development_only(sqlite_database: Database, catalog: Catalog) -> None:
    async with (
        door_on(sqlite_database, catalog) as strict,
        door_on(sqlite_database, catalog, plain_allowed=True) as lax,
    ):
        moment = str(int(time.time()))
        query = {"timestamp": moment, "nonce": "n", "signature": strict.envelope.signature(moment, "n")}
        body = strict.follower().callback(MsgType="text", Content="谢谢", MsgId="1").encode()
        assert (await strict.http.post(PATH, params=query, content=body)).status_code == 403
        answer = await lax.http.post(PATH, params=query, content=body)
        assert THANKS in answer.text
        forged = await lax.http.post(PATH, params={**query, "signature": "0" * 40}, content=body)
        assert forged.status_code == 403


async def test_a_refusal_is_one_line_that_tells_nothing_of_the_callback(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    query = {"timestamp": str(int(time.time())), "nonce": "n", "msg_signature": "0" * 40, "openid": "o-secret"}
    with caplog.at_level(logging.INFO):
        answer = await door.http.post(PATH, params=query, content=b"<xml><Encrypt>o-secret 13812345678</Encrypt></xml>")
    assert answer.status_code == 403
    mine = [record.getMessage() for record in caplog.records if record.name.startswith("bot.")]
    assert mine == ["a callback of WeChat was refused: bad_signature"]


async def test_an_old_callback_replayed_is_refused(door: Door) -> None:
    xml = door.follower().callback(MsgType="text", Content="谢谢", MsgId="1")
    old = str(int(time.time()) - 3600)
    sealed = door.envelope.seal(xml, old, "n")
    encrypt = sealed.partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]
    query = {"timestamp": old, "nonce": "n", "msg_signature": door.envelope.signature(old, "n", encrypt)}
    assert (await door.http.post(PATH, params=query, content=sealed.encode())).status_code == 403


async def test_ten_megabytes_are_refused_before_they_are_read(door: Door) -> None:
    answer = await door.http.post(PATH, content=b"<xml>" + b"a" * 10_000_000)
    assert answer.status_code == 413


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=400) | st.text(max_size=200).map(str.encode),
    query=st.dictionaries(
        st.sampled_from(["timestamp", "nonce", "signature", "msg_signature", "echostr"]), st.text(max_size=50)
    ),
)
async def test_nothing_a_stranger_posts_is_answered_with_an_error_of_ours(
    door: Door, body: bytes, query: dict[str, str]
) -> None:
    for answer in (
        await door.http.post(PATH, params=query, content=body),
        await door.http.get(PATH, params=query),
    ):
        assert answer.status_code == 403


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tags=st.dictionaries(st.from_regex(r"[A-Za-z]{1,12}", fullmatch=True), st.text(max_size=40), max_size=6))
async def test_nothing_wechat_signs_is_answered_with_an_error_of_ours(door: Door, tags: dict[str, str]) -> None:
    clean = {tag: value.replace("]]>", "").encode("utf-8", "ignore").decode() for tag, value in tags.items()}
    answer = await door.deliver(door.follower(f"o-{time.monotonic_ns()}").callback(MsgType="text", MsgId="1", **clean))
    assert answer.status_code in (200, 403)


async def test_a_disk_that_is_full_is_told_of_and_what_was_stored_before_is_answered_once_there_is_room(
    sqlite_database: Database, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite itself refuses to grow its file, as on a full disk."""
    monkeypatch.setattr(door_module, "STORE_WITHIN_S", 0.3)
    monkeypatch.setattr(door_module, "ANSWER_WITHIN_S", 0.5)
    most_pages = _limited(sqlite_database)
    async with door_on(sqlite_database, catalog) as door:
        follower = door.follower()
        assert await follower.say("谢谢") == THANKS
        most_pages.append(1)
        said = ""
        for number in range(MESSAGES_A_MINUTE - 1):
            said = await door.follower(f"o-{number}").say("谢" * 1900)
            if said == phrase("utter_not_stored"):
                break
        assert said == phrase("utter_not_stored")
        most_pages.append(1_000_000)
        assert await door.follower("o-later").say("谢谢") == THANKS
        await door.settled()
        async with door.hall.database.session() as session:
            waiting = select(func.count()).select_from(InboxMessage).where(InboxMessage.done_at.is_(None))
            assert await session.scalar(waiting) == 0


def _limited(database: Database) -> list[int]:
    """The largest size of the file in pages: the last entry holds for every statement from now on."""
    most_pages: list[int] = []

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def limit(connection, cursor, statement, *_):  # type: ignore[no-untyped-def]
        if most_pages:
            cursor.execute(f"PRAGMA max_page_count={most_pages[-1]}")

    return most_pages

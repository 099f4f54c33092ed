"""The Telegram door against the fake Bot API: what chatters do, and what strangers do."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
import telegram
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.telegram.door import (
    MESSAGES_A_MINUTE,
    PATH,
    SECRET_HEADER,
    Crowded,
    TelegramDoor,
    routes,
    take,
)
from bot.conversation.limits import RateLimit
from bot.conversation.models import Conversation, InboxMessage
from bot.conversation.wording import phrase
from cases.models import StoredFile
from records.database import DATABASE_OUTAGES, Database
from tests.channels.telegram.conftest import THANKS, Bot
from tests.support.form_filling import PNG


async def test_a_message_is_answered(bot: Bot) -> None:
    chatter = bot.telegram.chatter()
    await chatter.say("谢谢")
    assert (await chatter.hears(THANKS)).buttons == ()


async def test_choices_are_buttons_that_can_be_pressed(bot: Bot) -> None:
    chatter = bot.telegram.chatter()
    await chatter.say("我想办残疾证")
    told = await chatter.hears("残疾人证申领")
    assert told.buttons[0][0] == "同意，开始办"
    assert "1. 同意，开始办" in told.text
    await chatter.press("同意，开始办")
    await chatter.hears("给我自己办")
    async with asyncio.timeout(5):
        while not bot.telegram.calls["answerCallbackQuery"]:  # noqa: ASYNC110 - another task counts
            await asyncio.sleep(0.01)
    (conversation,) = await bot.rows(Conversation)
    assert conversation.state["loop"] == "application_form"
    _, press = await bot.rows(InboxMessage)
    assert press.body["text"] == "同意，开始办"
    assert "choice" in press.body


async def test_whoever_starts_is_greeted(bot: Bot) -> None:
    chatter = bot.telegram.chatter()
    await chatter.say("/start hello")
    await chatter.hears(phrase("utter_greet", street="示范街道"))


async def test_a_photo_comes_in_its_largest_size_and_its_words_after_it(bot: Bot) -> None:
    chatter = bot.telegram.chatter()
    await chatter.photo(PNG, caption="谢谢")
    await chatter.hears(phrase("utter_file_unexpected"))
    await chatter.hears(THANKS)
    assert [row.size for row in await bot.rows(StoredFile)] == [len(PNG)]


async def test_a_voice_is_answered_kindly(bot: Bot) -> None:
    chatter = bot.telegram.chatter()
    await chatter.voice(b"ogg")
    await chatter.hears(phrase("utter_unreadable_voice"))


async def test_an_edited_text_is_told_of_and_changes_nothing(bot: Bot) -> None:
    chatter = bot.telegram.chatter()
    await chatter.say("谢谢")
    await chatter.hears(THANKS)
    await chatter.edit("我想办残疾证")
    await chatter.hears(phrase("utter_unreadable_edited"))
    assert len(bot.hall.engine.requests) == 1


async def test_an_update_delivered_again_is_one_message(bot: Bot) -> None:
    chatter = bot.telegram.chatter()
    message = {"message": chatter.written(text="谢谢")}
    for _ in range(3):
        assert await bot.telegram.deliver(message, update_id=77) == 200
    await chatter.hears(THANKS)
    (row,) = await bot.rows(InboxMessage)
    await bot.hall.pipeline.settled(row.conversation_id)
    await bot.hall.pipeline.courier.settled(row.conversation_id)
    assert [message.text for message in chatter.received] == [THANKS]


async def test_a_button_of_a_reply_that_is_gone_counts_as_its_words(bot: Bot) -> None:
    chatter = bot.telegram.chatter()
    await chatter.say("我想办残疾证")
    told = await chatter.hears("残疾人证申领")
    chatter.received.append(replace(told, buttons=(("谢谢", "999999.1"),)))
    await chatter.press("谢谢")
    await chatter.hears(THANKS)


async def test_a_button_of_somebody_else_is_not_taken_for_ones_own(bot: Bot) -> None:
    chatter, stranger = bot.telegram.chatter(), bot.telegram.chatter()
    await chatter.say("我想办残疾证")
    told = await chatter.hears("残疾人证申领")
    stranger.received.append(replace(told, buttons=(("谢谢", told.buttons[0][1]),)))
    await stranger.press("谢谢")
    await stranger.hears(THANKS)
    assert "choice" not in (await bot.rows(InboxMessage))[-1].body


async def test_whoever_blocks_the_bot_leaves_and_whoever_was_never_here_does_not(bot: Bot) -> None:
    await bot.telegram.chatter().block()
    assert await bot.rows(Conversation) == []
    chatter = bot.telegram.chatter()
    await chatter.say("谢谢")
    await chatter.hears(THANKS)
    await chatter.block()
    *_, left = await bot.rows(InboxMessage)
    assert left.body == {"text": "", "event": "leave"}


async def test_groups_are_left_alone(bot: Bot) -> None:
    chatter = bot.telegram.chatter()
    message = {**chatter.written(text="谢谢"), "chat": {"id": -1001, "type": "group", "title": "楼组群"}}
    assert await bot.telegram.deliver({"message": message}) == 200
    assert await bot.rows(InboxMessage) == []


@pytest.mark.parametrize("secret", ["", "wrong", "密文", "0" * 300])
async def test_whoever_does_not_know_the_secret_is_refused(bot: Bot, secret: str) -> None:
    answer = await bot.post({"update_id": 1}, secret)
    assert answer.status_code == 403
    assert await bot.rows(InboxMessage) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{", b"\xff\xfe", b'{"update_id": "x"}', b'{"update_id": 1, "message": 7}', b"[" * 60_000,
     b'{"update_id": 1, "message": {"chat": {"id": 1e999, "type": "private"}}}',
     b'{"update_id": 1, "message": {"message_id": 1, "date": 99999999999999999, "chat": {"id": 1, "type": "private"}}}'],
)  # fmt: skip
async def test_what_is_no_update_is_refused_with_a_sentence(bot: Bot, body: bytes) -> None:
    answer = await bot.post(body)
    assert answer.status_code == 400
    assert answer.json() == {"detail": phrase("utter_web_bad_request")}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "chat", "type", "text", "photo", "from", "date", "message_id"]), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(["message", "callback_query", "edited_message", "my_chat_member", "poll"]), content=_JSON)
async def test_no_update_is_answered_with_an_error_of_ours(bot: Bot, kind: str, content: Any) -> None:
    assert (await bot.post({"update_id": 5, kind: content})).status_code in (200, 400)


async def test_whoever_writes_too_fast_is_told_once(bot: Bot) -> None:
    chatter = bot.telegram.chatter()
    for _ in range(MESSAGES_A_MINUTE + 3):
        await chatter.say("谢谢")
    await chatter.hears(phrase("utter_too_fast"))
    assert len(await bot.rows(InboxMessage)) == MESSAGES_A_MINUTE


async def test_a_message_counts_once_however_often_it_is_delivered(bot: Bot, down: Database) -> None:
    chatter = bot.telegram.chatter()
    update = _update(bot, {"update_id": 7, "message": chatter.written(text="谢谢")})
    without_store = replace(bot.door, sessions=down.session)
    for _ in range(MESSAGES_A_MINUTE + 3):
        with pytest.raises(DATABASE_OUTAGES):
            await take(without_store, update)
    await take(bot.door, update)
    await chatter.hears(THANKS)


async def test_in_a_crowd_an_update_has_to_come_again(bot: Bot) -> None:
    crowded = replace(bot.door, of_all=RateLimit(0, 60.0))
    update = {"update_id": 7, "message": bot.telegram.chatter().written(text="谢谢")}
    with pytest.raises(Crowded):
        await take(crowded, _update(bot, update))
    status, detail = await _posted(crowded, update)
    assert (status, detail) == (503, phrase("utter_channel_crowd"))
    assert await bot.rows(InboxMessage) == []


async def test_what_cannot_be_stored_is_not_acknowledged(bot: Bot, down: Database) -> None:
    update = {"update_id": 7, "message": bot.telegram.chatter().written(text="谢谢")}
    status, detail = await _posted(replace(bot.door, sessions=down.session), update)
    assert (status, detail) == (503, phrase("utter_not_stored"))


async def test_without_a_secret_nothing_is_taken(bot: Bot) -> None:
    app = FastAPI()
    app.include_router(routes(replace(bot.door, secret="")))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://bot") as http:
        assert (await http.post(PATH, json={"update_id": 1})).status_code == 403
        assert (await http.post(PATH, json={"update_id": 1}, headers={SECRET_HEADER: ""})).status_code == 403


def test_the_secret_does_not_show_in_the_doors_own_words(bot: Bot) -> None:
    assert bot.door.secret not in repr(bot.door)


def _update(bot: Bot, update: dict[str, Any]) -> telegram.Update:
    return telegram.Update.de_json(update, bot.channel.bot)


async def _posted(door: TelegramDoor, update: dict[str, Any]) -> tuple[int, str]:
    """How a door answers an update with the right secret: the status, and its sentence."""
    app = FastAPI()
    app.include_router(routes(door))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://bot") as http:
        answer = await http.post(PATH, json=update, headers={SECRET_HEADER: door.secret})
    return answer.status_code, str(answer.json()["detail"])

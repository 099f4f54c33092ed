"""The Telegram door against the fake Bot API: real pipeline, real HTTP both ways."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.engine_process import free_port
from app.fakes.telegram import FakeTelegram
from app.listener import Listener
from app.middleware import BodyLimit, Shield
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.door import MESSAGES_A_MINUTE, PATH, SECRET_HEADER, TelegramDoor, routes
from bot.channels.telegram.polling import poll
from bot.conversation.bubbles import Bubble, Choice
from bot.conversation.channel import AddressGone, MediaGone, NeverSent, Numbered, Part, TryLater
from bot.conversation.incoming import Media
from bot.conversation.models import Conversation, InboxMessage
from bot.conversation.wording import phrase
from cases.models import StoredFile
from records.database import Database
from services_catalog.loader import Catalog
from tests.support.form_filling import PNG
from tests.support.hall import Hall, opened
from tests.support.scripted_engine import Means

SCRIPT = {
    "谢谢": Means("thanks"),
    "我想办残疾证": Means("apply", items={"canji-zheng-shenling": 0.97}),
}
THANKS = phrase("utter_thanks")


@dataclass
class Bot:
    """The bot's server and Telegram around it."""

    hall: Hall
    telegram: FakeTelegram
    channel: TelegramChannel
    door: TelegramDoor
    url: str

    async def post(self, body: Any, secret: str | None = None) -> httpx.Response:
        given = (self.telegram.secret if secret is None else secret).encode()
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with httpx.AsyncClient(trust_env=False) as http:
            return await http.post(f"{self.url}{PATH}", content=content, headers={SECRET_HEADER.encode(): given})

    async def rows(self, table: type) -> list[Any]:
        async with self.hall.database.session() as session:
            return list(await session.scalars(select(table)))


@pytest.fixture
async def bot(sqlite_database: Database, catalog: Catalog, tmp_path: Path) -> AsyncIterator[Bot]:
    telegram = FakeTelegram()
    async with telegram.serving():
        channel = TelegramChannel(telegram.token, telegram.url)
        async with opened(
            sqlite_database, catalog, SCRIPT, channels={"telegram": channel}, files_dir=tmp_path / "files"
        ) as hall:
            door = TelegramDoor(sqlite_database.session, hall.pipeline, channel, telegram.secret)
            app = FastAPI()
            app.include_router(routes(door))
            app.add_middleware(BodyLimit)
            app.add_middleware(Shield)
            async with Listener(app, "127.0.0.1", free_port()) as listener:
                telegram.webhook_url = f"{listener.url}{PATH}"
                yield Bot(hall, telegram, channel, door, listener.url)
        await channel.close()


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
    message = {"message": chatter._written(text="谢谢")}
    for _ in range(3):
        assert await bot.telegram.deliver(message, update_id=77) == 200
    await chatter.hears(THANKS)
    (row,) = await bot.rows(InboxMessage)
    await bot.hall.pipeline.settled(row.conversation_id)
    await bot.hall.pipeline.courier.settled(row.conversation_id)
    assert [message.text for message in chatter.received] == [THANKS]


async def test_groups_are_left_alone(bot: Bot) -> None:
    chatter = bot.telegram.chatter()
    message = {**chatter._written(text="谢谢"), "chat": {"id": -1001, "type": "group", "title": "楼组群"}}
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


async def test_errors_of_the_api_have_their_meaning(bot: Bot) -> None:
    chatter = bot.telegram.chatter()
    address = str(chatter.id)
    bot.telegram.faults.too_many, bot.telegram.faults.retry_after_s = 1, 7
    with pytest.raises(TryLater) as later:
        await bot.channel.send(address, Part(text="一"))
    assert later.value.after_s == 7
    bot.telegram.faults.broken = 1
    with pytest.raises(TryLater):
        await bot.channel.send(address, Part(text="一"))
    with pytest.raises(AddressGone):
        await bot.channel.send("4711", Part(text="一"))
    with pytest.raises(NeverSent):
        await bot.channel.send(address, Part(text="长" * 5000))
    with pytest.raises(MediaGone):
        await bot.channel.fetch(Media(kind="photo", media_id="unknown"))
    chatter.has_blocked = True
    with pytest.raises(AddressGone):
        await bot.channel.send(address, Part(text="一"))
    stranger = TelegramChannel("1:wrong", bot.telegram.url)
    with pytest.raises(TryLater):
        await stranger.send(address, Part(text="一"))
    await stranger.close()


async def test_long_words_are_cut_and_only_the_last_message_has_buttons(bot: Bot) -> None:
    bubble = Bubble(text="这是一句话。" * 1500, choices=[Choice(label="好", value="a")])
    parts = bot.channel.pack([Numbered(3, bubble)])
    assert [len(part.text) <= 4096 for part in parts] == [True] * 3
    assert [part.buttons for part in parts[:-1]] == [[], []]
    assert [(button.label, button.token) for button in parts[-1].buttons] == [("好", "3.1")]


async def test_updates_can_be_fetched_instead(bot: Bot) -> None:
    bot.telegram.webhook_url = ""
    chatter = bot.telegram.chatter()
    await chatter.say("谢谢")
    polling = asyncio.create_task(poll(bot.door))
    await chatter.hears(THANKS)
    await chatter.say("我想办残疾证")
    await chatter.hears("残疾人证申领")
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)
    assert len(await bot.rows(InboxMessage)) == 2

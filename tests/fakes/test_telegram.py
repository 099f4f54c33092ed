"""The fake Telegram answers in the shapes of the Bot API's documents."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from app.engine_process import free_port
from app.fakes.telegram import LARGEST_FILE, SECRET_HEADER, FakeTelegram
from app.listener import Listener

RECORDED = {
    "getMe": {"ok": True, "result": {"id": 1, "is_bot": True, "first_name": "Bot", "username": "a_bot"}},
    "sendMessage": {
        "ok": True,
        "result": {
            "message_id": 1,
            "from": {"id": 1, "is_bot": True, "first_name": "Bot", "username": "a_bot"},
            "chat": {"id": 2, "first_name": "A", "type": "private"},
            "date": 1700000000,
            "text": "hello",
        },
    },
    "unauthorized": {"ok": False, "error_code": 401, "description": "Unauthorized"},
    "too many": {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 3",
        "parameters": {"retry_after": 3},
    },
    "blocked": {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"},
    "no chat": {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"},
    "too long": {"ok": False, "error_code": 400, "description": "Bad Request: message is too long"},
    "empty": {"ok": False, "error_code": 400, "description": "Bad Request: message text is empty"},
    "no file": {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: wrong file_id or the file is temporarily unavailable",
    },
    "file too big": {"ok": False, "error_code": 400, "description": "Bad Request: file is too big"},
    "no method": {"ok": False, "error_code": 404, "description": "Not Found"},
    "webhook set": {"ok": True, "result": True, "description": "Webhook was set"},
    "webhook deleted": {"ok": True, "result": True, "description": "Webhook was deleted"},
    "webhook in the way": {
        "ok": False,
        "error_code": 409,
        "description": "Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first",
    },
    "file": {
        "ok": True,
        "result": {"file_id": "A", "file_unique_id": "B", "file_size": 1, "file_path": "photos/1.jpg"},
    },
    "update with a press": {
        "update_id": 10000,
        "callback_query": {
            "id": "4382bfdwdsb323b2d9",
            "from": {"id": 1, "is_bot": False, "first_name": "A", "language_code": "en"},
            "message": {
                "message_id": 1,
                "from": {"id": 2, "is_bot": True, "first_name": "Bot", "username": "a_bot"},
                "chat": {"id": 1, "first_name": "A", "type": "private"},
                "date": 1700000000,
                "text": "hello",
                "reply_markup": {"inline_keyboard": [[{"text": "Yes", "callback_data": "1"}]]},
            },
            "chat_instance": "42",
            "data": "1",
        },
    },
    "update with an edit": {
        "update_id": 10000,
        "edited_message": {
            "message_id": 1,
            "from": {"id": 1, "is_bot": False, "first_name": "A", "language_code": "en"},
            "chat": {"id": 1, "first_name": "A", "type": "private"},
            "date": 1700000000,
            "edit_date": 1700000001,
            "text": "hello",
        },
    },
}
"""Written by the Bot API's documents; values are only examples, except in refusals."""


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    fake = FakeTelegram()
    async with fake.serving():
        yield fake


async def _call(telegram: FakeTelegram, method: str, token: str | None = None, **asked: Any) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as http:
        return await http.post(f"{telegram.url}/bot{token or telegram.token}/{method}", json=asked)


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shape(each) for name, each in sorted(value.items())}
    return type(value).__name__


async def test_results_have_the_recorded_shapes(telegram: FakeTelegram) -> None:
    chatter = telegram.chatter()
    assert _shape((await _call(telegram, "getMe")).json()) == _shape(RECORDED["getMe"])
    sent = await _call(telegram, "sendMessage", chat_id=chatter.id, text="hello")
    assert _shape(sent.json()) == _shape(RECORDED["sendMessage"])
    assert [message.text for message in chatter.received] == ["hello"]


async def test_refusals_have_the_recorded_bodies_and_their_status(telegram: FakeTelegram) -> None:
    chatter = telegram.chatter()

    async def send(**asked: Any) -> Any:
        answer = await _call(telegram, "sendMessage", **{"chat_id": chatter.id, "text": "一", **asked})
        assert answer.status_code == answer.json()["error_code"]
        return answer.json()

    assert await send(token="1:wrong") == RECORDED["unauthorized"]
    assert await send(chat_id=4711) == RECORDED["no chat"]
    assert await send(text="长" * 4097) == RECORDED["too long"]
    assert await send(chat_id="@nobody") == RECORDED["no chat"]
    assert await send(text=" ") == RECORDED["empty"]
    telegram.faults.too_many, telegram.faults.retry_after_s = 1, 3
    assert await send() == RECORDED["too many"]
    chatter.has_blocked = True
    assert await send() == RECORDED["blocked"]


async def test_updates_wait_until_they_are_fetched_and_go_with_the_next_offset(telegram: FakeTelegram) -> None:
    await telegram.chatter().say("你好")
    (first,) = (await _call(telegram, "getUpdates")).json()["result"]
    assert first["message"]["chat"]["type"] == "private"
    assert (await _call(telegram, "getUpdates", offset=first["update_id"])).json()["result"] == [first]
    assert (await _call(telegram, "getUpdates", offset=first["update_id"] + 1)).json()["result"] == []


async def test_files_are_named_and_then_fetched(telegram: FakeTelegram) -> None:
    file_id = telegram.keep(b"voice")
    found = (await _call(telegram, "getFile", file_id=file_id)).json()
    assert _shape(found) == _shape(RECORDED["file"])
    address = f"{telegram.url}/file/bot{telegram.token}/{found['result']['file_path']}"
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.get(address)).content == b"voice"
        telegram.gone.add(file_id)
        assert (await http.get(address)).json() == RECORDED["no method"]
    assert (await _call(telegram, "getFile", file_id="none")).json() == RECORDED["no file"]
    large = telegram.keep(bytes(LARGEST_FILE + 1))
    assert (await _call(telegram, "getFile", file_id=large)).json() == RECORDED["file too big"]


async def test_an_unknown_method_is_not_found(telegram: FakeTelegram) -> None:
    assert (await _call(telegram, "sendPigeon")).json() == RECORDED["no method"]


async def test_updates_have_the_recorded_shapes(telegram: FakeTelegram) -> None:
    chatter = telegram.chatter()
    keyboard = {"inline_keyboard": [[{"text": "好", "callback_data": "1"}]]}
    await _call(telegram, "sendMessage", chat_id=chatter.id, text="好吗", reply_markup=keyboard)
    await chatter.press("好")
    await chatter.say("你好")
    await chatter.edit("您好")
    pressed, said, edited = (await _call(telegram, "getUpdates")).json()["result"]
    assert _shape(pressed) == _shape(RECORDED["update with a press"])
    assert _shape(edited) == _shape(RECORDED["update with an edit"])
    assert edited["edited_message"]["message_id"] == said["message"]["message_id"]
    assert said["update_id"] == pressed["update_id"] + 1


async def test_while_a_webhook_is_set_updates_cannot_be_fetched(telegram: FakeTelegram) -> None:
    assert (await _call(telegram, "setWebhook", url="http://127.0.0.1:1/")).json() == RECORDED["webhook set"]
    assert (await _call(telegram, "getUpdates")).json() == RECORDED["webhook in the way"]
    assert (await _call(telegram, "deleteWebhook")).json() == RECORDED["webhook deleted"]
    assert (await _call(telegram, "getUpdates")).json() == {"ok": True, "result": []}


async def test_a_webhook_gets_what_waited_again_and_again_until_it_answers_well(telegram: FakeTelegram) -> None:
    answers = iter([503, 500, 200, 200])
    seen: list[tuple[str, str]] = []
    came_well = asyncio.Event()
    app = FastAPI()

    @app.post("/hook")
    async def hook(request: Request) -> Response:
        seen.append((request.headers.get(SECRET_HEADER, ""), (await request.json())["message"]["text"]))
        status = next(answers)
        if status == 200:
            came_well.set()
        return Response(status_code=status)

    chatter = telegram.chatter()
    await chatter.say("先说的")
    async with Listener(app, "127.0.0.1", free_port()) as listener, asyncio.timeout(10):
        await _call(telegram, "setWebhook", url=f"{listener.url}/hook", secret_token="s-1")
        await came_well.wait()
        await chatter.say("后说的")
    assert seen == [("s-1", "先说的")] * 3 + [("s-1", "后说的")]


async def test_a_webhook_that_never_answers_well_is_given_up(telegram: FakeTelegram) -> None:
    telegram.webhook_url = f"http://127.0.0.1:{free_port()}/"
    assert await telegram.deliver({"message": telegram.chatter().written(text="你好")}) == 0


async def test_connections_break_before_or_after_the_call_was_done(telegram: FakeTelegram) -> None:
    chatter = telegram.chatter()
    for fault, arrived in (("drop", 0), ("drop_after", 1)):
        setattr(telegram.faults, fault, 1)
        with pytest.raises(httpx.HTTPError):
            await _call(telegram, "sendMessage", chat_id=chatter.id, text="一")
        assert len(chatter.received) == arrived

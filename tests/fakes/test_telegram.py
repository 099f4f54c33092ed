"""The fake Telegram answers in the shapes of the Bot API's documents."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.fakes.telegram import FakeTelegram

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
}


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
    assert await send(text=" ") == {**RECORDED["no chat"], "description": "Bad Request: message text is empty"}
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

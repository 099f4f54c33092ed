import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from app.middleware import Shield
from app.runtime import Runtime
from app.web import web_application
from bot.conversation.pipeline import Pipeline

SECRET = "身份证110101199003077539"
SENTENCE = {"detail": "系统出了点问题，您发的话没有丢，请过一会儿再看。"}


class Broken(Exception):
    """Something nobody expected."""


async def _break(*_: object, **__: object) -> int:
    raise Broken(SECRET)


async def test_a_failure_is_a_sentence_to_the_resident_and_a_bare_name_in_the_log(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Pipeline, "receive", _break)
    caplog.set_level(logging.WARNING)
    answer = await browser.post("/chat/messages", json={"client_id": "broken-0001", "text": SECRET})
    assert (answer.status_code, answer.json()) == (503, SENTENCE)
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert caplog.messages == ["POST /chat/messages failed: Broken"]
    assert all(record.exc_info is None for record in caplog.records)
    assert SECRET not in caplog.text


async def test_a_failing_link_is_logged_without_its_secret(
    room: Runtime, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> str:
        raise Broken(SECRET)

    monkeypatch.setattr("cases.routes.case_of_link", fail)
    answer = await browser.get("/cases/application/secret-token.pdf?who=secret")
    assert (answer.status_code, answer.json()) == (503, SENTENCE)
    assert caplog.messages == ["GET /cases/application/{token}.pdf failed: Broken"]


async def test_a_stream_that_fails_midway_ends_and_raises_nothing(caplog: pytest.LogCaptureFixture) -> None:
    app = FastAPI()

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def words() -> AsyncIterator[str]:
            yield "one"
            raise Broken(SECRET)

        return StreamingResponse(words())

    app.add_middleware(Shield)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        with pytest.raises(AssertionError):  # httpx's way to say that the answer has no end
            await client.get("/stream")
    assert caplog.messages == ["GET /stream failed: Broken"]


@pytest.mark.parametrize(
    ("method", "path", "status", "caching"),
    [
        ("GET", "/", 200, "no-cache"),
        ("GET", "/static/web/chat.js", 200, "no-cache"),
        ("GET", "/static/web/none.js", 404, "no-cache"),
        ("GET", "/none", 404, "no-cache"),
        ("GET", "/chat/history", 200, "no-store"),
        ("GET", "/chat/history?limit=0", 400, "no-store"),
        ("DELETE", "/chat/history", 405, "no-store"),
        ("POST", "/chat/messages", 400, "no-store"),
        ("GET", "/cases/application/x.pdf", 404, "no-store"),
        ("GET", "/health/ready", 503, "no-store"),
    ],
)
async def test_every_answer_has_its_headers(
    browser: httpx.AsyncClient, method: str, path: str, status: int, caching: str
) -> None:
    answer = await browser.request(method, path)
    assert (answer.status_code, answer.headers["cache-control"]) == (status, caching)
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_what_the_browser_has_of_the_static_files_is_confirmed_with_headers(browser: httpx.AsyncClient) -> None:
    tag = (await browser.get("/static/web/chat.js")).headers["etag"]
    again = await browser.get("/static/web/chat.js", headers={"If-None-Match": tag})
    assert (again.status_code, again.headers["cache-control"]) == (304, "no-cache")
    assert "content-security-policy" in again.headers


async def test_without_scripts_the_page_tells_the_offices_phone_where_there_is_one(
    browser: httpx.AsyncClient, room: Runtime
) -> None:
    assert '<a href="tel:0571-88888888">0571-88888888</a>' in (await browser.get("/")).text
    silent = replace(room, office=replace(room.office, phone=""))
    door = httpx.ASGITransport(web_application(silent))
    async with httpx.AsyncClient(transport=door, base_url="http://test") as other:
        assert "便民服务中心电话" not in (await other.get("/")).text

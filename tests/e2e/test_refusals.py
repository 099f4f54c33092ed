"""Requests that no page of ours sends: each is refused in Chinese, none breaks the server."""

from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.service import Service

JSON = {"Content-Type": "application/json"}
COOKIE = "A" * 43


@pytest.fixture
def client(service: Service) -> Iterator[httpx.Client]:
    """A client with a session of its own."""
    with httpx.Client(base_url=service.url, trust_env=False, timeout=30) as opened:
        opened.get("/chat/history").raise_for_status()
        yield opened


@pytest.mark.parametrize("path", ["/admin", "/chat", "/static/web/none.js", "/cases/application/x", "/chat/history/1"])
def test_an_unknown_page_says_so_in_chinese(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()) == (404, {"detail": "没有这个页面。"})
    assert "default-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"null", b"[]", b'{"client_id": 1}', b"[" * 50_000])
def test_malformed_json_is_refused(client: httpx.Client, body: bytes) -> None:
    answer = client.post("/chat/messages", content=body, headers=JSON)
    assert answer.status_code == 400
    assert "看不懂" in answer.json()["detail"]


@pytest.mark.parametrize("cookie", [None, "", "short", "A" * 5000, "../../etc/passwd", "%00", "x" * 43 + "="])
def test_without_a_session_nothing_is_taken_in(service: Service, cookie: str | None) -> None:
    headers = {} if cookie is None else {"Cookie": f"onecall_chat={cookie}"}
    words = {"client_id": "no-session-1", "text": "你好"}
    with httpx.Client(base_url=service.url, trust_env=False, headers=headers) as client:
        for answer in (
            client.post("/chat/messages", json=words),
            client.post("/chat/files", data={"client_id": "no-session-1"}, files={"file": b"x"}),
            client.get("/chat/events"),
        ):
            assert answer.status_code == 401
            assert "刷新" in answer.json()["detail"]
        opened = client.get("/chat/history")
        assert opened.status_code == 200 and opened.json()["messages"] == []
        assert "HttpOnly" in opened.headers["set-cookie"] and "SameSite=lax" in opened.headers["set-cookie"]


def test_nobody_reads_a_thread_by_inventing_a_cookie(service: Service) -> None:
    with httpx.Client(base_url=service.url, trust_env=False, headers={"Cookie": f"onecall_chat={COOKIE}"}) as client:
        assert client.get("/chat/history").json()["messages"] == []


def test_too_many_messages_at_once_are_slowed_down(client: httpx.Client) -> None:
    answers = [client.post("/chat/messages", json={"client_id": f"flood-{n:04}", "text": "。"}) for n in range(45)]
    assert [answer.status_code for answer in answers[:40]] == [202] * 40
    assert answers[-1].status_code == 429 and "太快" in answers[-1].json()["detail"]


GARBAGE: list[tuple[str, str, dict[str, object]]] = [
    ("GET", "/?x=%00&x=%ff", {}),
    ("POST", "/", {}),
    ("DELETE", "/chat/history", {}),
    ("PATCH", "/chat/messages", {"content": b"{}"}),
    ("GET", "/chat/history?limit=0", {}),
    ("GET", "/chat/history?limit=99999999999999999999", {}),
    ("GET", "/chat/history?before=yesterday", {}),
    ("GET", "/chat/history?before=2026-01-01T00:00:00", {}),
    ("GET", "/chat/history?before=0001-01-01T00:00:00%2B14:00", {}),
    ("GET", "/chat/history?before=9999-12-31T23:59:59-12:00", {}),
    ("GET", "/chat/history?before=1e308", {}),
    ("GET", "/chat/events?after=" + "9" * 50, {}),
    ("GET", "/static/web/../routes.py", {}),
    ("GET", "/static/web/%2e%2e/routes.py", {}),
    ("GET", "/static/web/..%2f..%2froutes.py", {}),
    ("GET", "/static/web/%00", {}),
    ("GET", "/static/web/" + "a" * 5000, {}),
    ("GET", "/%ff%fe", {}),
    ("GET", "/cases/application/%F0%9F%98%80.pdf", {}),
    ("GET", "/cases/application/%00.pdf", {}),
    ("GET", "/cases/application/a.b.c.pdf", {}),
    ("GET", "/cases/application/" + "A" * 5000 + ".pdf", {}),
    ("POST", "/cases/application/a.pdf", {}),
    ("POST", "/health/ready", {}),
    ("POST", "/chat/messages", {"json": {"client_id": "x", "text": "短"}}),
    ("POST", "/chat/messages", {"json": {"client_id": "garbage-0001", "text": " \u200b\u0000 "}}),
    ("POST", "/chat/messages", {"json": {"client_id": "garbage-0002", "text": {"a": 1}}}),
    ("POST", "/chat/messages", {"json": {"client_id": "garbage-0003", "text": "长" * 30_000}}),
    ("POST", "/chat/messages", {"json": {"client_id": "garbage-0004", "choice": "x" * 201}}),
    ("POST", "/chat/messages", {"json": {"client_id": "garbage-0005"}}),
    ("POST", "/chat/messages", {"content": b'{"client_id": "garbage-0008", "text": "\\ud800"}', "headers": JSON}),
    ("POST", "/chat/messages", {"content": b"text=hello", "headers": {"Content-Type": "text/plain"}}),
    ("POST", "/chat/files", {"content": b"--x--", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}),
    ("POST", "/chat/files", {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}),
    ("POST", "/chat/files", {"data": {"client_id": "garbage-0006"}}),
    ("POST", "/chat/files", {"data": {"client_id": "garbage-0007", "file": "not a file"}}),
    ("POST", "/chat/files", {"data": {"client_id": "../../x"}, "files": {"file": b"\xff\xd8\xff"}}),
]


@pytest.mark.parametrize(("method", "path", "more"), GARBAGE, ids=[f"{m} {p[:60]}" for m, p, _ in GARBAGE])
def test_garbage_is_refused_and_breaks_nothing(
    client: httpx.Client, method: str, path: str, more: dict[str, object]
) -> None:
    answer = client.build_request(method, path, **more)  # type: ignore[arg-type]
    response = client.send(answer)
    assert response.status_code < 500
    assert response.headers["x-content-type-options"] == "nosniff"
    if response.status_code >= 400:
        assert not response.json()["detail"].isascii()
    assert client.get("/health/ready").status_code == 200


@pytest.mark.parametrize(
    "words",
    [
        b'{"client_id": "strange-0003", "choice": "submit:1\\u0000", "label": ""}',
        b'{"client_id": "strange-0004", "choice": "begin:no-such-item", "label": "x"}',
        b'{"client_id": "strange-0005", "choice": "change:nothing", "label": "x"}',
        b'{"client_id": "strange-0006", "text": "\xf0\x9f\x98\x80\xe2\x80\xae"}',
        b'{"client_id": "strange-0007", "text": "{street} %s %(x)s ${x} {{7*7}}"}',
    ],
)
def test_strange_words_are_taken_in_and_answered(client: httpx.Client, words: bytes) -> None:
    assert client.post("/chat/messages", content=words, headers=JSON).status_code == 202
    with client.stream("GET", "/chat/events") as events:
        assert events.status_code == 200
        assert next(line for line in events.iter_lines() if '"speaker":"bot"' in line)
    assert client.get("/chat/history").status_code == 200


@pytest.mark.parametrize("position", ["", "-1", "1.5", "9" * 22, "1-", "-", "1-2-3", "9999999999999999-0", "\u0661-1"])
def test_a_strange_position_in_the_stream_is_read_as_the_beginning_or_the_end(
    client: httpx.Client, position: str
) -> None:
    for more in ({"params": {"after": position}}, {"headers": {"Last-Event-ID": position.encode()}}):
        with client.stream("GET", "/chat/events", **more) as events:
            assert events.status_code == 200
            assert next(line for line in events.iter_lines() if line.startswith("data:"))

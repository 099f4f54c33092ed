"""The desk in the whole application: nothing of it is open, and its answers are kept nowhere."""

import re
from dataclasses import replace

import httpx
import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts

from app.desk import desk_door
from app.runtime import Runtime
from app.settings import Settings
from app.web import web_application
from desk.door import SIGN_IN, Door
from tests.desk.staff import employed, sign_in
from tests.web.conftest import Visit


def _asks_who_comes(dependant: Dependant) -> bool:
    asked = getattr(dependant.call, "__func__", None)
    return asked in (Door.page, Door.api) or any(_asks_who_comes(each) for each in dependant.dependencies)


def _routes_of_the_desk(room: Runtime) -> list[RouteContext]:
    found = [
        each for each in iter_route_contexts(web_application(room).routes) if (each.path or "").startswith("/desk")
    ]
    assert len(found) > 3
    return found


def test_no_route_of_the_desk_forgets_the_door(room: Runtime) -> None:
    open_ones = {each.path for each in _routes_of_the_desk(room) if not _asks_who_comes(each.dependant)}
    assert open_ones == {SIGN_IN, f"{SIGN_IN}/code"}


async def test_no_address_of_the_desk_can_be_opened_by_hand(visit: Visit, room: Runtime) -> None:
    browser = visit()
    for route in _routes_of_the_desk(room):
        if route.path is None or route.path.startswith(SIGN_IN):
            continue
        for method in route.methods or ():
            answer = await browser.request(method, re.sub(r"\{[^}]*\}", "1", route.path))
            assert answer.status_code in (303, 401), f"{method} {route.path}: {answer.status_code}"


async def test_a_clerk_signs_in_and_nothing_of_it_is_kept_by_a_browser(visit: Visit, room: Runtime) -> None:
    await employed(room.database.session)
    browser = visit()
    for answer in (await browser.get("/desk/sign-in"), await browser.get("/desk"), await sign_in(browser)):
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'self'" in answer.headers["content-security-policy"]
    style = await browser.get("/static/desk/sign_in.css")
    assert (style.status_code, style.headers["cache-control"]) == (200, "no-cache")
    assert (await browser.get("/desk/sign-in")).headers["location"] == "/desk"


@pytest.mark.parametrize(
    "sent",
    [b"login=%00&password=%ff", b"\xff\xfe", b"csrf=" + b"a" * 70_000, b"login=a&login=b", b"=", b"next=%0d%0aX:1"],
)
async def test_whatever_a_stranger_sends_is_no_error_of_ours(visit: Visit, sent: bytes) -> None:
    browser = visit()
    for path in ("/desk/sign-in", "/desk/sign-in/code", "/desk/sign-out"):
        for kind in (
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json",
            "x/\xe9",
        ):
            answer = await browser.post(path, content=sent, headers={b"Content-Type": kind.encode("latin-1")})
            assert answer.status_code < 500, f"{path} {kind}"


async def test_a_charset_made_to_break_us_breaks_nothing(visit: Visit) -> None:
    browser = visit()
    part = (
        b'--x\r\nContent-Disposition: form-data; name="%s"\r\nContent-Type: text/plain; charset=%s\r\n\r\n\\ud800\r\n'
    )
    for charset in (b"unicode_escape", b"utf-7", b"nothing", b"utf-16"):
        body = b"".join(
            part % (name, charset) for name in (b"login", b"password", b"csrf", b"next", b"ticket", b"code")
        )
        kind = f"multipart/form-data; boundary=x; charset={charset.decode()}"
        for path in ("/desk/sign-in", "/desk/sign-in/code"):
            answer = await browser.post(path, content=body + b"--x--\r\n", headers={"Content-Type": kind})
            assert answer.status_code < 500, f"{path} {charset!r}"


def test_the_offices_own_accounts_are_as_the_settings_say(room: Runtime) -> None:
    assert desk_door(room, "1").openid is None
    chosen = Settings(
        desk_openid_issuer="https://sso.example.gov.cn",
        desk_openid_client_id="desk",
        desk_openid_client_secret="secret",
        public_url="https://x.cn/",
    )
    provider = desk_door(replace(room, settings=chosen), "1").openid
    assert provider is not None
    assert provider.back == "https://x.cn/desk/sign-in/openid/back"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"desk_openid_issuer": "https://sso.cn"}, "ONECALL_DESK_OPENID_CLIENT_ID、ONECALL_DESK_OPENID_CLIENT_SECRET"),
        (
            {
                "desk_openid_issuer": "http://sso.cn",
                "desk_openid_client_id": "a",
                "desk_openid_client_secret": "b",
                "public_url": "https://x.cn",
            },
            "https://",
        ),
    ],
)
def test_half_settings_stop_the_start(given: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Settings(**given)  # type: ignore[arg-type]


async def test_the_provider_is_a_way_in_where_it_is_set(room: Runtime) -> None:
    chosen = Settings(
        desk_openid_issuer="http://127.0.0.1:1",
        desk_openid_client_id="desk",
        desk_openid_client_secret="secret",
        public_url="http://test",
        development=True,
    )
    app = web_application(replace(room, settings=chosen))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as browser:
        assert (await browser.get("/desk/sign-in/openid")).status_code == 503

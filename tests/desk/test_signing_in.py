"""Signing in and out in a browser, and the door that nobody gets past."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated

import httpx
import pyotp
import pytest
from fastapi import Depends, FastAPI, Form
from sqlalchemy import func, select, update

from desk.door import CSRF_HEADER, Door
from desk.models import Clerk, ClerkSession, Role
from desk.sessions import SignedIn
from desk.signing_in import routes
from records.base import now
from records.database import Database
from tests.desk.staff import CHROME, LOGIN, PASSWORD, browser_of, csrf_of, employed, field_of, sign_in

pytestmark = pytest.mark.usefixtures("quick_hashes")

WRONG = "登录名、密码或验证码不对；连续错 5 次，要等 15 分钟再试。"


def desk_of(door: Door) -> FastAPI:
    """The sign-in page, with a page, a request and a form of the desk behind the door."""
    app = FastAPI()
    app.include_router(routes(door))
    pages, requests = door.router(door.page), door.router(door.api)

    @pages.get("")
    async def desk(who: Annotated[SignedIn, Depends(door.page)]) -> str:
        return who.clerk.name

    @pages.post("/form")
    async def form(word: Annotated[str, Form()]) -> str:
        return word

    @requests.get("/who")
    async def who(signed_in: Annotated[SignedIn, Depends(door.api)]) -> dict[str, str]:
        return {"name": signed_in.clerk.name, "csrf": signed_in.csrf}

    @requests.api_route("/change", methods=["POST", "PUT", "DELETE", "PATCH"])
    async def change() -> bool:
        return True

    @requests.get("/figures", dependencies=[Depends(door.requires(Role.SUPERVISOR, Role.AUDITOR))])
    async def figures() -> bool:
        return True

    app.include_router(pages)
    app.include_router(requests)
    return app


@pytest.fixture
async def desk(sqlite_database: Database) -> FastAPI:
    await employed(sqlite_database.session)
    return desk_of(Door(sqlite_database.session, "示范街道", "", "1"))


@pytest.fixture
async def browser(desk: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with browser_of(desk) as opened:
        yield opened


@pytest.fixture
async def signed_in(browser: httpx.AsyncClient) -> httpx.AsyncClient:
    assert (await sign_in(browser)).status_code == 303
    return browser


# Coming in


async def test_whoever_is_not_signed_in_is_sent_to_the_page_and_back_to_where_they_wanted(
    browser: httpx.AsyncClient,
) -> None:
    sent = await browser.get("/desk?case=7&x=1")
    assert (sent.status_code, sent.headers["location"]) == (303, "/desk/sign-in?next=/desk%3Fcase%3D7%26x%3D1")
    page = await browser.get(sent.headers["location"])
    assert field_of(page.text, "next") == "/desk?case=7&amp;x=1"
    form = {"login": LOGIN, "password": PASSWORD, "csrf": field_of(page.text, "csrf"), "next": "/desk?case=7&x=1"}
    came = await browser.post("/desk/sign-in", data=form)
    assert (came.status_code, came.headers["location"]) == (303, "/desk?case=7&x=1")
    assert (await browser.get("/desk")).json() == "王敏"


async def test_a_script_that_is_not_signed_in_is_told_so(browser: httpx.AsyncClient) -> None:
    for answer in (await browser.get("/desk/who"), await browser.post("/desk/change")):
        assert (answer.status_code, answer.json()) == (401, {"detail": "请重新登录"})


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(desk: FastAPI, browser: httpx.AsyncClient) -> None:
    given = (await sign_in(browser)).headers.get_list("set-cookie")
    session = next(each for each in given if each.startswith("onecall_desk="))
    assert {"HttpOnly", "Path=/desk", "SameSite=strict"} <= set(session.split("; "))
    assert "Secure" not in session
    form = next(each for each in given if each.startswith("onecall_desk_form="))
    assert "Max-Age=0" in form


async def test_over_encrypted_connections_the_cookie_stays_on_them(sqlite_database: Database) -> None:
    await employed(sqlite_database.session)
    app = desk_of(Door(sqlite_database.session, "示范街道", "https://x.cn", "1"))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://x.cn") as browser:
        given = (await sign_in(browser)).headers.get_list("set-cookie")
    assert all("Secure" in each for each in given if "Max-Age=0" not in each)


@pytest.mark.parametrize(
    ("login", "password"), [(LOGIN, "wrong password"), ("nobody", PASSWORD), ("", ""), ("a\x00", "another password")]
)
async def test_what_is_wrong_is_never_told_apart(browser: httpx.AsyncClient, login: str, password: str) -> None:
    answer = await sign_in(browser, login, password)
    assert answer.status_code == 401
    assert answer.text.count(WRONG) == 1
    assert "onecall_desk" not in browser.cookies
    assert 'aria-invalid="true"' in answer.text and 'aria-describedby="fault"' in answer.text
    assert not password or password not in answer.text


async def test_an_account_that_is_locked_gives_the_same_sentence(browser: httpx.AsyncClient) -> None:
    for _ in range(5):
        await sign_in(browser, password="wrong password")
    answer = await sign_in(browser)
    assert (answer.status_code, answer.text.count(WRONG)) == (401, 1)


async def test_one_address_tries_only_so_often(desk: FastAPI, browser: httpx.AsyncClient) -> None:
    page = await browser.get("/desk/sign-in")
    form = {"login": "nobody", "password": "x", "csrf": field_of(page.text, "csrf")}
    answers = [await browser.post("/desk/sign-in", data=form) for _ in range(41)]
    assert [answer.status_code for answer in answers] == [401] * 40 + [429]
    assert "太频繁" in answers[-1].text
    async with browser_of(desk, address="192.0.2.2") as elsewhere:
        assert (await sign_in(elsewhere)).status_code == 303


@pytest.mark.parametrize(
    "asked",
    ["https://evil.cn", "//evil.cn", "/desk\\@evil.cn", "/deskevil", "/", "/desk/../x", "/desk/sign-in", "/desk/\n"],
)
async def test_signing_in_leads_nowhere_else(browser: httpx.AsyncClient, asked: str) -> None:
    assert (await sign_in(browser, onward=asked)).headers["location"] == "/desk"


async def test_who_is_signed_in_already_is_not_asked_again(signed_in: httpx.AsyncClient) -> None:
    answer = await signed_in.get("/desk/sign-in?next=/desk/cases")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/cases")


async def test_a_link_from_elsewhere_is_opened_once_more_by_ourselves(browser: httpx.AsyncClient) -> None:
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    answer = await browser.get("/desk/sign-in?next=/desk/cases", headers=elsewhere)
    again = "/desk/sign-in?next=%2Fdesk%2Fcases&amp;hop=1"
    assert f'content="0; url={again}"' in answer.text
    assert "登录名" in (await browser.get(again.replace("&amp;", "&"), headers=elsewhere)).text, "and not for ever"


@pytest.mark.parametrize("path", ["/desk/sign-in", "/desk/sign-in/code"])
async def test_a_sign_in_that_another_site_sends_is_refused(
    desk: FastAPI, browser: httpx.AsyncClient, path: str
) -> None:
    page = await browser.get("/desk/sign-in")
    form = {"login": LOGIN, "password": PASSWORD, "csrf": field_of(page.text, "csrf")}
    for csrf, headers in (
        ("", {}),
        ("é" * 64, {}),
        (form["csrf"], {"Sec-Fetch-Site": "cross-site"}),
        (form["csrf"], {"Sec-Fetch-Site": "same-site"}),
        (form["csrf"], {"Origin": "https://evil.cn"}),
    ):
        answer = await browser.post(path, data={**form, "csrf": csrf}, headers=headers)
        assert (answer.status_code, "过期了" in answer.text) == (403, True)
    async with browser_of(desk) as other:
        await other.get("/desk/sign-in")
        assert (await other.post(path, data=form)).status_code == 403


@pytest.mark.parametrize("headers", [{"Origin": "null"}, {"Origin": "http://test"}, {"Sec-Fetch-Site": "same-origin"}])
async def test_what_browsers_say_of_our_own_page_is_believed(
    browser: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    browser.headers.update(headers)
    assert (await sign_in(browser)).status_code == 303


# Codes


async def _asked_for_a_code(database: Database, browser: httpx.AsyncClient) -> tuple[Clerk, dict[str, str]]:
    account = await employed(database.session, "lijing", totp=True)
    page = await sign_in(browser, "lijing", onward="/desk?x=1")
    assert page.status_code == 200 and "验证码" in page.text and "onecall_desk" not in browser.cookies
    return account, {name: field_of(page.text, name) for name in ("csrf", "ticket")}


async def test_an_account_with_codes_is_asked_for_one(sqlite_database: Database, browser: httpx.AsyncClient) -> None:
    account, form = await _asked_for_a_code(sqlite_database, browser)
    wrong = await browser.post("/desk/sign-in/code", data={**form, "code": "no code"})
    assert (wrong.status_code, wrong.text.count(WRONG)) == (401, 1)
    assert (await browser.get("/desk/who")).status_code == 401
    code = pyotp.TOTP(account.totp_secret or "").at(now())
    form = {name: field_of(wrong.text, name) for name in ("csrf", "ticket")}
    came = await browser.post("/desk/sign-in/code", data={**form, "code": code})
    assert (came.status_code, came.headers["location"]) == (303, "/desk?x=1")
    assert (await browser.get("/desk/who")).status_code == 200


async def test_the_second_step_belongs_to_the_browser_of_the_first(
    sqlite_database: Database, desk: FastAPI, browser: httpx.AsyncClient
) -> None:
    account, form = await _asked_for_a_code(sqlite_database, browser)
    code = pyotp.TOTP(account.totp_secret or "").at(now())
    async with browser_of(desk) as other:
        page = await other.get("/desk/sign-in")
        mixed = {"csrf": field_of(page.text, "csrf"), "ticket": form["ticket"], "code": code}
        assert (await other.post("/desk/sign-in/code", data=mixed)).status_code == 403
    for ticket in ("", "x", "é", form["csrf"]):
        assert (
            await browser.post("/desk/sign-in/code", data={**form, "ticket": ticket, "code": code})
        ).status_code == 403


# At the desk


async def test_no_change_without_its_token_from_a_page_of_ours(signed_in: httpx.AsyncClient) -> None:
    right = await csrf_of(signed_in)
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert (await signed_in.request(method, "/desk/change", headers=right)).status_code == 200
        for wrong in (
            {},
            {CSRF_HEADER: ""},
            {CSRF_HEADER: "0" * 64},
            {CSRF_HEADER: "é"},
            {**right, "Sec-Fetch-Site": "cross-site"},
            {**right, "Origin": "https://evil.cn"},
        ):
            encoded = [(name.encode(), value.encode("latin-1")) for name, value in wrong.items()]
            answer = await signed_in.request(method, "/desk/change", headers=encoded)
            assert (answer.status_code, answer.json()) == (403, {"detail": "这个页面过期了，请刷新一下再试"})


async def test_a_form_carries_its_token_in_a_field(signed_in: httpx.AsyncClient) -> None:
    csrf = (await csrf_of(signed_in))[CSRF_HEADER]
    assert (await signed_in.post("/desk/form", data={"word": "好", "csrf": csrf})).json() == "好"
    assert (await signed_in.post("/desk/form", files={"word": (None, "好"), "csrf": (None, csrf)})).json() == "好"
    for data in ({"word": "好"}, {"word": "好", "csrf": "0" * 64}):
        assert (await signed_in.post("/desk/form", data=data)).status_code == 403
    assert (await signed_in.post("/desk/form", files={"word": b"x", "csrf": b"x"})).status_code == 403


async def test_a_token_is_of_one_session_alone(desk: FastAPI, signed_in: httpx.AsyncClient) -> None:
    async with browser_of(desk) as other:
        await sign_in(other)
        assert (await other.post("/desk/change", headers=await csrf_of(signed_in))).status_code == 403


async def test_what_is_for_some_roles_is_refused_to_others(
    sqlite_database: Database, signed_in: httpx.AsyncClient
) -> None:
    answer = await signed_in.get("/desk/figures")
    assert (answer.status_code, answer.json()) == (403, {"detail": "您没有这项权限"})
    async with sqlite_database.session() as session:
        await session.execute(update(Clerk).values(role="auditor"))
        await session.commit()
    assert (await signed_in.get("/desk/figures")).status_code == 200, "at once"


async def test_a_stolen_cookie_is_good_for_nothing_and_ends_the_session(
    desk: FastAPI, signed_in: httpx.AsyncClient
) -> None:
    async with browser_of(desk, CHROME) as thief:
        thief.cookies.set("onecall_desk", signed_in.cookies["onecall_desk"])
        assert (await thief.get("/desk/who")).status_code == 401
    assert (await signed_in.get("/desk/who")).status_code == 401


async def test_signing_out_ends_the_session_wherever_its_cookie_is_kept(
    sqlite_database: Database, signed_in: httpx.AsyncClient
) -> None:
    token, csrf = signed_in.cookies["onecall_desk"], (await csrf_of(signed_in))[CSRF_HEADER]
    assert (await signed_in.post("/desk/sign-out")).status_code == 403
    out = await signed_in.post("/desk/sign-out", data={"csrf": csrf})
    assert (out.status_code, out.headers["location"]) == (303, "/desk/sign-in")
    assert "onecall_desk" not in signed_in.cookies
    signed_in.cookies.set("onecall_desk", token)
    assert (await signed_in.get("/desk/who")).status_code == 401
    assert (await signed_in.post("/desk/sign-out")).headers["location"] == "/desk/sign-in"
    async with sqlite_database.session() as session:
        assert await session.scalar(select(func.count()).select_from(ClerkSession)) == 0


async def test_what_a_page_asks_by_itself_does_not_keep_anybody_signed_in(
    sqlite_database: Database, signed_in: httpx.AsyncClient
) -> None:
    async def seen() -> timedelta:
        async with sqlite_database.session() as session:
            return now() - (await session.scalars(select(ClerkSession.seen_at))).one()

    async with sqlite_database.session() as session:
        await session.execute(update(ClerkSession).values(seen_at=now() - timedelta(minutes=20)))
        await session.commit()
    await signed_in.get("/desk/who", headers={"Accept": "text/event-stream"})
    await signed_in.get("/desk/who", headers={"X-Unasked": "1"})
    assert await seen() > timedelta(minutes=19)
    await signed_in.get("/desk/who")
    assert await seen() < timedelta(minutes=1)


async def test_the_same_cookie_is_never_given_twice(signed_in: httpx.AsyncClient) -> None:
    first = signed_in.cookies["onecall_desk"]
    await signed_in.post("/desk/sign-out", headers=await csrf_of(signed_in))
    await sign_in(signed_in)
    assert signed_in.cookies["onecall_desk"] != first

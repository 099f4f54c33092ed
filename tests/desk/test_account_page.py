"""One's own account at the desk: what it shows, what can be changed there, and what each change asks for."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pyotp
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from desk import account_page, account_view, accounts, attempts, sessions, trail
from desk.door import Door
from desk.models import Clerk, ClerkSession, Role
from desk.rights import DeskClerk
from desk.signing_in import routes as signing_in_routes
from records.base import now
from records.database import Database
from services_catalog.loader import Catalog
from tests.desk.staff import CHROME, LOGIN, PASSWORD, browser_of, employed, field_of, sign_in

pytestmark = pytest.mark.usefixtures("quick_hashes")

FRESH = "another horse 插座"
WRONG = "密码不对；连续错 5 次，要等 15 分钟再试。"
OTHERS = re.compile(r'name="only" value="([^"]+)"')


@pytest.fixture
def app(sqlite_database: Database, catalog: Catalog) -> FastAPI:
    door = Door(sqlite_database.session, "示范街道", "", "1")
    app = FastAPI()
    app.include_router(signing_in_routes(door))
    app.include_router(account_page.routes(door, lambda: catalog))
    return app


@pytest.fixture
async def browser(app: FastAPI, sqlite_database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """The browser of a clerk who is signed in."""
    await employed(sqlite_database.session)
    async with browser_of(app) as opened:
        await sign_in(opened)
        yield opened


@pytest.fixture
async def elsewhere(app: FastAPI, browser: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """Another browser of the same clerk."""
    async with browser_of(app, CHROME, "192.0.2.7") as opened:
        await sign_in(opened)
        yield opened


async def _send(browser: httpx.AsyncClient, path: str, **form: str) -> httpx.Response:
    """Send a form of the page as the page has it."""
    page = await browser.get("/desk/account")
    return await browser.post(f"/desk/account/{path}", data={"csrf": field_of(page.text, "csrf"), **form})


async def _changed_password(browser: httpx.AsyncClient, current: str = PASSWORD) -> httpx.Response:
    return await _send(browser, "password", current=current, fresh=FRESH, again=FRESH)


async def _is_in(browser: httpx.AsyncClient) -> bool:
    return (await browser.get("/desk/account")).status_code == 200


async def _account(database: Database) -> Clerk:
    async with database.session() as session:
        return await accounts.known(session, LOGIN)


async def _trail(database: Database) -> list[tuple[str, str | None]]:
    async with database.session() as session:
        lines = await trail.search(session)
    return [(line.act, line.note) for line in reversed(lines) if line.act not in ("account_added", "signed_in")]


async def _set_up(browser: httpx.AsyncClient) -> tuple[dict[str, str], str]:
    """Ask for codes; gives what the confirming form brings back, and the secret that is shown."""
    shown = await _send(browser, "codes", proof=PASSWORD)
    assert shown.status_code == 200
    secret = "".join(re.findall(r'class="key__group">(\w+)<', shown.text))
    return {"csrf": field_of(shown.text, "csrf"), "ticket": field_of(shown.text, "ticket")}, secret


def _other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


# What is seen


@pytest.mark.parametrize(
    ("clerk", "told"),
    [
        (
            DeskClerk("1", "王敏", Role.CLERK, frozenset({"chuangkou-1", "closed"}), frozenset({"gongan"})),
            (["closed", "综合窗口1（民生救助·助残·优抚）"], ["公安"]),
        ),
        (DeskClerk("1", "王敏", Role.CLERK, frozenset({"*"})), (["全部综合窗口（无差别受理）"], ["没有"])),
        (DeskClerk("1", "王敏", Role.SUPERVISOR), (["全部综合窗口（无差别受理）"], ["全部"])),
        (DeskClerk("1", "王敏", Role.MAINTAINER, frozenset({"*"})), (["不接待居民"], [])),
        (DeskClerk("1", "王敏", Role.AUDITOR, frozenset({"*"})), (["不接待居民"], [])),
    ],
)
def test_rights_are_told_as_the_catalogue_names_them(
    catalog: Catalog, clerk: DeskClerk, told: tuple[list[str], list[str]]
) -> None:
    rights = account_view.rights_told(clerk, catalog)
    assert (rights.windows, rights.departments) == told


@pytest.mark.parametrize(
    ("role", "word", "ways"),
    [
        (Role.CLERK, "办事员", ["/desk"]),
        (Role.SUPERVISOR, "值班长", ["/desk", "/desk/supervision", "/desk/trail"]),
        (Role.MAINTAINER, "目录维护员", []),
        (Role.AUDITOR, "审计员", ["/desk/trail"]),
    ],
)
async def test_everybody_sees_who_they_are_and_only_ways_that_are_open_to_them(
    app: FastAPI, sqlite_database: Database, role: Role, word: str, ways: list[str]
) -> None:
    await employed(sqlite_database.session, name="<b>王敏", role=role)
    async with browser_of(app) as browser:
        await sign_in(browser)
        page = (await browser.get("/desk/account")).text
    assert "<bdi>&lt;b&gt;王敏</bdi>" in page and f"<dd>{word}</dd>" in page and f"<bdi>{LOGIN}</bdi>" in page
    assert re.findall(r'class="way" href="([^"]+)"', page) == [*ways, "/desk/account"]
    assert "style=" not in page and "<script>" not in page
    if role is Role.MAINTAINER:
        assert "您在办事台能做的，就是在这一页管好自己的账号" in page


async def test_a_stranger_is_sent_to_sign_in_and_a_form_without_its_token_changes_nothing(
    app: FastAPI, browser: httpx.AsyncClient, sqlite_database: Database
) -> None:
    async with browser_of(app, address="192.0.2.9") as stranger:
        assert (await stranger.get("/desk/account")).headers["location"] == "/desk/sign-in?next=/desk/account"
        assert (await stranger.post("/desk/account/password")).headers["location"] == "/desk/sign-in"
    before = await _account(sqlite_database)
    for path in ("password", "codes", "codes/confirm", "codes/off", "sessions/end"):
        assert (await browser.post(f"/desk/account/{path}", data={"current": PASSWORD})).status_code == 403
    assert (await _account(sqlite_database)).password_hash == before.password_hash


async def test_what_an_address_says_was_done_is_only_what_can_be_done(browser: httpx.AsyncClient) -> None:
    assert 'role="status">密码改好了' in (await browser.get("/desk/account?done=password")).text
    assert 'role="status"' not in (await browser.get("/desk/account?done=nothing")).text


# Password


async def test_after_another_password_this_browser_goes_on_by_another_cookie_and_others_are_out(
    sqlite_database: Database, browser: httpx.AsyncClient, elsewhere: httpx.AsyncClient
) -> None:
    old = browser.cookies["onecall_desk"]
    answer = await _changed_password(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/account?done=password")
    given = next(each for each in answer.headers.get_list("set-cookie") if each.startswith("onecall_desk="))
    assert {"HttpOnly", "Path=/desk", "SameSite=strict"} <= set(given.split("; "))
    assert browser.cookies["onecall_desk"] != old
    assert await _is_in(browser) and not await _is_in(elsewhere)
    elsewhere.cookies.set("onecall_desk", old)
    assert not await _is_in(elsewhere)
    assert await attempts.by_password(sqlite_database.session, LOGIN, FRESH) is not None
    assert await attempts.by_password(sqlite_database.session, LOGIN, PASSWORD) is None
    assert (await _trail(sqlite_database))[0] == ("password_changed", None)


async def test_another_password_does_not_make_a_session_last_longer(
    sqlite_database: Database, browser: httpx.AsyncClient
) -> None:
    ends = now() + timedelta(minutes=7)
    async with sqlite_database.session() as session:
        await session.execute(update(ClerkSession).values(expires_at=ends))
        await session.commit()
    await _changed_password(browser)
    async with sqlite_database.session() as session:
        row = await session.get_one(ClerkSession, sessions._index(browser.cookies["onecall_desk"]))
    assert row.expires_at == ends


@pytest.mark.parametrize(
    ("fresh", "again", "told"),
    [
        ("short", "short", "新密码至少要 10 个字。"),
        ("长" * 257, "长" * 257, "新密码最多 256 个字。"),
        ("1234567890", "1234567890", "这个密码太常见，请换一个。"),
        (PASSWORD, PASSWORD, "新密码和现在的一样，请换一个。"),
        (FRESH, FRESH + "!", "两遍不一样，请再输一次。"),
    ],
)
async def test_a_password_that_cannot_be_is_told_beside_its_field_and_counts_as_no_attempt(
    sqlite_database: Database, browser: httpx.AsyncClient, fresh: str, again: str, told: str
) -> None:
    answer = await _send(browser, "password", current=PASSWORD, fresh=fresh, again=again)
    assert (answer.status_code, answer.text.count(told)) == (422, 1)
    assert answer.text.count('aria-invalid="true"') == 1 and fresh not in answer.text
    assert (await _account(sqlite_database)).failed == 0
    assert await _trail(sqlite_database) == []


async def test_a_wrong_password_counts_as_at_sign_in_and_five_lock_the_account(
    sqlite_database: Database, browser: httpx.AsyncClient
) -> None:
    for _ in range(5):
        answer = await _changed_password(browser, current="wrong password")
        assert (answer.status_code, answer.text.count(WRONG)) == (403, 1)
    assert (await _changed_password(browser)).status_code == 403
    assert await attempts.by_password(sqlite_database.session, LOGIN, PASSWORD) is None
    wrong = ("change_refused", "password")
    assert (await _trail(sqlite_database))[:7] == [wrong] * 5 + [("locked_out", None), ("change_refused", "locked")]
    assert await _is_in(browser)


async def test_nobody_tries_passwords_faster_than_the_limit(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/desk/account")
    form = {"csrf": field_of(page.text, "csrf"), "current": "x", "fresh": FRESH, "again": FRESH}
    answers = [await browser.post("/desk/account/password", data=form) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [403] * 20 + [429]


async def test_a_session_that_ended_while_the_form_was_on_its_way_changes_nothing(
    sqlite_database: Database, app: FastAPI, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = attempts.by_password

    async def reset_meanwhile(*given: object) -> Clerk | None:
        found = await real(*given)  # type: ignore[arg-type]
        async with sqlite_database.session() as session:
            account = await accounts.known(session, LOGIN)
            await accounts.set_password(session, account, "set by the command", by="command")
            await session.commit()
        return found

    monkeypatch.setattr(attempts, "by_password", reset_meanwhile)
    answer = await _changed_password(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/account")
    assert not await _is_in(browser)
    assert await real(sqlite_database.session, LOGIN, "set by the command") is not None


# Codes


async def test_codes_are_asked_for_once_one_was_right_and_not_before(
    sqlite_database: Database, browser: httpx.AsyncClient, elsewhere: httpx.AsyncClient
) -> None:
    form, secret = await _set_up(browser)
    assert (await _account(sqlite_database)).totp_secret is None
    right = pyotp.TOTP(secret).at(now())
    wrong = await browser.post("/desk/account/codes/confirm", data={**form, "code": _other_than(right)})
    assert wrong.status_code == 422 and "验证码不对。" in wrong.text and secret[:4] in wrong.text
    assert (await _account(sqlite_database)).totp_secret is None
    old = browser.cookies["onecall_desk"]
    answer = await browser.post("/desk/account/codes/confirm", data={**form, "code": right})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/account?done=codes_on")
    assert browser.cookies["onecall_desk"] != old
    assert await _is_in(browser) and not await _is_in(elsewhere)
    account = await _account(sqlite_database)
    assert account.totp_secret == secret
    assert await attempts.by_code(sqlite_database.session, account.id, right) is None  # taken already
    assert (await _trail(sqlite_database))[0] == ("totp_changed", "on")
    again = await browser.post("/desk/account/codes/confirm", data={**form, "code": right})
    assert again.status_code == 403


async def test_the_picture_is_drawn_in_the_page_itself(browser: httpx.AsyncClient) -> None:
    page = (await _send(browser, "codes", proof=PASSWORD)).text
    assert "<svg" in page and "data:" not in page and "style=" not in page


async def test_to_switch_codes_on_and_off_the_password_is_asked(
    sqlite_database: Database, browser: httpx.AsyncClient
) -> None:
    refused = await _send(browser, "codes", proof="wrong password")
    assert (refused.status_code, refused.text.count(WRONG), "<svg" in refused.text) == (403, 1, False)
    form, secret = await _set_up(browser)
    await browser.post("/desk/account/codes/confirm", data={**form, "code": pyotp.TOTP(secret).at(now())})
    assert (await _send(browser, "codes", proof=PASSWORD)).headers["location"] == "/desk/account"
    assert (await _send(browser, "codes/off", proof="wrong password")).status_code == 403
    assert (await _account(sqlite_database)).totp_secret == secret
    assert (await _send(browser, "codes/off", proof=PASSWORD)).headers["location"] == "/desk/account?done=codes_off"
    assert (await _account(sqlite_database)).totp_secret is None
    assert (await _send(browser, "codes/off", proof=PASSWORD)).headers["location"] == "/desk/account"
    refusal = ("change_refused", "password")
    lines = [refusal, ("totp_changed", "on"), refusal, ("totp_changed", "off")]
    assert await _trail(sqlite_database) == lines
    assert await _is_in(browser)


async def test_a_secret_shown_to_another_session_is_not_taken(
    browser: httpx.AsyncClient, elsewhere: httpx.AsyncClient, sqlite_database: Database
) -> None:
    form, secret = await _set_up(browser)
    page = await elsewhere.get("/desk/account")
    stolen = {"csrf": field_of(page.text, "csrf"), "ticket": form["ticket"], "code": pyotp.TOTP(secret).at(now())}
    for ticket in (form["ticket"], "", "nonsense"):
        answer = await elsewhere.post("/desk/account/codes/confirm", data={**stolen, "ticket": ticket})
        assert answer.status_code == 403 and "二维码过期了" in answer.text
    assert (await _account(sqlite_database)).totp_secret is None


async def test_who_has_no_password_switches_codes_off_by_a_code(
    sqlite_database: Database, browser: httpx.AsyncClient
) -> None:
    async with sqlite_database.session() as session:
        await session.execute(update(Clerk).values(password_hash=None))
        await session.commit()
    page = (await browser.get("/desk/account")).text
    assert "您用单位账号登录" in page and 'type="password"' not in page
    form, secret = await _set_up(browser)
    code = pyotp.TOTP(secret)
    await browser.post("/desk/account/codes/confirm", data={**form, "code": code.at(now())})
    refused = await _send(browser, "codes/off", proof=_other_than(code.at(now() + timedelta(seconds=30))))
    assert refused.status_code == 403 and "验证码不对；连续错 5 次" in refused.text
    await _send(browser, "codes/off", proof=code.at(now() + timedelta(seconds=30)))
    assert (await _account(sqlite_database)).totp_secret is None
    assert ("change_refused", "code") in await _trail(sqlite_database)


# Other sessions


async def test_other_sessions_are_seen_and_ended_one_by_one(
    sqlite_database: Database, app: FastAPI, browser: httpx.AsyncClient, elsewhere: httpx.AsyncClient
) -> None:
    async with browser_of(app, address="192.0.2.8") as third:
        await sign_in(third)
        page = (await browser.get("/desk/account")).text
        assert "另外还有 2 处登录着" in page
        assert page.count("浏览器和这里的一样") == page.count("浏览器和这里的不一样") == 1
        theirs = OTHERS.findall((await third.get("/desk/account")).text)
        mine = OTHERS.findall(page)
        third_id = next(each for each in mine if each not in theirs)
        assert (await _send(browser, "sessions/end", only=third_id)).headers["location"] == "/desk/account?done=ended"
        assert [await _is_in(each) for each in (browser, elsewhere, third)] == [True, True, False]
    assert await _trail(sqlite_database) == [("session_ended", None)]


async def test_all_others_are_ended_at_once_and_ones_own_and_other_peoples_stay(
    sqlite_database: Database, app: FastAPI, browser: httpx.AsyncClient, elsewhere: httpx.AsyncClient
) -> None:
    await employed(sqlite_database.session, "lijing", name="李静")
    async with browser_of(app, address="192.0.2.8") as colleague:
        await sign_in(colleague, "lijing")
        page = (await colleague.get("/desk/account")).text
        assert "只在这里登录着" in page
        own = OTHERS.findall((await elsewhere.get("/desk/account")).text)
        await _send(colleague, "sessions/end", only=own[0])
        await _send(browser, "sessions/end", only=own[0])
        assert [await _is_in(each) for each in (browser, elsewhere, colleague)] == [True, True, True]
        await _send(browser, "sessions/end")
        assert [await _is_in(each) for each in (browser, elsewhere, colleague)] == [True, False, True]


async def test_sessions_that_are_over_are_not_shown(
    sqlite_database: Database, browser: httpx.AsyncClient, elsewhere: httpx.AsyncClient
) -> None:
    async with sqlite_database.session() as session:
        own = sessions._index(elsewhere.cookies["onecall_desk"])
        over = update(ClerkSession).where(ClerkSession.token_index == own)
        await session.execute(over.values(seen_at=now() - timedelta(minutes=31)))
        await session.commit()
    assert "只在这里登录着" in (await browser.get("/desk/account")).text


async def test_one_signs_out_from_the_page(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/desk/account")).text
    assert page.count('action="/desk/sign-out"') == 2
    await browser.post("/desk/sign-out", data={"csrf": field_of(page, "csrf")})
    assert not await _is_in(browser)


async def test_of_two_changes_by_one_cookie_the_session_goes_on_for_one(database: Database) -> None:
    account = await employed(database.session)
    async with database.session() as session:
        token = await sessions.begin(session, account, CHROME, None)
        await session.commit()
    async with database.session() as session:
        signed_in = await sessions.find(session, token, CHROME)
        assert signed_in is not None
        renewed = await sessions.renew(session, signed_in)
        await session.commit()
    assert renewed is not None
    async with database.session() as session:
        assert await sessions.renew(session, signed_in) is None
        assert await sessions.find(session, renewed[0], CHROME) == renewed[1]
        await sessions.end_elsewhere(session, renewed[1])
        await session.commit()
        assert await sessions.stands(session, renewed[1])

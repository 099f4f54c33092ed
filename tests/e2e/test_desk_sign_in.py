"""Signing in at the desk in a real browser: by keyboard, on every width, and coming from another site."""

import asyncio
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

import cv2
import numpy
import pyotp
import pytest
from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, Page, expect
from starlette.staticfiles import StaticFiles

import bot.channels.web.routes as web_chat
from app.database import migrate
from app.engine_process import free_port
from app.fakes.openid import FakeOpenId
from app.listener import Listener
from app.middleware import BodyLimit, Shield
from desk import account_page, signing_in
from desk.door import Door
from desk.models import Role
from desk.openid import OpenIdProvider
from desk.sessions import SignedIn
from records.base import now
from records.database import Database
from records.encryption import use_keys
from records.keys import Keys
from services_catalog.loader import Catalog
from tests.desk.staff import LOGIN, PASSWORD, employed
from tests.e2e.accessible import axe_finds_nothing

STARTS_S = 30


@dataclass
class Running:
    """A desk that is served, at its own site and, as `elsewhere`, under another site's name."""

    url: str
    elsewhere: str
    secret: str


def _application(door: Door, catalog: Catalog) -> FastAPI:
    app, pages = FastAPI(), door.router(door.page)

    @pages.get("", response_class=HTMLResponse)
    async def desk(who: Annotated[SignedIn, Depends(door.page)]) -> str:
        return (
            f"<!doctype html><html lang=zh><title>办事台</title><link rel=icon href=/static/web/icon.svg><h1>{who.clerk.name}</h1>"
            f"<form method=post action=/desk/sign-out><input type=hidden name=csrf value={who.csrf}><button>退出</button></form>"
        )

    app.include_router(signing_in.routes(door))
    app.include_router(account_page.routes(door, lambda: catalog))
    app.include_router(pages)
    app.mount("/static/desk", StaticFiles(directory=signing_in.HERE / "static"))
    app.mount("/static/web", StaticFiles(directory=web_chat.HERE / "static"))
    app.add_middleware(BodyLimit)
    app.add_middleware(Shield)
    return app


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, browser: Browser, keys: Keys, catalog: Catalog) -> Iterator[Running]:
    """A desk with four people, one of whom has codes; served from a thread, for the browser has this one's loop."""
    use_keys(keys)
    folder = tmp_path_factory.mktemp("desk")
    found: list[Running] = []
    is_ready, may_end = threading.Event(), threading.Event()

    async def serve() -> None:
        url = f"sqlite+aiosqlite:///{folder / 'desk.db'}"
        await migrate(url)
        database, port = Database(url), free_port()
        back = f"http://127.0.0.1:{port}{signing_in.OPENID}/back"
        async with FakeOpenId(back, username="zhaoyun").serving("localhost") as fake:
            provider = OpenIdProvider(fake.url, fake.client_id, fake.client_secret, back)
            await employed(database.session)
            await employed(database.session, "zhaoyun", name="赵云", password=None)
            coded = await employed(database.session, "lijing", name="李静", totp=True)
            await employed(database.session, "sunhao", name="孙浩", role=Role.MAINTAINER)
            app = _application(Door(database.session, "示范街道", "", "1", provider), catalog)
            async with Listener(app, "127.0.0.1", port):
                assert coded.totp_secret is not None
                found.append(Running(f"http://127.0.0.1:{port}", f"http://localhost:{port}", coded.totp_secret))
                is_ready.set()
                await asyncio.to_thread(may_end.wait)
        await database.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert is_ready.wait(STARTS_S)
        yield found[0]
    finally:
        may_end.set()
        thread.join()


def _secret_in(screenshot: bytes) -> str:
    """The secret that an authenticator application would read from a picture of the screen."""
    picture = cv2.imdecode(numpy.frombuffer(screenshot, numpy.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return parse_qs(urlsplit(cv2.QRCodeDetector().detectAndDecode(picture)[0]).query)["secret"][0]


@pytest.fixture
def page(browser: Browser, desk: Running) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    yield context.new_page()
    context.close()


def _is_accessible(page: Page, stage: str) -> None:
    page.wait_for_load_state()  # words are there before the style is
    for width, height in ((360, 740), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{stage}, {width} px"
        assert page.evaluate("getComputedStyle(document.body).fontSize") == "14px"
        axe_finds_nothing(page, f"{stage}, {width} px")


def test_a_clerk_signs_in_by_keyboard_and_out_again(desk: Running, page: Page) -> None:
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text))
    page.goto(f"{desk.url}/desk")
    _is_accessible(page, "sign in")
    page.keyboard.type("WangMin")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="王敏")).to_be_visible()
    assert troubles == []
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_label("登录名")).to_be_focused()
    page.goto(f"{desk.url}/desk")
    expect(page.get_by_label("登录名")).to_be_visible()


def test_a_wrong_password_is_told_beside_the_field_and_a_code_is_asked_for(desk: Running, page: Page) -> None:
    page.goto(f"{desk.url}/desk")
    page.get_by_label("登录名").fill("lijing")
    page.get_by_label("密码").fill("wrong password")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("登录名、密码或验证码不对")
    expect(page.get_by_label("密码")).to_be_focused()
    _is_accessible(page, "a wrong password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("验证码")).to_be_focused()
    _is_accessible(page, "a code")
    page.keyboard.type(pyotp.TOTP(desk.secret).at(now()))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="李静")).to_be_visible()


def test_whoever_comes_from_another_site_is_as_signed_in_as_they_were(desk: Running, page: Page) -> None:
    page.goto(f"{desk.url}/desk/sign-in")
    page.get_by_label("登录名").fill(LOGIN)
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="王敏")).to_be_visible()
    page.goto(f"{desk.elsewhere}/desk/sign-in")
    page.evaluate("address => { location.href = address }", f"{desk.url}/desk")
    expect(page.get_by_role("heading", name="王敏")).to_be_visible()


def test_the_offices_own_account_lets_in_by_one_click(desk: Running, page: Page) -> None:
    page.goto(f"{desk.url}/desk?from=here")
    page.get_by_role("link", name="用单位账号登录").click()
    expect(page.get_by_role("heading", name="赵云")).to_be_visible()
    assert page.url == f"{desk.url}/desk?from=here"


def test_a_maintainer_switches_codes_on_by_the_picture_that_the_page_shows(desk: Running, page: Page) -> None:
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text))
    page.goto(f"{desk.url}/desk/account")
    page.get_by_label("登录名").fill("sunhao")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("您在办事台能做的")).to_be_visible()
    _is_accessible(page, "one's account")
    page.get_by_label("您的密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("验证码", exact=True)).to_be_focused()
    _is_accessible(page, "setting codes up")
    page.keyboard.type(pyotp.TOTP(_secret_in(page.locator(".qr").screenshot())).at(now()))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("动态验证码打开了")
    expect(page.get_by_role("heading", name=re.compile("动态验证码：开着"))).to_be_visible()
    assert troubles == []

"""Who works at the desk, and their browsers, for tests."""

from collections.abc import Sequence

import httpx
from fastapi import FastAPI

from desk import accounts
from desk.door import CSRF_HEADER
from desk.models import Clerk, Role
from records.database import Sessions

PASSWORD = "correct horse 电池"
LOGIN = "wangmin"
PAGE_CSRF = 'name="csrf" value="'
FIREFOX, CHROME = "Mozilla/5.0 Firefox/140.0", "Mozilla/5.0 Chrome/140.0"


async def employed(
    sessions: Sessions,
    login: str = LOGIN,
    *,
    name: str = "王敏",
    role: Role = Role.CLERK,
    windows: Sequence[str] = ("*",),
    departments: Sequence[str] = (),
    password: str | None = PASSWORD,
    totp: bool = False,
) -> Clerk:
    """An account, as `./onecall clerk add` makes one."""
    async with sessions() as session:
        account = await accounts.add(
            session,
            login=login,
            name=name,
            role=role,
            windows=windows,
            departments=departments,
            password=password,
            by="command",
        )
        if totp:
            await accounts.set_totp(session, account, wanted=True, by="command")
        await session.commit()
    return account


def browser_of(app: FastAPI, name: str = FIREFOX, address: str = "192.0.2.1") -> httpx.AsyncClient:
    """A browser of one's own, at an address. An error that gets out of the application fails the test."""
    door = httpx.ASGITransport(app, client=(address, 40000))
    return httpx.AsyncClient(transport=door, base_url="http://test", headers={"User-Agent": name})


def field_of(page: str, name: str) -> str:
    """The value of a hidden field of a form."""
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


async def sign_in(
    browser: httpx.AsyncClient, login: str = LOGIN, password: str = PASSWORD, onward: str = "/desk"
) -> httpx.Response:
    """Open the sign-in page and send it; gives the answer, which is not followed."""
    page = await browser.get("/desk/sign-in", params={"next": onward})
    form = {
        "login": login,
        "password": password,
        "csrf": field_of(page.text, "csrf"),
        "next": field_of(page.text, "next"),
    }
    return await browser.post("/desk/sign-in", data=form)


async def csrf_of(browser: httpx.AsyncClient) -> dict[str, str]:
    """The header that changes of a signed-in browser carry; `/desk/who` of the tests tells it."""
    return {CSRF_HEADER: (await browser.get("/desk/who")).json()["csrf"]}

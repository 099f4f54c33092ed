"""What tests of the desk stand on."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from app.runtime import Runtime
from app.web import web_application
from bot.conversation.people import conversation_of
from desk import passwords
from desk.models import Role
from services_catalog.loader import Catalog
from tests.desk.at_desk import AtDesk
from tests.desk.staff import PASSWORD, browser_of, employed, sign_in
from tests.support.hall import Hall, Resident
from tests.web.conftest import room, visit

__all__ = ["room", "visit"]


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes as real as ever, made in a millisecond."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    passwords._nobodys.cache_clear()


@pytest.fixture
def app(room: Runtime) -> FastAPI:
    """The application."""
    return web_application(room)


@pytest.fixture
async def come(app: FastAPI, room: Runtime, quick_hashes: None) -> AsyncIterator[Callable[..., Any]]:
    """Somebody signs in and goes on duty."""
    browsers: list[httpx.AsyncClient] = []

    async def clerk(name: str = "王敏", *, role: Role = Role.CLERK, on_duty: bool = True, **rights: Any) -> AtDesk:
        login = f"clerk{len(browsers)}"
        account = await employed(room.database.session, login, name=name, role=role, **rights)
        browser = browser_of(app)
        browsers.append(browser)
        await sign_in(browser, login, PASSWORD)
        page = await browser.get("/desk")
        csrf = page.text.partition('name="csrf" content="')[2].partition('"')[0]
        desk = AtDesk(browser, csrf, account.id)
        if on_duty:
            await desk.done("/duty", on=True)
        return desk

    yield clerk
    for browser in browsers:
        await browser.aclose()


@pytest.fixture
async def resident(room: Runtime, catalog: Catalog) -> Resident:
    """Somebody at the chat."""
    hall = Hall(room.database, catalog, None, room.pipeline, None, room.published)  # type: ignore[arg-type]
    return Resident(hall, await conversation_of(room.database.session, "web", uuid4().hex))

"""One running service and one browser for all tests of a worker; each test gets residents of its own."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.account import account
from tests.e2e.browser import chromium
from tests.e2e.chat import Chat, open_chat
from tests.e2e.desk import Desk, employ, open_desk
from tests.e2e.service import Service, running_service

OpenChat = Callable[..., Chat]
OpenDesk = Callable[..., Desk]


# Of the package, not of the session: Playwright's loop must have ended before an asyncio test runs.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A running Chromium."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="package")
def service(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A running 1call, with an official account at WeChat."""
    with running_service(tmp_path_factory.mktemp("data"), **account().environment()) as running:
        yield running


@pytest.fixture
def resident(browser: Browser, service: Service) -> Iterator[OpenChat]:
    """Opens the chat for a new resident. At the end no page may have reported an error in its console."""
    opened: list[Chat] = []

    def open_one(width: int = 360, height: int = 740) -> Chat:
        chat = open_chat(browser, service.url, width, height)
        opened.append(chat)
        return chat

    yield open_one
    for chat in opened:
        chat.context.close()
    assert [trouble for chat in opened for trouble in chat.troubles] == []


@pytest.fixture(scope="package")
def wang(service: Service) -> str:
    """王敏, who works at general windows."""
    return employ(service, "王敏")


@pytest.fixture(scope="package")
def li(service: Service) -> str:
    """李雷, who leads the shift."""
    return employ(service, "李雷", "supervisor")


@pytest.fixture
def desk(browser: Browser, service: Service) -> Iterator[OpenDesk]:
    """Opens the desk for a clerk. At the end no page may have reported an error in its console."""
    opened: list[Desk] = []

    def open_one(login: str, width: int = 1280, height: int = 800) -> Desk:
        one = open_desk(browser, service.url, login, width, height)
        opened.append(one)
        return one

    yield open_one
    for one in opened:
        one.leave()
    assert [trouble for one in opened for trouble in one.troubles] == []

"""The supervisors' figures and the trail in a real browser, on one running service in which something happened."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.accessible import axe_finds_nothing
from tests.e2e.conftest import OpenChat
from tests.e2e.desk import Desk, employ, open_desk
from tests.e2e.service import Service


@pytest.fixture
def supervisor(browser: Browser, service: Service) -> Iterator[Desk]:
    """A supervisor's browser; no page may have reported an error in its console."""
    one = open_desk(browser, service.url, employ(service, "张伟", "supervisor"))
    yield one
    one.context.close()
    assert one.troubles == []


def test_what_happens_in_the_hall_is_in_the_figures(supervisor: Desk, resident: OpenChat, service: Service) -> None:
    chat = resident(360)
    chat.say("转人工")
    chat.hears("工作人员")
    page = supervisor.page
    page.goto(f"{service.url}/desk/supervision?period=today")
    expect(page.get_by_role("heading", level=3)).to_have_count(10)
    expect(page.locator("#reasons")).to_contain_text("转人工最多是因为")
    expect(page.get_by_role("img", name="位居民在问")).to_be_visible()
    table = page.locator("article").filter(has=page.locator("#reasons"))
    table.get_by_text("看表格").focus()
    page.keyboard.press("Enter")
    with page.expect_download() as download:
        table.get_by_role("link", name="存成表格文件").click()
    assert "居民要人工" in Path(download.value.path()).read_text("utf-8-sig")
    _is_accessible(supervisor)
    page.goto(f"{service.url}/desk/trail")
    expect(page.get_by_role("row").filter(has_text="登录").first).to_be_visible()
    _is_accessible(supervisor)


def test_the_figures_print_without_what_can_be_pressed(supervisor: Desk, service: Service) -> None:
    page = supervisor.page
    page.goto(f"{service.url}/desk/supervision")
    expect(page.get_by_role("button", name="打印")).to_be_visible()
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("button, summary, input, nav").locator("visible=true")).to_have_count(0)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def _is_accessible(one: Desk) -> None:
    for width in (360, 1280):
        one.page.set_viewport_size({"width": width, "height": 800})
        assert one.page.evaluate("document.documentElement.scrollWidth") <= width, f"{width} px"
        axe_finds_nothing(one.page, f"{width} px")

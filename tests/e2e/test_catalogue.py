"""The catalogue's pages in a browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.accessible import axe_finds_nothing
from tests.e2e.service import Service
from tests.e2e.test_accessibility import SMALL_TARGETS

ITEM = "canji-zheng-shenling"


@pytest.fixture
def page(browser: Browser, service: Service) -> Iterator[Page]:
    """A new visitor's page; no error may have been reported in its console."""
    context = browser.new_context(base_url=service.url, viewport={"width": 360, "height": 740})
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    yield opened
    context.close()
    assert troubles == []


def test_somebody_looks_for_an_item_and_begins_it(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="看看能办哪些事").click()
    page.get_by_role("searchbox").fill("残废证")
    page.get_by_text("“残废证”找到 1 件事").wait_for()
    assert page.locator(".entry:visible").count() == 1
    page.get_by_role("searchbox").fill("没有这种事")
    page.get_by_text("换个叫法再找找").wait_for()
    page.get_by_role("searchbox").fill("")
    page.get_by_text("一共 132 件事").wait_for()
    page.get_by_role("searchbox").fill("残废证")
    page.get_by_role("link", name="残疾证").click()
    page.get_by_role("heading", name="要带什么").wait_for()
    page.get_by_role("link", name="开始办").click()
    field = page.get_by_role("textbox")
    assert field.input_value() == "我想办残疾证"
    page.get_by_role("button", name="发送").click()
    page.get_by_role("log").get_by_text("先把要准备的一次说清楚").wait_for()
    page.reload()
    page.get_by_role("log").get_by_text("先把要准备的一次说清楚").wait_for()
    assert field.input_value() == ""


def test_without_scripts_the_form_finds_the_same(browser: Browser, service: Service) -> None:
    context = browser.new_context(base_url=service.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/catalogue")
    page.get_by_role("searchbox").fill("残废证")
    page.get_by_role("button", name="找").click()
    assert page.locator(".entry").count() == 1
    page.get_by_text("看一段例子").is_visible()
    context.close()


def test_the_pages_can_be_used_by_everyone(page: Page) -> None:
    for path in ("/catalogue", "/catalogue?q=补贴", "/catalogue?q=zzz", f"/catalogue/{ITEM}"):
        page.goto(path)
        for details in page.locator("summary").all():
            details.click()
        for width, height in ((360, 740), (1280, 800)):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate(SMALL_TARGETS) == [], f"{path}, {width} px"
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path}, {width} px"
            assert page.evaluate("getComputedStyle(document.body).fontSize") == "18px"
            axe_finds_nothing(page, f"{path}, {width} px", enhanced=True)


def test_on_paper_an_item_is_its_guide_alone(page: Page) -> None:
    page.goto(f"/catalogue/{ITEM}")
    page.emulate_media(media="print")
    assert page.get_by_role("heading", name="要带什么").is_visible()
    assert not page.get_by_role("link", name="开始办").is_visible()
    assert not page.get_by_text("看一段例子").is_visible()

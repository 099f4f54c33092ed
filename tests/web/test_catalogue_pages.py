"""The catalogue's pages, without a script."""

import re

import httpx
import pytest

from app.runtime import Runtime
from bot.channels.web.catalogue_pages import guide_of, source_of

ITEM = "canji-zheng-shenling"


async def _page(browser: httpx.AsyncClient, path: str, status: int = 200) -> str:
    answer = await browser.get(path)
    assert answer.status_code == status
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert not re.search(r"<script(?![^>]*src=)|\sstyle=|<style|\son[a-z]+=", answer.text)
    return answer.text


async def test_the_list_holds_every_item_once_by_department(browser: httpx.AsyncClient, room: Runtime) -> None:
    page = await _page(browser, "/catalogue")
    links = re.findall(r'href="/catalogue/([a-z0-9-]+)"', page)
    assert sorted(links) == sorted(room.catalog.items)
    for department in room.catalog.departments.values():
        assert department.name in page
    assert f"一共 {len(links)} 件事" in page


@pytest.mark.parametrize(
    "query", ["残疾证", "残废证", "ＣＡＮＪＩ", "zz", "  ", "<script>alert(1)</script>", "'\"&", "%00", "长" * 500]
)
async def test_a_search_is_answered_without_a_script(browser: httpx.AsyncClient, query: str) -> None:
    answer = await browser.get("/catalogue", params={"q": query})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert ("/catalogue/canji-zheng-shenling" in answer.text) == (query in ("残疾证", "残废证", "  "))


async def test_what_is_found_nowhere_says_what_to_do_next(browser: httpx.AsyncClient) -> None:
    page = await _page(browser, "/catalogue?q=zzz")
    assert "没有找到“zzz”" in page and "到对话里说说您的情况" in page


async def test_every_item_has_a_page_that_tells_what_the_chat_tells(browser: httpx.AsyncClient, room: Runtime) -> None:
    for item in room.catalog.items.values():
        page = (await _page(browser, f"/catalogue/{item.id}")).replace("&#34;", '"').replace("&#39;", "'")
        page = page.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        for told in guide_of(room.catalog, item, room.office.hours):
            assert told.text and told.text in page
        assert page.count(source_of(room.catalog, item, room.office.hours)) >= 1
        assert f'href="/?item={item.id}"' in page


@pytest.mark.parametrize("item", ["none", "%2e%2e%2fetc", "x" * 3000, "<b>"])
async def test_an_item_that_is_not_there_is_a_page_with_the_list(browser: httpx.AsyncClient, item: str) -> None:
    answer = await browser.get(f"/catalogue/{item}")
    assert answer.status_code == 404
    assert "<b>" not in answer.text.replace("<b class", "")


async def test_beginning_at_an_item_writes_the_first_sentence_for_the_resident(browser: httpx.AsyncClient) -> None:
    assert ">我想办残疾证</textarea>" in await _page(browser, f"/?item={ITEM}")
    assert "></textarea>" in await _page(browser, "/?item=none")

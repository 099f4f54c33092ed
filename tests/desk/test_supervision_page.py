"""The pages of supervisors and auditors: who may see them, what they show, and what stays out of them."""

import ast
import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app.settings import PROJECT_DIR
from bot.conversation.hours import Hours
from cases.models import Case
from desk import sessions, trail, trail_page
from desk.case_acts import KINDS
from desk.door import COOKIE, Door
from desk.models import Clerk, Role
from desk.supervision.routes import Supervision, routes
from desk.video.calls import VideoAct
from kyc.profile import create_resident
from records.base import now
from records.database import Database
from services_catalog.loader import Catalog
from tests.desk.staff import FIREFOX, browser_of, employed

pytestmark = pytest.mark.usefixtures("quick_hashes")

FIGURES = ("asked", "forecast", "alone", "reasons", "waits", "handling", "ratings", "items", "hours", "terms")
NUMBER = "3301050012026112000001"
DESK = Path(trail_page.__file__).parent


@pytest.fixture
def app(sqlite_database: Database, catalog: Catalog) -> FastAPI:
    door = Door(sqlite_database.session, "示范街道", "", "1")
    app = FastAPI()
    opening = Hours.read("工作日 9:00-17:00")
    app.include_router(routes(Supervision(door, lambda: catalog, opening, timedelta(minutes=5))))
    app.include_router(trail_page.routes(door, lambda: catalog))
    return app


class Desk:
    """Browsers of people who are signed in."""

    def __init__(self, app: FastAPI, database: Database) -> None:
        self.app, self.database, self.browsers = app, database, list[httpx.AsyncClient]()

    async def open(self, role: Role) -> httpx.AsyncClient:
        account = await employed(self.database.session, role.value, name=f"<b>{role.value}", role=role, windows=[])
        async with self.database.session() as session:
            token = await sessions.begin(session, account, FIREFOX, None)
            await session.commit()
        browser = browser_of(self.app)
        browser.cookies.set(COOKIE, token)
        self.browsers.append(browser)
        return browser


@pytest.fixture
async def desk(app: FastAPI, sqlite_database: Database) -> AsyncIterator[Desk]:
    opened = Desk(app, sqlite_database)
    yield opened
    for browser in opened.browsers:
        await browser.aclose()


async def _received(database: Database, number: str = NUMBER) -> Case:
    async with database.session() as session:
        resident = await create_resident(session)
        await session.flush()
        case = Case(
            resident_id=resident.id, item_id="gaoling-jintie", status="received", number=number, received_at=now()
        )
        session.add(case)
        await session.commit()
    return case


async def _noted(database: Database, clerk: Clerk, act: str, case: Case, times: int = 1) -> None:
    async with database.session() as session:
        for _ in range(times):
            trail.note(session, clerk.id, act, "case", case.id)
        await session.commit()


@pytest.mark.parametrize("role", list(Role))
async def test_only_those_with_the_right_get_in(desk: Desk, role: Role) -> None:
    browser = await desk.open(role)
    supervises, reads = role is Role.SUPERVISOR, role in (Role.SUPERVISOR, Role.AUDITOR)
    assert (await browser.get("/desk/supervision")).status_code == (200 if supervises else 403)
    assert (await browser.get("/desk/supervision/items.csv")).status_code == (200 if supervises else 403)
    assert (await browser.get("/desk/trail")).status_code == (200 if reads else 403)


async def test_a_stranger_is_sent_to_sign_in(app: FastAPI) -> None:
    async with browser_of(app) as stranger:
        for path in ("/desk/supervision", "/desk/supervision/items.csv", "/desk/trail"):
            answer = await stranger.get(path)
            assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/desk/sign-in")


async def test_every_figure_is_there_also_when_nothing_happened_yet(desk: Desk) -> None:
    browser = await desk.open(Role.SUPERVISOR)
    page = (await browser.get("/desk/supervision")).text
    assert all(f'id="{figure}"' in page for figure in FIGURES)
    assert "数据还不够" in page and "这段时间没有收件" in page
    assert "<b>" not in page and " style=" not in page and "onclick" not in page
    for figure in FIGURES:
        assert (await browser.get(f"/desk/supervision/{figure}.csv")).status_code == 200


async def test_every_figure_means_what_the_guide_says(desk: Desk) -> None:
    page = (await (await desk.open(Role.SUPERVISOR)).get("/desk/supervision")).text
    guide = (PROJECT_DIR / "docs" / "desk.md").read_text("utf-8")
    meanings = re.findall(r'<p class="figure__meaning">口径：(.*?)</p>', page)
    assert len(meanings) == len(FIGURES)
    assert [meaning for meaning in meanings if f" | {meaning} |" not in guide] == []


async def test_a_table_is_exported_as_it_is_shown(desk: Desk, sqlite_database: Database, catalog: Catalog) -> None:
    await _received(sqlite_database)
    browser = await desk.open(Role.SUPERVISOR)
    page = (await browser.get("/desk/supervision", params={"period": "today"})).text
    assert f"收件最多的是{catalog.items['gaoling-jintie'].name}，1件，占100%" in page
    assert "/desk/supervision/items.csv?period=today" in page
    table = await browser.get("/desk/supervision/items.csv", params={"period": "today"})
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert table.headers["Content-Disposition"].startswith('attachment; filename="items.csv"')
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"), newline="")))
    assert rows == [["事项", "办件（件）", "占比"], [catalog.items["gaoling-jintie"].name, "1", "100%"]]
    assert (await browser.get("/desk/supervision/nothing.csv")).status_code == 404


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ({"from": "2026-13-01", "to": "2026-11-01"}, "日期没看懂"),
        ({"from": "2020-01-01", "to": "2020-12-31"}, "一次最多看92天"),
        ({"from": "2020-02-01", "to": "2020-01-01"}, "开始的日子晚于结束的日子"),
        ({"from": "<script>"}, "日期没看懂"),
    ],
)
async def test_days_that_cannot_be_looked_at_are_explained(desk: Desk, days: dict[str, str], sentence: str) -> None:
    browser = await desk.open(Role.SUPERVISOR)
    page = await browser.get("/desk/supervision", params={"period": "custom", **days})
    table = await browser.get("/desk/supervision/items.csv", params={"period": "custom", **days})
    assert (page.status_code, table.status_code) == (400, 400)
    assert sentence in page.text and sentence in table.json()["detail"] and "<script>" not in page.text


async def test_the_trail_is_searched_by_who_what_and_about_what(desk: Desk, sqlite_database: Database) -> None:
    auditor = await desk.open(Role.AUDITOR)
    wang, li = [await employed(sqlite_database.session, login, name=login) for login in ("wangmin", "lilei")]
    case, other = await _received(sqlite_database), await _received(sqlite_database, "3301050012026112000002")
    await _noted(sqlite_database, wang, "claimed", case)
    await _noted(sqlite_database, li, "noted", case)
    await _noted(sqlite_database, li, "claimed", other)

    async def found(**asked: str) -> int:
        return (await auditor.get("/desk/trail", params=asked)).text.count(
            '<bdi class="lines__id">33010500120261120000'
        )

    assert await found() == 3
    assert await found(clerk=li.id) == 2
    assert await found(act="claimed") == 2
    assert await found(subject=f" {NUMBER[:10]} {NUMBER[10:]} ") == await found(subject=case.id) == 2
    assert await found(subject=NUMBER, clerk=li.id, act="noted") == 1
    assert await found(**{"from": "2020-01-01", "to": "2020-01-31"}) == 0
    assert await found(subject="nothing") == 0


async def test_codes_of_the_trail_are_told_in_words(desk: Desk, sqlite_database: Database) -> None:
    auditor, wang = await desk.open(Role.AUDITOR), await employed(sqlite_database.session)
    async with sqlite_database.session() as session:
        for act, note in (("transferred", "chuangkou-1"), ("transferred", wang.id), ("answer_seen", "id_number")):
            trail.note(session, wang.id, act, "conversation", "c" * 32, note)
        trail.note(session, wang.id, "noted", "conversation", "c" * 32, "a <b> nobody knows")
        await session.commit()
    page = (await auditor.get("/desk/trail", params={"subject": "c" * 32})).text
    for told in ("综合窗口1", "王敏（wangmin）", "身份证号", "a &lt;b&gt; nobody knows", "转给别人", "看了打码的回答"):
        assert f"{told}</" in page


async def test_looking_at_the_trail_leaves_a_line_without_what_was_looked_for(
    desk: Desk, sqlite_database: Database
) -> None:
    auditor = await desk.open(Role.AUDITOR)
    await auditor.get("/desk/trail", params={"subject": "张三330105199001011234"})
    async with sqlite_database.session() as session:
        lines = await trail.search(session, act=trail_page.READ)
    assert [(line.subject_kind, line.subject_id, line.note) for line in lines] == [("trail", "trail", "by_subject")]
    assert "按对象查" in (await auditor.get("/desk/trail", params={"act": trail_page.READ})).text


async def test_older_lines_are_a_page_away_and_none_is_missed_or_shown_twice(
    desk: Desk, sqlite_database: Database
) -> None:
    auditor, wang = await desk.open(Role.AUDITOR), await employed(sqlite_database.session)
    case = await _received(sqlite_database)
    await _noted(sqlite_database, wang, "claimed", case, times=120)
    address, sizes = f"/desk/trail?clerk={wang.id}&act=claimed", list[int]()
    while address and len(sizes) < 9:
        page = (await auditor.get(address)).text
        sizes.append(page.count("<tr>") - 1)
        link = page.partition('">更早的</a>')
        address = link[0].rpartition('href="')[2].replace("&amp;", "&") if link[1] else ""
    assert sizes == [50, 50, 20]


@pytest.mark.parametrize(
    "asked",
    [{"from": "x"}, {"from": "2026-02-01", "to": "2026-01-01"}, {"from": "0001-01-01"}, {"to": "9999-12-31"}],
)  # fmt: skip
async def test_days_that_cannot_be_read_are_told(desk: Desk, asked: dict[str, str]) -> None:
    page = await (await desk.open(Role.AUDITOR)).get("/desk/trail", params=asked)
    assert page.status_code == 400 and "日子没看懂" in page.text
    assert (await desk.browsers[0].get("/desk/trail", params={"before": "0"})).status_code == 422


def test_every_act_at_the_desk_has_a_name_on_the_trails_page() -> None:
    calls = [node for path in DESK.rglob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    noted = {
        word.value
        for call in calls
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "note"
        for word in call.args[: 3 if len(call.args) > 2 else 1]
        if isinstance(word, ast.Constant)
    }
    assert {"claimed", "packet_read", "case_read"} <= noted
    made = {*trail.AccountAct, *VideoAct, trail_page.READ, "on_duty", "off_duty"}
    varied = {f"lent_{kind}" for kind in ("collect", "begin", "verify")} | {f"case_{kind}" for kind in KINDS}
    varied |= {f"held_{decision}" for decision in ("approve", "change", "drop")}
    assert {*noted, *made, *varied} <= trail_page.acts_told().keys()

"""A video call between two browsers: the pictures really move, a question is answered, a card is shown and sent."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from starlette.staticfiles import StaticFiles

import bot.channels.web.routes as web_chat
import kyc.capture.routes as capture
from app.database import migrate
from app.engine_process import free_port
from app.listener import Listener
from app.middleware import BodyLimit, Shield
from app.setup.browser import find_chromium
from bot.conversation.bubbles import Bubble
from bot.conversation.live import Live
from cases.models import StoredFile
from desk import sessions, signing_in
from desk.door import Door
from desk.rights import desk_clerk
from desk.video import calls
from desk.video.bubbles import link_bubble
from desk.video.exchange import Exchange
from desk.video.models import VideoCall, VideoConfirmation
from desk.video.relay import Relay
from desk.video.room import VideoRoom
from desk.video.routes import routes
from records.database import Database
from services_catalog.loader import Catalog
from tests.desk.staff import employed
from tests.desk.video_hall import taken_by
from tests.e2e.accessible import axe_finds_nothing
from tests.e2e.browser import FLAGS, PATIENCE_MS
from tests.support.hall import OFFICE

Result = TypeVar("Result")

CLERKS_BROWSER = "the clerk's browser"
FAKE_CAMERA = [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",  # this machine may have no other network
]
NO_CAMERA = """
  const opened = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (wanted.video) throw new DOMException("", "NotAllowedError");
    return opened(wanted);
  };
"""
PLAYS = """(id) => {
  const video = document.getElementById(id);
  const before = Number(video.dataset.seen || 0);
  video.dataset.seen = String(video.currentTime);
  return video.videoWidth > 0 && before > 0 && video.currentTime > before;
}"""
IS_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
SMALL_TARGETS = """[...document.querySelectorAll("button, a[href], textarea")]
    .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < least - 0.5).map((e) => e.outerHTML.slice(0, 120))"""

COVERED = """[...document.querySelectorAll("#sheet-buttons button, #hang-up")].filter((e) => {
  const { left, top, width, height } = e.getBoundingClientRect();
  return !e.contains(document.elementFromPoint(left + width / 2, top + height - 4));
}).map((e) => e.textContent)"""
"""What can be pressed in a call and is not in sight."""


@dataclass
class Hall:
    """The service of calls, in a thread of its own; what it tells in threads is in `told`."""

    url: str
    loop: asyncio.AbstractEventLoop
    database: Database
    catalog: Catalog
    files: Path
    told: list[str] = field(default_factory=list)

    def do(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run something where the service runs."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    async def begin(self) -> tuple[str, str, str]:
        """A clerk who begins a call: the token of their session, the call's id, the link that the resident gets."""
        account = await employed(self.database.session, password=None)
        async with self.database.session() as session:
            token = await sessions.begin(session, account, CLERKS_BROWSER, None)
            handoff = await taken_by(session, account.id)
            call, link_token = await calls.begin(session, handoff, desk_clerk(account), self.catalog)
            await session.commit()
        office = replace(OFFICE, public_url=self.url)
        return token, call.id, link_bubble(office, link_token, account.name).links[0].href

    async def kept(self) -> tuple[list[tuple[str, str | None]], int, str | None]:
        """What was asked with the answers, how many files there are, and what ended the call."""
        async with self.database.session() as session:
            asked = await session.scalars(select(VideoConfirmation).order_by(VideoConfirmation.id))
            answers = [(each.kind, each.answer) for each in asked]
            files = len((await session.scalars(select(StoredFile))).all())
            (call,) = await session.scalars(select(VideoCall))
        return answers, files, call.ended_by


@pytest.fixture
def hall(catalog: Catalog, tmp_path: Path) -> Iterator[Hall]:
    """A running service."""
    ready, stop = threading.Event(), asyncio.Event()
    running: list[Hall] = []

    async def serve() -> None:
        port = free_port()
        url = f"sqlite+aiosqlite:///{tmp_path / 'onecall.db'}"
        await migrate(url)
        database = Database(url)
        hall = Hall(f"http://127.0.0.1:{port}", asyncio.get_running_loop(), database, catalog, tmp_path / "files")
        live = Live()
        async with Listener(_application(hall, live), "127.0.0.1", port):
            running.append(hall)
            ready.set()
            await stop.wait()
            live.close()
        await database.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(30)
    yield running[0]
    running[0].loop.call_soon_threadsafe(stop.set)
    thread.join(30)


def _application(hall: Hall, live: Live) -> FastAPI:
    async def told(conversation_id: str, bubble: Bubble) -> None:
        hall.told.append(bubble.text)

    app = FastAPI()
    video = VideoRoom(
        sessions=hall.database.session,
        door=Door(hall.database.session, OFFICE.street_name, "", "1"),
        office=replace(OFFICE, files_dir=hall.files, public_url=""),
        catalog=lambda: hall.catalog,
        relay=Relay(),
        told=told,
        exchange=Exchange(live),
    )
    app.include_router(routes(video))
    app.mount("/static/desk", StaticFiles(directory=signing_in.HERE / "static"))
    app.mount("/static/web", StaticFiles(directory=web_chat.HERE / "static"))
    app.mount("/verify-static", StaticFiles(directory=capture.HERE / "static"))
    app.add_middleware(BodyLimit)
    app.add_middleware(Shield)
    return app


@pytest.fixture
def with_camera(browser: Browser) -> Iterator[Browser]:
    """A Chromium whose camera shows a moving test picture."""
    running = browser.browser_type.launch(executable_path=find_chromium(), args=[*FLAGS, *FAKE_CAMERA])
    yield running
    running.close()


class Side:
    """One side's browser. What it complains about is kept in `troubles`; `least` is how high what is pressed must be."""

    def __init__(self, browser: Browser, least: float, sizes: list[tuple[int, int]], name: str | None = None) -> None:
        self.least, self.sizes = least, sizes
        context = browser.new_context(
            viewport={"width": sizes[0][0], "height": sizes[0][1]}, locale="zh-CN", user_agent=name
        )
        context.set_default_timeout(PATIENCE_MS)
        self.context, self.page = context, context.new_page()
        self.troubles: list[str] = []
        self.page.on("console", lambda said: self.troubles.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def press(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def sees_the_other(self) -> None:
        """The other side's picture moves."""
        self.page.wait_for_function(PLAYS, arg="other", polling=200)

    def can_be_used_by_everyone(self, stage: str) -> None:
        """Nothing too small, nothing too wide, nothing that axe complains about, at every size, in light and dark."""
        for width, height in self.sizes:
            self.page.set_viewport_size({"width": width, "height": height})
            assert self.page.evaluate(SMALL_TARGETS.replace("least", str(self.least))) == [], f"{stage}, {width} px"
            assert not self.page.evaluate(IS_WIDE), f"{stage}, {width} px"
            axe_finds_nothing(self.page, f"{stage}, {width} px", enhanced=self.least > 40)


def _residents(browser: Browser) -> Side:
    return Side(browser, 48, [(1280, 800), (360, 740)])


def _clerks(browser: Browser, hall: Hall, token: str) -> Side:
    side = Side(browser, 32, [(360, 740), (1280, 800)], CLERKS_BROWSER)
    side.context.add_cookies([{"name": "onecall_desk", "value": token, "url": hall.url}])
    return side


def test_a_call_in_which_both_see_each_other_and_something_is_confirmed(hall: Hall, with_camera: Browser) -> None:
    token, call_id, link = hall.do(hall.begin())
    clerk, resident = _clerks(with_camera, hall, token), _residents(with_camera)

    clerk.page.goto(f"{hall.url}/desk/video/{call_id}")
    clerk.can_be_used_by_everyone("before the call")
    clerk.press("进入视频")
    expect(clerk.page.get_by_role("status")).to_have_text("等居民点开链接")

    resident.page.goto(link)
    expect(resident.page.locator("main")).to_contain_text("王敏")
    resident.can_be_used_by_everyone("consent")
    resident.press("同意，接通视频")
    for side in (resident, clerk):
        side.sees_the_other()
    expect(clerk.page.get_by_role("status")).to_have_text("通话中")
    expect(resident.page.locator("#call-state")).to_have_text("已经接通，可以说话了")
    resident.can_be_used_by_everyone("call")

    clerk.press("您确认现在跟我视频的就是您本人吗？")
    clerk.page.keyboard.press("Control+Enter")
    question = resident.page.get_by_role("heading", name="您确认现在跟我视频的就是您本人吗？")
    expect(question).to_be_focused()
    resident.can_be_used_by_everyone("question")
    for _ in ("large type", "usual type"):
        resident.press("大字")
        assert resident.page.evaluate(COVERED) == []
        assert not resident.page.evaluate(IS_WIDE)
    resident.press("确认")
    expect(question).to_be_hidden()
    expect(resident.page.locator("#answered")).to_contain_text("确认")
    expect(clerk.page.locator("#asked")).to_contain_text("居民确认")
    clerk.can_be_used_by_everyone("call")

    resident.page.reload()
    resident.press("回到视频")
    for side in (resident, clerk):
        side.sees_the_other()

    clerk.press("请居民拍身份证")
    resident.press("同意，拍一张")
    resident.can_be_used_by_everyone("card before the camera")
    assert resident.page.evaluate(COVERED) == []
    resident.press("拍")
    resident.can_be_used_by_everyone("card in the picture")
    assert resident.page.evaluate(COVERED) == []
    resident.press("发这张")
    expect(clerk.page.get_by_role("link", name="看照片")).to_be_visible()

    resident.press("挂断")
    expect(resident.page.get_by_role("heading", name="已经挂断了")).to_be_visible()
    expect(resident.page.locator("#over-list")).to_contain_text("您确认现在跟我视频的就是您本人吗？")
    assert resident.page.evaluate("document.getElementById('own').srcObject === null")
    resident.can_be_used_by_everyone("the end")
    expect(clerk.page.locator("#lead")).to_have_text("居民挂断了。")
    clerk.can_be_used_by_everyone("the end")
    assert hall.do(hall.kept()) == ([("statement", "confirmed"), ("still", "confirmed")], 1, "resident")
    assert hall.told[0] == "视频里，工作人员王敏问：“您确认现在跟我视频的就是您本人吗？”您回答：确认。"
    assert (clerk.troubles, resident.troubles) == ([], [])
    resident.page.reload()
    expect(resident.page.locator("main")).to_contain_text("这次视频已经结束了")
    resident.can_be_used_by_everyone("a link that is over")


def test_without_a_camera_the_page_says_how_to_allow_it_and_a_voice_is_enough(hall: Hall, with_camera: Browser) -> None:
    token, call_id, link = hall.do(hall.begin())
    clerk, resident = _clerks(with_camera, hall, token), _residents(with_camera)
    resident.context.add_init_script(NO_CAMERA)
    resident.page.goto(link)
    resident.press("同意，接通视频")
    expect(resident.page.get_by_role("heading", name="镜头和话筒没有打开")).to_be_visible()
    expect(resident.page.locator("#trouble-steps")).to_contain_text("允许")
    resident.can_be_used_by_everyone("no camera")
    clerk.page.goto(f"{hall.url}/desk/video/{call_id}")
    clerk.press("进入视频")
    resident.press("不开镜头，只说话")
    resident.sees_the_other()
    clerk.press("请居民拍身份证")
    expect(resident.page.get_by_role("button", name="同意，拍一张")).to_be_hidden()
    resident.press("不同意")
    expect(clerk.page.locator("#asked")).to_contain_text("居民不同意，没有照片")
    clerk.press("挂断")
    expect(resident.page.get_by_role("heading", name="视频结束了")).to_be_visible()
    assert hall.do(hall.kept()) == ([("still", "denied")], 0, "clerk")
    assert (clerk.troubles, resident.troubles) == ([], [])


def test_who_would_rather_not_says_so_and_the_clerk_is_told(hall: Hall, with_camera: Browser) -> None:
    token, call_id, link = hall.do(hall.begin())
    clerk, resident = _clerks(with_camera, hall, token), _residents(with_camera)
    clerk.page.goto(f"{hall.url}/desk/video/{call_id}")
    clerk.press("进入视频")
    expect(clerk.page.get_by_role("status")).to_have_text("等居民点开链接")
    resident.page.goto(link)
    resident.press("不视频，换别的")
    expect(resident.page.get_by_role("heading", name="好的，不视频")).to_be_visible()
    resident.can_be_used_by_everyone("declined")
    expect(clerk.page.locator("#lead")).to_contain_text("居民不方便视频")

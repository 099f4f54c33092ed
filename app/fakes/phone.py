"""A follower's phone as a page: what a resident would see in WeChat, for whoever develops 1call."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, Field
from starlette.staticfiles import StaticFiles

import bot.channels.web.routes as web_chat
from app.fakes.wechat import LINK, FakeWeChat, Follower, Received, Tap
from app.simulation.resident import PHOTO
from bot.channels.wechat.menu import load_menu

HERE = Path(__file__).parent
POLICY = {"Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'", "Cache-Control": "no-cache"}


class Deed(BaseModel):
    """Something done on the phone."""

    kind: Literal["say", "tap", "click", "scan", "photo", "voice", "locate", "follow", "unfollow"]
    text: str = Field(default="", max_length=2000)
    token: str = Field(default="", max_length=100)


@dataclass
class _Own:
    """A message of the follower's own, as the phone shows it."""

    text: str
    at: float


@dataclass
class Phone:
    """One follower, and what their phone shows."""

    wechat: FakeWeChat
    follower: Follower
    own: list[_Own] = field(default_factory=list)
    _under_way: set[asyncio.Task[Any]] = field(default_factory=set)

    def do(self, deed: Deed) -> None:
        """Do something; WeChat delivers it meanwhile."""
        shown = {"photo": "［照片］", "voice": "［语音］", "scan": f"［扫码：{deed.text}］", "follow": "［关注］"}
        if deed.kind == "tap" and (tap := self._tap(deed.token)) is not None:
            shown["tap"] = tap.said
        shown |= {"unfollow": "［取消关注］", "click": f"［菜单：{deed.text}］", "locate": f"［位置：{deed.text}］"}
        self.own.append(_Own(shown.get(deed.kind, deed.text), self.wechat.clock()))
        task = asyncio.create_task(self._done(deed))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def state(self) -> dict[str, Any]:
        """All that the page shows."""
        told = [(message.at, 1, self._told(message)) for message in self.follower.received]
        said = [(own.at, 0, {"mine": True, "parts": [{"text": own.text}]}) for own in self.own]
        ordered = sorted([*told, *said], key=lambda entry: entry[:2])
        return {
            "following": self.follower.following,
            "waiting": bool(self._under_way),
            "quota": self.follower.quota,
            "menu": (self.wechat.menu or load_menu())["button"],
            "messages": [entry for _, _, entry in ordered],
        }

    def _told(self, message: Received) -> dict[str, Any]:
        pieces = LINK.split(message.text)
        parts: list[dict[str, str]] = [{"text": pieces[0]}]
        for token, label, text in zip(pieces[2::4], pieces[3::4], pieces[4::4], strict=True):
            parts += [{"text": label, "token": token}, {"text": text}]
        ms = round(message.latency_s * 1000)
        return {"mine": False, "how": message.how, "ms": ms, "parts": [part for part in parts if part["text"]]}

    def _tap(self, token: str) -> Tap | None:
        taps = (tap for message in reversed(self.follower.received) for tap in message.taps)
        return next((tap for tap in taps if tap.token == token), None)

    async def _done(self, deed: Deed) -> None:
        follower = self.follower
        match deed.kind:
            case "say":
                await follower.say(deed.text)
            case "tap":
                if (tap := self._tap(deed.token)) is not None:
                    await follower.tap(tap)
            case "click":
                await follower.click(deed.text)
            case "scan":
                await follower.scan(deed.text)
            case "photo":
                await follower.photo(PHOTO)
            case "voice":
                await follower.voice(b"#!AMR\n")
            case "locate":
                await follower.locate(deed.text)
            case "follow":
                await follower.follow()
            case "unfollow":
                await follower.unfollow()


def pages(wechat: FakeWeChat) -> FastAPI:
    """The phone's page and what it asks of us."""
    app = FastAPI(openapi_url=None)
    templates = Jinja2Templates(HERE / "templates")
    phone = Phone(wechat, wechat.follower())

    @app.get("/", response_class=HTMLResponse)
    async def page(request: Request) -> Response:
        return templates.TemplateResponse(request, "phone.html", {}, headers=POLICY)

    @app.get("/phone/state")
    async def state() -> dict[str, Any]:
        return phone.state()

    @app.post("/phone/do", status_code=202)
    async def do(deed: Deed) -> None:
        phone.do(deed)

    app.mount("/static/phone", StaticFiles(directory=HERE / "static"))
    app.mount("/static/web", StaticFiles(directory=web_chat.HERE / "static"))
    return app

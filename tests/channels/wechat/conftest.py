"""The official account's door in this process, with a real pipeline and database, and followers who write to it."""

import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import fromstring

import httpx
import pytest
from fastapi import FastAPI

from app.middleware import BodyLimit, Shield
from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.channel import Notice, WeChatChannel
from bot.channels.wechat.door import PATH, WeChatDoor, routes
from bot.channels.wechat.envelope import Envelope
from bot.conversation.channel import Part
from bot.conversation.incoming import Media
from records.database import Database
from services_catalog.loader import Catalog
from tests.support.hall import Hall, opened
from tests.support.scripted_engine import Means

TOKEN, APPID, KEY = "sesame", "wx0123456789abcdef", "k" * 43
ACCOUNT = "gh_account"
TEMPLATE = "notice-template"
SCRIPT = {
    "谢谢": Means("thanks"),
    "再见": Means("bye"),
    "人工": Means("human"),
    "我想办残疾证": Means("apply", items={"canji-zheng-shenling": 0.97}),
    "我想办残疾人证申领": Means("apply", items={"canji-zheng-shenling": 0.97}),
    "办高龄津贴": Means("apply", items={"gaoling-jintie": 0.97}),
    "查办件进度": Means("track_case"),
}
_numbers = itertools.count(1)


class RecordingChannel(WeChatChannel):
    """The channel, with what it would send to WeChat written down instead."""

    def __init__(self, database: Database) -> None:
        api = WeChatApi(database.session, APPID, "secret", "http://127.0.0.1:9")
        super().__init__(api, database.session, Notice(TEMPLATE, {"thing1": "{street}"}, "示范街道"))
        self.pushed: list[str] = []
        self.typing: list[str] = []
        self.media: dict[str, bytes] = {}

    async def send(self, address: str, part: Part) -> None:
        """Write it down."""
        self.pushed.append(part.text)

    async def show_typing(self, address: str) -> None:
        """Write it down."""
        self.typing.append(address)

    async def fetch(self, media: Media) -> bytes:
        """What was put there by the test."""
        return self.media[media.media_id]


@dataclass
class Follower:
    """Somebody in WeChat. What the callbacks answered is in `heard`."""

    door: "Door"
    openid: str
    heard: list[str] = field(default_factory=list)

    async def say(self, text: str, **tags: str) -> str:
        """Write a text; gives the passive reply, or what else was answered."""
        return await self.send(MsgType="text", Content=text, MsgId=str(next(_numbers)), **tags)

    async def event(self, event: str, **tags: Any) -> str:
        """Have something happen."""
        return await self.send(MsgType="event", Event=event, **tags)

    async def send(self, **tags: Any) -> str:
        """Have WeChat deliver a callback, sealed."""
        answer = await self.door.deliver(self.callback(**tags))
        assert answer.status_code == 200, answer.text
        self.heard.append(self.door.reply_in(answer))
        return self.heard[-1]

    def callback(self, **tags: Any) -> str:
        """A callback's XML."""
        whole = {"ToUserName": ACCOUNT, "FromUserName": self.openid, "CreateTime": str(int(time.time())), **tags}
        return f"<xml>{''.join(f'<{tag}>{_value(value)}</{tag}>' for tag, value in whole.items())}</xml>"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{tag}>{_value(each)}</{tag}>" for tag, each in value.items())
    return f"<![CDATA[{value}]]>"


@dataclass
class Door:
    """The callback over HTTP, and WeChat's side of the envelope."""

    hall: Hall
    channel: RecordingChannel
    http: httpx.AsyncClient
    envelope: Envelope = field(default_factory=lambda: Envelope(TOKEN, APPID, KEY))

    def follower(self, openid: str = "o-somebody") -> Follower:
        """A follower of the account."""
        return Follower(self, openid)

    async def deliver(self, xml: str) -> httpx.Response:
        """Seal a callback as WeChat does and post it."""
        moment = str(int(time.time()))
        sealed = self.envelope.seal(xml, moment, "nonce")
        encrypt = fromstring(sealed).findtext("Encrypt") or ""
        query = {
            "signature": self.envelope.signature(moment, "nonce"),
            "timestamp": moment,
            "nonce": "nonce",
            "openid": "o-forged",
            "encrypt_type": "aes",
            "msg_signature": self.envelope.signature(moment, "nonce", encrypt),
        }
        return await self.http.post(PATH, params=query, content=sealed.encode())

    def reply_in(self, answer: httpx.Response) -> str:
        """The text of a passive reply, opened and checked; or what was answered instead."""
        if not answer.text.startswith("<xml>"):
            return answer.text
        outer = fromstring(answer.text)
        encrypt = outer.findtext("Encrypt") or ""
        signed = (outer.findtext("TimeStamp") or "", outer.findtext("Nonce") or "", encrypt)
        assert outer.findtext("MsgSignature") == self.envelope.signature(*signed)
        inner = fromstring(self.envelope.decrypt(encrypt).decode())
        assert (inner.findtext("MsgType"), inner.findtext("FromUserName")) == ("text", ACCOUNT)
        return inner.findtext("Content") or ""

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        for conversation in [*self.hall.pipeline._workers]:
            await self.hall.pipeline.settled(conversation)
        for conversation in [*self.hall.pipeline.courier._tasks]:
            await self.hall.pipeline.courier.settled(conversation)


@asynccontextmanager
async def door_on(
    database: Database, catalog: Catalog, *, plain_allowed: bool = False, **options: Any
) -> AsyncIterator[Door]:
    """A door on `database`; leaving it is like killing its process."""
    channel = RecordingChannel(database)
    async with opened(database, catalog, SCRIPT, channels={"wechat": channel}, **options) as hall:
        app = FastAPI()
        app.include_router(
            routes(
                WeChatDoor(
                    database.session,
                    hall.pipeline,
                    channel,
                    Envelope(TOKEN, APPID, KEY),
                    lambda: catalog,
                    plain_allowed=plain_allowed,
                )
            )
        )
        app.add_middleware(BodyLimit)
        app.add_middleware(Shield)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            yield Door(hall, channel, http)


@pytest.fixture
async def door(sqlite_database: Database, catalog: Catalog) -> AsyncIterator[Door]:
    """The door in safe mode."""
    async with door_on(sqlite_database, catalog) as door:
        yield door

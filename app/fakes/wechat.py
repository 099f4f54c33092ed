"""WeChat, played on the loopback: its API, its followers' phones, and the way it delivers callbacks.

It answers as the official documents say (developers.weixin.qq.com, service accounts, read 2026-11): HTTP 200 with
`errcode` and `errmsg`; callbacks sealed in safe mode, waited for five seconds and delivered three times in all.
What it cannot know of the real one: when tokens die early, and how fast it is.
"""

import asyncio
import contextlib
import itertools
import json
import re
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote
from xml.etree.ElementTree import ParseError, fromstring

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatException
from wechatpy.utils import WeChatSigner

from app.engine_process import free_port
from app.listener import Listener

ACCOUNT = "gh_0123456789ab"
TOKEN_S, EARLY_S = 7200, 300
FORCED_A_DAY, FORCED_APART_S = 20, 30
MOST_TEXT_BYTES = 2048
WINDOWS = {"message": (5, 48 * 3600), "action": (3, 60)}
"""How many messages an occasion allows, and for how many seconds."""
WAITED_S, DELIVERIES = 5.0, 3
MEDIA_S = 3 * 86400
TYPED_AFTER_S, TYPING_S = 30, 15
"""The typing sign needs something from the follower in the last 30 seconds, and lasts 15."""
FAULT_NOTICE = "该公众号提供的服务出现故障，请稍后再试"

LINK = re.compile(r'<a href="weixin://bizmsgmenu\?msgmenucontent=([^"&]*)&msgmenuid=([^"&]*)">([^<]*)</a>')
_MESSAGES = {
    0: "ok",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40007: "invalid media_id",
    40008: "invalid message type",
    40013: "invalid appid",
    40016: "invalid button size",
    40017: "invalid button type",
    40018: "invalid button name size",
    40019: "invalid button key size",
    40020: "invalid button url size",
    40023: "invalid sub button size",
    40024: "invalid sub button type",
    40025: "invalid sub button name size",
    40026: "invalid sub button key size",
    40027: "invalid sub button url size",
    40037: "invalid template_id",
    40125: "invalid appsecret",
    41001: "access_token missing",
    43004: "require subscribe",
    43101: "user refuse to accept the msg",
    44004: "empty content",
    45002: "content size out of limit",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    45072: "command字段取值不对",
    45080: "下发输入状态，需要之前30秒内跟用户有过消息交互",
    45081: "已经在输入状态，不可重复下发",
    46003: "menu no exist",
    47001: "data format error",
}
_KEYED_BUTTONS = frozenset(
    {
        "click",
        "scancode_push",
        "scancode_waitmsg",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
        "location_select",
    }
)
MOST_NAME_BYTES, MOST_ENTRY_NAME_BYTES, MOST_KEY_BYTES, MOST_URL_BYTES = 16, 60, 128, 1024
"""UTF-8 bytes of a menu button's name, of the name of an entry below it, of a key and of an address."""


@dataclass
class Faults:
    """What goes wrong on purpose. Counts are used up, one a call of the API.

    `refuse_token` answers 40001; `drop` breaks the connection before anything happens, `drop_after` once it has;
    `down` drops everything; `slow_s` delays every answer; `closed` answers 45015.
    """

    refuse_token: int = 0
    drop: int = 0
    drop_after: int = 0
    closed: int = 0
    down: bool = False
    slow_s: float = 0.0


@dataclass(frozen=True)
class Received:
    """A message on a follower's phone: `how` is passive, push, notice or fault; `latency_s` since the last sent."""

    text: str
    how: str
    at: float
    latency_s: float

    @property
    def plain(self) -> str:
        """The text as it is read, links shown by their words."""
        return LINK.sub(r"\3", self.text)

    @property
    def taps(self) -> list["Tap"]:
        """The choices that can be tapped."""
        return [Tap(unquote(said), token, shown) for said, token, shown in LINK.findall(self.text)]


@dataclass(frozen=True)
class Tap:
    """A link in a message that sends `said` with `token` when it is tapped."""

    said: str
    token: str
    shown: str


@dataclass
class _Window:
    left: int
    ends_at: float


@dataclass
class Follower:
    """Somebody with a phone. Every method that does something gives the new message it was answered with, if any."""

    wechat: "FakeWeChat"
    openid: str
    following: bool = True
    received: list[Received] = field(default_factory=list)
    delivered: list[str] = field(default_factory=list)
    """Ids of the messages whose delivery was acknowledged."""
    accepts_notice: bool = False
    windows: dict[str, _Window] = field(default_factory=dict)
    sent_at: float = 0.0
    typing_until: float = 0.0
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def say(self, text: str) -> Received | None:
        """Write a text."""
        return await self._message("text", Content=text)

    async def tap(self, tap: Tap) -> Received | None:
        """Tap a choice: a text with the choice's token, which WeChat counts like a menu click."""
        self._opens("action")
        return await self._message("text", opens=None, Content=tap.said, bizmsgmenuid=tap.token)

    async def choose(self, label: str) -> Received | None:
        """Tap the choice with that label in the newest message that has one."""
        for message in reversed(self.received):
            for tap in message.taps:
                if tap.said == label or tap.shown == label:
                    return await self.tap(tap)
        raise LookupError(f"no choice {label}")

    async def photo(self, content: bytes, media_type: str = "image/png") -> Received | None:
        """Send a photo."""
        media_id = self.wechat.keep(content, media_type)
        return await self._message("image", PicUrl="http://mmbiz.qpic.cn/0", MediaId=media_id)

    async def voice(self, content: bytes) -> Received | None:
        """Send a voice message."""
        return await self._message("voice", MediaId=self.wechat.keep(content, "audio/amr"), Format="amr")

    async def video(self) -> Received | None:
        """Send a video."""
        media_id = self.wechat.keep(b"video", "video/mp4")
        return await self._message("video", MediaId=media_id, ThumbMediaId=media_id)

    async def locate(self, label: str, x: str = "30.27", y: str = "120.15") -> Received | None:
        """Send a location."""
        return await self._message("location", Location_X=x, Location_Y=y, Scale="15", Label=label)

    async def link(self, url: str) -> Received | None:
        """Send a link."""
        return await self._message("link", Title="标题", Description="描述", Url=url)

    async def follow(self, scene: str = "") -> Received | None:
        """Follow the account, by its code where a scene is given."""
        self.following = True
        self._opens("action")
        if scene:
            return await self._event("subscribe", EventKey=f"qrscene_{scene}", Ticket=secrets.token_hex(8))
        return await self._event("subscribe", EventKey="")

    async def unfollow(self) -> None:
        """Leave: nothing can be sent any more."""
        self.following = False
        self.windows.clear()
        await self._event("unsubscribe", EventKey="")

    async def scan(self, scene: str) -> Received | None:
        """Scan a code as a follower."""
        self._opens("action")
        return await self._event("SCAN", EventKey=scene, Ticket=secrets.token_hex(8))

    async def click(self, key: str) -> Received | None:
        """Click a menu entry."""
        self._opens("action")
        return await self._event("CLICK", EventKey=key)

    async def view(self, url: str) -> Received | None:
        """Click a menu entry that opens a page."""
        return await self._event("VIEW", EventKey=url, MenuId="1")

    async def answer_notice(self, template_id: str, *, accept: bool) -> Received | None:
        """Accept or refuse the subscribe notification."""
        self.accepts_notice = accept
        entry = {
            "TemplateId": template_id,
            "SubscribeStatusString": "accept" if accept else "reject",
            "PopupScene": "2",
        }
        return await self._event("subscribe_msg_popup_event", SubscribeMsgPopupEvent={"List": entry})

    async def next_message(self, after: int, timeout_s: float = 20.0) -> Received:
        """The message after the first `after` ones. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while len(self.received) <= after:
                self._news.clear()
                await self._news.wait()
        return self.received[after]

    async def hears(self, words: str, timeout_s: float = 20.0) -> Received:
        """The first message that holds these words, now or soon. Raises TimeoutError."""
        looked = 0
        while True:
            message = await self.next_message(looked, timeout_s)
            if words in message.plain:
                return message
            looked += 1

    @property
    def quota(self) -> dict[str, int]:
        """What may still be pushed, by occasion."""
        moment = self.wechat.clock()
        return {kind: window.left for kind, window in self.windows.items() if window.ends_at > moment}

    def arrives(self, text: str, how: str) -> Received:
        """Show a message on the phone."""
        moment = self.wechat.clock()
        self.typing_until = 0.0
        self.received.append(Received(text, how, moment, moment - self.sent_at))
        self._news.set()
        return self.received[-1]

    def spend(self) -> int:
        """Take one message from what may be pushed; gives WeChat's error number where nothing is left."""
        moment = self.wechat.clock()
        usable = [window for window in self.windows.values() if window.ends_at > moment]
        for window in sorted(usable, key=lambda each: each.ends_at):
            if window.left > 0:
                window.left -= 1
                return 0
        return 45047 if usable else 45015

    def _opens(self, kind: str) -> None:
        most, seconds = WINDOWS[kind]
        self.windows[kind] = _Window(most, self.wechat.clock() + seconds)

    async def _message(self, kind: str, *, opens: str | None = "message", **tags: str) -> Received | None:
        if opens is not None:
            self._opens(opens)
        message_id = str(next(self.wechat.message_ids))
        return await self._send({"MsgType": kind, **tags, "MsgId": message_id}, message_id)

    async def _event(self, kind: str, **tags: Any) -> Received | None:
        return await self._send({"MsgType": "event", "Event": kind, **tags}, kind)

    async def _send(self, tags: Mapping[str, Any], name: str) -> Received | None:
        """Have the callback delivered, up to three times; a passive reply arrives on the phone."""
        self.sent_at = self.wechat.clock()
        written = {
            "ToUserName": ACCOUNT,
            "FromUserName": self.openid,
            "CreateTime": str(int(self.sent_at)),
            **tags,
        }
        answer = await self.wechat.deliver(self.openid, f"<xml>{_tags(written)}</xml>")
        if answer is None:
            return self.arrives(FAULT_NOTICE, "fault")
        self.delivered.append(name)
        return self.arrives(answer, "passive") if answer else None


class FakeWeChat:
    """One account of WeChat. `callback_url` is where 1call listens; `clock` the time in seconds."""

    def __init__(
        self,
        *,
        callback_url: str = "",
        appid: str = "wx0123456789abcdef",
        secret: str = "",
        token: str = "",
        aes_key: str = "",
        clock: Callable[[], float] = time.time,
        waited_s: float = WAITED_S,
    ) -> None:
        self.callback_url, self.appid = callback_url, appid
        self.secret = secret or secrets.token_hex(16)
        self.token = token or secrets.token_hex(8)
        self.aes_key = aes_key or "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(43))
        self.clock, self.waited_s = clock, waited_s
        self.faults, self.calls, self.redelivered = Faults(), Counter[str](), 0
        self.followers: dict[str, Follower] = {}
        self.menu: dict[str, Any] | None = None
        self.url = ""
        self.message_ids = itertools.count(int(time.time()) * 1_000_000)
        self._media: dict[str, tuple[bytes, str, float]] = {}
        self._access: tuple[str, float] | None = None
        self._forced: list[float] = []
        self._crypto = WeChatCrypto(self.token, self.aes_key, self.appid)
        self._http: httpx.AsyncClient | None = None

    @asynccontextmanager
    async def serving(self, port: int = 0, pages: FastAPI | None = None) -> AsyncIterator["FakeWeChat"]:
        """Serve the API on the loopback, and `pages` beside it, while the context is open."""
        app = pages or FastAPI(openapi_url=None)
        self._add_api(app)
        app.add_middleware(_Faulty, wechat=self)
        listener = Listener(app, "127.0.0.1", port or free_port())
        limits = httpx.Limits(max_connections=1000, max_keepalive_connections=100)
        async with listener, httpx.AsyncClient(trust_env=False, timeout=self.waited_s, limits=limits) as http:
            self.url, self._http = listener.url, http
            yield self

    def environment(self) -> dict[str, str]:
        """The settings under which 1call talks to this account."""
        return {
            "ONECALL_WECHAT_APPID": self.appid,
            "ONECALL_WECHAT_SECRET": self.secret,
            "ONECALL_WECHAT_TOKEN": self.token,
            "ONECALL_WECHAT_AES_KEY": self.aes_key,
            "ONECALL_WECHAT_API_URL": self.url,
        }

    def follower(self, openid: str | None = None) -> Follower:
        """The follower of that name, or a new one."""
        openid = openid or f"o{secrets.token_urlsafe(20)}"
        return self.followers.setdefault(openid, Follower(self, openid))

    def keep(self, content: bytes, media_type: str) -> str:
        """Keep what a follower sent, for three days; gives its media id."""
        media_id = secrets.token_urlsafe(32)
        self._media[media_id] = (content, media_type, self.clock() + MEDIA_S)
        return media_id

    async def confirm_address(self) -> bool:
        """Whether the callback's address answers the way WeChat asks when it is set up."""
        query = {**self._signed(), "echostr": secrets.token_hex(8)}
        assert self._http is not None
        answer = await self._http.get(self.callback_url, params=query)
        return answer.status_code == 200 and answer.text == query["echostr"]

    async def deliver(self, openid: str, xml: str) -> str | None:
        """Deliver a callback until it is answered, three times at the most.

        Gives the passive reply's text, empty where there was none; None where the follower sees a fault notice.
        """
        assert self._http is not None
        for attempt in range(DELIVERIES):
            began = time.monotonic()
            self.redelivered += attempt > 0
            moment, nonce = str(int(self.clock())), secrets.token_hex(5)
            body = self._crypto.encrypt_message(xml, nonce, moment)
            sealed = fromstring(body)  # noqa: S314 - made by ourselves just now
            query = {
                **self._signed(moment, nonce),
                "openid": openid,
                "encrypt_type": "aes",
                "msg_signature": sealed.findtext("MsgSignature") or "",
            }
            try:
                async with asyncio.timeout(self.waited_s):
                    answer = await self._http.post(self.callback_url, params=query, content=body.encode())
                text = self._reply_in(answer)
            except (httpx.HTTPError, TimeoutError):
                text = None
            if text is not None:
                return text
            with contextlib.suppress(TimeoutError):
                # A broken connection is tried again after the same five seconds as a silent one.
                await asyncio.sleep(max(self.waited_s - (time.monotonic() - began), 0))
        return None

    def _signed(self, moment: str = "", nonce: str = "") -> dict[str, str]:
        moment, nonce = moment or str(int(self.clock())), nonce or secrets.token_hex(5)
        signer = WeChatSigner()
        signer.add_data(self.token, moment, nonce)
        return {"signature": str(signer.signature), "timestamp": moment, "nonce": nonce}

    def _reply_in(self, answer: httpx.Response) -> str | None:
        """The text of a passive reply, empty for none; None where the answer is a fault."""
        if answer.status_code != 200:
            return None
        if answer.text in ("", "success"):
            return ""
        try:
            outer = fromstring(answer.text)  # noqa: S314 - an answer of our own program on the loopback
            signature, moment, nonce = (outer.findtext(tag) or "" for tag in ("MsgSignature", "TimeStamp", "Nonce"))
            plain = self._crypto.decrypt_message(answer.text, signature, moment, nonce)
            inner = fromstring(plain)  # noqa: S314
        except (ParseError, WeChatException, ValueError, KeyError, TypeError, IndexError):
            return None
        content = inner.findtext("Content") or ""
        known = inner.findtext("ToUserName") in self.followers and inner.findtext("FromUserName") == ACCOUNT
        return content if known and content and inner.findtext("MsgType") == "text" else None

    def _add_api(self, app: FastAPI) -> None:
        app.post("/cgi-bin/stable_token")(self._stable_token)
        app.post("/cgi-bin/message/custom/send")(self._with_token(self._send))
        app.post("/cgi-bin/message/custom/typing")(self._with_token(self._typing))
        app.post("/cgi-bin/message/subscribe/bizsend")(self._with_token(self._bizsend))
        app.post("/cgi-bin/menu/create")(self._with_token(self._create_menu))
        app.get("/cgi-bin/menu/get")(self._get_menu)
        app.get("/cgi-bin/menu/delete")(self._delete_menu)
        app.get("/cgi-bin/media/get")(self._media_get)

    async def _stable_token(self, request: Request) -> JSONResponse:
        asked = await _json(request)
        if asked is None:
            return _error(47001)
        if asked.get("grant_type") != "client_credential":
            return _error(40002)
        if asked.get("appid") != self.appid:
            return _error(40013)
        if asked.get("secret") != self.secret:
            return _error(40125)
        moment = self.clock()
        old = self._access is None or self._access[1] - EARLY_S <= moment
        if asked.get("force_refresh") is True and not old:
            self._forced = [at for at in self._forced if moment - at < 86400]
            if len(self._forced) < FORCED_A_DAY and not (self._forced and moment - self._forced[-1] < FORCED_APART_S):
                self._forced.append(moment)
                old = True
        if old or self._access is None:
            self._access = (secrets.token_urlsafe(80), moment + TOKEN_S)
        return JSONResponse({"access_token": self._access[0], "expires_in": int(self._access[1] - moment)})

    def _with_token(self, call: Callable[[dict[str, Any]], int]) -> Callable[[Request], Any]:
        """A call of the API that asks for the token first, and for a JSON object."""

        async def checked(request: Request) -> JSONResponse:
            if number := self._token_error(request):
                return _error(number)
            asked = await _json(request)
            return _error(47001 if asked is None else call(asked))

        return checked

    def _token_error(self, request: Request) -> int:
        given = request.query_params.get("access_token", "")
        if not given:
            return 41001
        if self.faults.refuse_token > 0:
            self.faults.refuse_token -= 1
            return 40001
        valid = self._access is not None and given == self._access[0] and self._access[1] > self.clock()
        return 0 if valid else 40001

    def _send(self, asked: dict[str, Any]) -> int:
        follower = self.followers.get(str(asked.get("touser")))
        if follower is None:
            return 40003
        if not follower.following:
            return 43004
        content = _content(asked)
        if content is None:
            return 40008
        if not content:
            return 44004
        counted = content if asked["msgtype"] == "text" else LINK.sub(r"\3", content)
        if len(counted.encode()) > MOST_TEXT_BYTES:
            return 45002
        if self.faults.closed > 0:
            self.faults.closed -= 1
            return 45015
        if number := follower.spend():
            return number
        follower.arrives(content, "push")
        return 0

    def _typing(self, asked: dict[str, Any]) -> int:
        follower, moment = self.followers.get(str(asked.get("touser"))), self.clock()
        if follower is None:
            return 40003
        if not follower.following:
            return 43004
        if asked.get("command") == "CancelTyping":
            follower.typing_until = 0.0
            return 0
        if asked.get("command") != "Typing":
            return 45072
        if moment - follower.sent_at > TYPED_AFTER_S:
            return 45080
        if moment < follower.typing_until:
            return 45081
        follower.typing_until = moment + TYPING_S
        return 0

    def _bizsend(self, asked: dict[str, Any]) -> int:
        follower = self.followers.get(str(asked.get("touser")))
        if follower is None:
            return 40003
        if not asked.get("template_id") or not isinstance(asked.get("data"), dict):
            return 40037
        if not (follower.following and follower.accepts_notice):
            return 43101
        words = "，".join(str(each.get("value")) for each in asked["data"].values())
        follower.arrives(f"【订阅通知】{words}", "notice")
        return 0

    def _create_menu(self, asked: dict[str, Any]) -> int:
        buttons = asked.get("button")
        if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
            return 40016
        for button in buttons:
            if number := _button_error(button):
                return number
        self.menu = asked
        return 0

    async def _get_menu(self, request: Request) -> JSONResponse:
        if number := self._token_error(request):
            return _error(number)
        if self.menu is None:
            return _error(46003)
        return JSONResponse({"menu": {"button": [_told_button(button) for button in self.menu["button"]]}})

    async def _delete_menu(self, request: Request) -> JSONResponse:
        number = self._token_error(request)
        if not number:
            self.menu = None
        return _error(number)

    async def _media_get(self, request: Request) -> Response:
        if number := self._token_error(request):
            return _error(number)
        kept = self._media.get(request.query_params.get("media_id", ""))
        if kept is None or kept[2] <= self.clock():
            return _error(40007)
        content, media_type, _ = kept
        if media_type.startswith("video/"):
            return JSONResponse({"video_url": f"{self.url}/videos/{secrets.token_hex(8)}"})
        name = f'attachment; filename="{secrets.token_hex(8)}"'
        return Response(content, media_type=media_type, headers={"Content-disposition": name})


class _Faulty:
    """Counts the calls of the API and has them fail where that was asked for."""

    def __init__(self, app: Any, wechat: FakeWeChat) -> None:
        self._app, self._wechat = app, wechat

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass a call on, late, or break its connection."""
        if scope["type"] != "http" or not scope["path"].startswith("/cgi-bin/"):
            await self._app(scope, receive, send)
            return
        faults = self._wechat.faults
        self._wechat.calls[scope["path"]] += 1
        await asyncio.sleep(faults.slow_s)
        if faults.down or faults.drop > 0:
            faults.drop = max(faults.drop - 1, 0)
            await _broken(send)
            return
        if faults.drop_after > 0:
            faults.drop_after -= 1

            async def swallow(_: Any) -> None:
                return

            await self._app(scope, receive, swallow)
            await _broken(send)
            return
        await self._app(scope, receive, send)


async def _broken(send: Any) -> None:
    """Begin an answer and end its connection before it is whole: the caller's client raises."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
    await send({"type": "http.response.body", "body": b"{", "more_body": True})
    raise ConnectionAbortedError("the fake drops the connection")


async def _json(request: Request) -> dict[str, Any] | None:
    try:
        asked = json.loads(await request.body())
    except ValueError:
        return None
    return asked if isinstance(asked, dict) else None


def _error(number: int) -> JSONResponse:
    return JSONResponse({"errcode": number, "errmsg": _MESSAGES[number]})


def _content(asked: Mapping[str, Any]) -> str | None:
    """A message's text, a menu's choices as the links that they are; None for a kind that is not played."""
    inner = asked.get(str(asked.get("msgtype")))
    if not isinstance(inner, dict):
        return None
    if asked["msgtype"] == "text":
        return str(inner.get("content") or "")
    choices = inner.get("list")
    if asked["msgtype"] != "msgmenu" or not isinstance(choices, list):
        return None
    lines = [inner.get("head_content"), *(_choice(each) for each in choices), inner.get("tail_content")]
    return "\n".join(str(line) for line in lines if line)


def _choice(entry: Any) -> str:
    """A choice of a menu message; empty where it is none."""
    if not isinstance(entry, dict) or not entry.get("content"):
        return ""
    words, token = str(entry["content"]), quote(str(entry.get("id", "")), safe="")
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={quote(words, safe="")}&msgmenuid={token}">{words}</a>'


def _button_error(button: Any) -> int:
    """What WeChat objects to in a button of the menu, or in an entry below it."""
    if not isinstance(button, dict):
        return 47001
    below = button.get("sub_button") or []
    if not isinstance(below, list) or not all(isinstance(entry, dict) for entry in below):
        return 47001
    if not _fits(button.get("name"), MOST_NAME_BYTES):
        return 40018
    if not below:
        return _action_error(button, bad_type=40017, bad_key=40019, bad_url=40020)
    if len(below) > 5:
        return 40023
    for entry in below:
        if not _fits(entry.get("name"), MOST_ENTRY_NAME_BYTES):
            return 40025
        if number := _action_error(entry, bad_type=40024, bad_key=40026, bad_url=40027):
            return number
    return 0


def _action_error(button: Mapping[str, Any], *, bad_type: int, bad_key: int, bad_url: int) -> int:
    if button.get("type") == "view":
        return 0 if _fits(button.get("url"), MOST_URL_BYTES) else bad_url
    if button.get("type") not in _KEYED_BUTTONS:
        return bad_type
    return 0 if _fits(button.get("key"), MOST_KEY_BYTES) else bad_key


def _fits(text: Any, most_bytes: int) -> bool:
    return isinstance(text, str) and 1 <= len(text.encode()) <= most_bytes


def _told_button(button: Mapping[str, Any]) -> dict[str, Any]:
    """A button as WeChat tells it: every one has a list of entries below it."""
    return {**button, "sub_button": [_told_button(entry) for entry in button.get("sub_button") or []]}


def _tags(values: Mapping[str, Any]) -> str:
    """Tags as WeChat writes them: texts in CDATA sections, numbers bare."""
    written = []
    for tag, value in values.items():
        if isinstance(value, Mapping):
            inner = _tags(value)
        elif tag in ("CreateTime", "MsgId", "Location_X", "Location_Y", "Scale", "PopupScene", "MenuId"):
            inner = str(value)
        else:
            inner = f"<![CDATA[{str(value).replace(']]>', ']]]]><![CDATA[>')}]]>"
        written.append(f"<{tag}>{inner}</{tag}>")
    return "".join(written)

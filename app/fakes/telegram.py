"""Telegram, played on the loopback: the Bot API and the chatters' side of it.

It answers as the Bot API's documents say (core.telegram.org/bots/api, read 2026-11): `ok` with a `result`, or an
`error_code` with a `description` under that HTTP status. Updates are delivered to the webhook until it answers
well, a few times at most, or kept for getUpdates.
"""

import asyncio
import itertools
import json
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTasks
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.engine_process import free_port
from app.listener import Listener

BOT = {"id": 7000000001, "is_bot": True, "first_name": "1call", "username": "onecall_bot"}
MOST_UNITS = 4096
LARGEST_FILE = 20 * 1024 * 1024
"""What bots may download."""
DELIVERIES, PAUSE_S = 5, 0.2
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
_STRUCTURED = frozenset({"reply_markup", "allowed_updates", "link_preview_options"})
"""Parameters that are JSON where the others are plain text."""


@dataclass
class Faults:
    """What goes wrong on purpose. Counts are used up, one a call.

    `too_many` answers 429 with `retry_after_s`; `broken` answers 502; `drop` breaks the connection before anything
    happens, `drop_after` once it has; `slow_s` delays every answer.
    """

    too_many: int = 0
    retry_after_s: int = 1
    broken: int = 0
    drop: int = 0
    drop_after: int = 0
    slow_s: float = 0.0


@dataclass(frozen=True)
class Received:
    """A message on a chatter's screen."""

    message_id: int
    text: str
    buttons: tuple[tuple[str, str], ...]


@dataclass
class Chatter:
    """Somebody in a private chat with the bot."""

    telegram: "FakeTelegram"
    id: int
    received: list[Received] = field(default_factory=list)
    has_blocked: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _last_id: int = 0

    async def say(self, text: str) -> None:
        """Write a text."""
        await self.send(text=text)

    async def send(self, **content: Any) -> None:
        """Send a message of any kind: `content` are the fields of the Bot API's Message beyond those all have."""
        await self.telegram.deliver({"message": self.written(**content)})

    async def photo(self, content: bytes, caption: str | None = None) -> None:
        """Send a photo, in the two sizes that Telegram makes of it."""
        small, large = self.telegram.keep(content[:100]), self.telegram.keep(content)
        sizes = [
            {"file_id": small, "file_unique_id": "s", "width": 90, "height": 90, "file_size": 100},
            {"file_id": large, "file_unique_id": "l", "width": 1280, "height": 960, "file_size": len(content)},
        ]
        await self.send(photo=sizes, **({"caption": caption} if caption else {}))

    async def voice(self, content: bytes) -> None:
        """Send a voice message."""
        file_id = self.telegram.keep(content)
        await self.send(voice={"file_id": file_id, "file_unique_id": "v", "duration": 2, "mime_type": "audio/ogg"})

    async def edit(self, text: str) -> None:
        """Change the text of the message sent last."""
        edited = {**self._own(), "text": text, "edit_date": int(time.time())}
        await self.telegram.deliver({"edited_message": edited})

    async def press(self, label: str) -> None:
        """Press the button with that label in the newest message that has it."""
        for message in reversed(self.received):
            for shown, data in message.buttons:
                if shown == label:
                    await self._press(message, data)
                    return
        raise LookupError(f"no button {label}")

    async def block(self) -> None:
        """Block the bot."""
        self.has_blocked = True
        member = {"user": BOT}
        await self.telegram.deliver(
            {
                "my_chat_member": {
                    "chat": self._chat(),
                    "from": self._user(),
                    "date": int(time.time()),
                    "old_chat_member": {**member, "status": "member"},
                    "new_chat_member": {**member, "status": "kicked", "until_date": 0},
                }
            }
        )

    async def hears(self, words: str, timeout_s: float = 20.0) -> Received:
        """The first message that holds these words, now or soon. Raises TimeoutError."""
        looked = 0
        async with asyncio.timeout(timeout_s):
            while True:
                for message in self.received[looked:]:
                    looked += 1
                    if words in message.text:
                        return message
                self._news.clear()
                await self._news.wait()

    def written(self, **content: Any) -> dict[str, Any]:
        """A new message of the chatter's, as updates hold it."""
        self._last_id = next(self.telegram.message_ids)
        return {**self._own(), **content}

    def arrives(self, message: Received) -> None:
        """Show a message on the screen."""
        self.received.append(message)
        self._news.set()

    async def _press(self, message: Received, data: str) -> None:
        rows = [[{"text": shown, "callback_data": token}] for shown, token in message.buttons]
        shown = {
            "message_id": message.message_id,
            "from": BOT,
            "chat": self._chat(),
            "date": int(time.time()),
            "text": message.text,
            "reply_markup": {"inline_keyboard": rows},
        }
        query = {"id": secrets.token_hex(8), "from": self._user(), "message": shown, "chat_instance": "1", "data": data}
        await self.telegram.deliver({"callback_query": query})

    def _own(self) -> dict[str, Any]:
        """What the newest message has in common with all."""
        return {"message_id": self._last_id, "from": self._user(), "chat": self._chat(), "date": int(time.time())}

    def _user(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": False, "first_name": "居民", "language_code": "zh-hans"}

    def _chat(self) -> dict[str, Any]:
        return {"id": self.id, "first_name": "居民", "type": "private"}


class FakeTelegram:
    """One bot of Telegram. Without `webhook_url` updates wait for getUpdates. Files in `gone` cannot be downloaded."""

    def __init__(self, *, webhook_url: str = "", token: str = "", secret: str = "") -> None:
        self.token = token or f"7000000001:{secrets.token_hex(16)}"
        self.secret = secret or secrets.token_hex(16)
        self.webhook_url = webhook_url
        self.faults, self.calls = Faults(), Counter[str]()
        self.chatters: dict[int, Chatter] = {}
        self.url = ""
        self.message_ids, self.update_ids = itertools.count(1), itertools.count(secrets.randbelow(10**6))
        self.waiting: list[dict[str, Any]] = []
        self._news = asyncio.Event()
        self._files: dict[str, bytes] = {}
        self.gone: set[str] = set()
        self._http: httpx.AsyncClient | None = None

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator["FakeTelegram"]:
        """Serve the Bot API on the loopback while the context is open."""
        app = FastAPI(openapi_url=None)
        app.post("/bot{token}/{method}")(self._call)
        app.get("/file/bot{token}/{path:path}")(self._file)
        app.add_middleware(_Faulty, telegram=self)
        listener = Listener(app, "127.0.0.1", port or free_port())
        async with listener, httpx.AsyncClient(trust_env=False, timeout=30) as http:
            self.url, self._http = listener.url, http
            try:
                yield self
            finally:
                self._news.set()  # or the listener would wait for whoever still waits for updates

    def chatter(self, chat_id: int | None = None) -> Chatter:
        """Somebody who writes to the bot."""
        chat_id = chat_id or secrets.randbelow(10**9) + 10**9
        return self.chatters.setdefault(chat_id, Chatter(self, chat_id))

    def keep(self, content: bytes) -> str:
        """Keep a file; gives its id."""
        file_id = secrets.token_urlsafe(24)
        self._files[file_id] = content
        return file_id

    async def deliver(self, content: dict[str, Any], update_id: int | None = None) -> int:
        """Deliver an update; gives the last status of the webhook, 0 where it waits for getUpdates."""
        update = {"update_id": next(self.update_ids) if update_id is None else update_id, **content}
        if not self.webhook_url:
            self.waiting.append(update)
            self._news.set()
            return 0
        return await self._call_webhook(update)

    async def _call_webhook(self, update: dict[str, Any]) -> int:
        assert self._http is not None
        headers = {SECRET_HEADER: self.secret} if self.secret else {}
        status = 0
        for _ in range(DELIVERIES):
            try:
                answer = await self._http.post(self.webhook_url, json=update, headers=headers)
                status = answer.status_code
            except httpx.HTTPError:
                status = 0
            if 200 <= status < 300:
                break
            await asyncio.sleep(PAUSE_S)
        return status

    async def _call(self, token: str, method: str, request: Request) -> JSONResponse:
        if token != self.token:
            return _refused(401, "Unauthorized")
        if self.faults.broken > 0:
            self.faults.broken -= 1
            return _refused(502, "Bad Gateway")
        if self.faults.too_many > 0:
            self.faults.too_many -= 1
            pause = self.faults.retry_after_s
            return _refused(429, f"Too Many Requests: retry after {pause}", {"retry_after": pause})
        asked = await _parameters(request)
        match method:
            case "getMe":
                return _result(BOT)
            case "sendMessage":
                return self._send(asked)
            case "sendChatAction" | "answerCallbackQuery":
                return _result(True)
            case "getFile":
                return self._get_file(asked)
            case "getUpdates":
                return await self._updates(asked)
            case "setWebhook":
                return self._set_webhook(asked)
            case "deleteWebhook":
                self.webhook_url = ""
                return _result(True, description="Webhook was deleted")
        return _refused(404, "Not Found")

    def _set_webhook(self, asked: dict[str, Any]) -> JSONResponse:
        """Deliver to an address from now on, and there first what waited for getUpdates."""
        self.webhook_url, self.secret = str(asked.get("url") or ""), str(asked.get("secret_token") or "")
        waiting, self.waiting = self.waiting, []
        tasks = BackgroundTasks()
        for update in waiting:
            tasks.add_task(self._call_webhook, update)
        return _result(True, description="Webhook was set", background=tasks)

    def _send(self, asked: dict[str, Any]) -> JSONResponse:
        text, chat_id = str(asked.get("text") or ""), str(asked.get("chat_id") or "")
        chatter = self.chatters.get(int(chat_id)) if chat_id.isdecimal() else None
        if chatter is None:
            return _refused(400, "Bad Request: chat not found")
        if chatter.has_blocked:
            return _refused(403, "Forbidden: bot was blocked by the user")
        if not text.strip():
            return _refused(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > MOST_UNITS:
            return _refused(400, "Bad Request: message is too long")
        keyboard = (asked.get("reply_markup") or {}).get("inline_keyboard") or []
        buttons = tuple((button["text"], button["callback_data"]) for row in keyboard for button in row)
        if any(not 1 <= len(data.encode()) <= 64 for _, data in buttons):
            return _refused(400, "Bad Request: BUTTON_DATA_INVALID")
        message = Received(next(self.message_ids), text, buttons)
        chatter.arrives(message)
        chat = {"id": chatter.id, "type": "private", "first_name": "居民"}
        return _result(
            {"message_id": message.message_id, "from": BOT, "chat": chat, "date": int(time.time()), "text": text}
        )

    def _get_file(self, asked: dict[str, Any]) -> JSONResponse:
        content = self._files.get(str(asked.get("file_id")))
        if content is None:
            return _refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if len(content) > LARGEST_FILE:
            return _refused(400, "Bad Request: file is too big")
        return _result(
            {
                "file_id": asked["file_id"],
                "file_unique_id": "u",
                "file_size": len(content),
                "file_path": f"files/{asked['file_id']}",
            }
        )

    async def _file(self, token: str, path: str) -> Response:
        file_id = path.removeprefix("files/")
        content = self._files.get(file_id)
        if token != self.token or content is None or file_id in self.gone:
            return _refused(404, "Not Found")
        return Response(content, media_type="application/octet-stream")

    async def _updates(self, asked: dict[str, Any]) -> JSONResponse:
        """Updates from `offset` on; asking with an offset forgets all before it."""
        if self.webhook_url:
            return _refused(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        offset = int(asked.get("offset") or 0)
        self.waiting = [update for update in self.waiting if update["update_id"] >= offset]
        if not self.waiting:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), float(asked.get("timeout") or 0))
            except TimeoutError:
                return _result([])
        return _result(self.waiting)


class _Faulty:
    """Counts the calls of the API and has them come late or their connections break where that was asked for."""

    def __init__(self, app: ASGIApp, telegram: FakeTelegram) -> None:
        self._app, self._telegram = app, telegram

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on, late, or break its connection."""
        if scope["type"] != "http" or not scope["path"].startswith("/bot"):
            await self._app(scope, receive, send)
            return
        faults = self._telegram.faults
        self._telegram.calls[scope["path"].rsplit("/", 1)[-1]] += 1
        await asyncio.sleep(faults.slow_s)
        if faults.drop > 0:
            faults.drop -= 1
            await _break(send)
        elif faults.drop_after > 0:
            faults.drop_after -= 1

            async def swallow(_: Message) -> None:
                return

            await self._app(scope, receive, swallow)
            await _break(send)
        else:
            await self._app(scope, receive, send)


async def _break(send: Send) -> None:
    """Begin an answer and end its connection before it is whole: the caller's client raises."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
    await send({"type": "http.response.body", "body": b"{", "more_body": True})
    raise ConnectionAbortedError("the fake drops the connection")


async def _parameters(request: Request) -> dict[str, Any]:
    """The parameters of a call, from a form whose structured values are JSON, or from JSON."""
    if request.headers.get("content-type", "").startswith("application/json"):
        return dict(await request.json())
    given = {name: str(value) for name, value in (await request.form()).items()}
    return {name: json.loads(value) if name in _STRUCTURED else value for name, value in given.items()}


def _result(result: Any, description: str = "", background: BackgroundTasks | None = None) -> JSONResponse:
    body = {"ok": True, "result": result} | ({"description": description} if description else {})
    return JSONResponse(body, background=background)


def _refused(code: int, description: str, parameters: dict[str, Any] | None = None) -> JSONResponse:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    if parameters is not None:
        body["parameters"] = parameters
    return JSONResponse(body, code)

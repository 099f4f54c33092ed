"""Telegram, played on the loopback: the Bot API and the chatters' side of it.

It answers as the Bot API's documents say (core.telegram.org/bots/api, read 2026-11): `ok` with a `result`, or an
`error_code` with a `description` under that HTTP status. Updates are delivered to the webhook until it answers
well, or kept for getUpdates.
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

from app.engine_process import free_port
from app.listener import Listener

BOT = {"id": 7000000001, "is_bot": True, "first_name": "1call", "username": "onecall_bot"}
MOST_UNITS = 4096
DELIVERIES, PAUSE_S = 5, 0.2


@dataclass
class Faults:
    """What goes wrong on purpose: counts are used up, one a call. `retry_after_s` goes with 429."""

    too_many: int = 0
    retry_after_s: int = 1
    broken: int = 0
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

    async def say(self, text: str) -> None:
        """Write a text."""
        await self._message(text=text)

    async def photo(self, content: bytes, caption: str | None = None) -> None:
        """Send a photo, in the two sizes that Telegram makes of it."""
        small, large = self.telegram.keep(content[:100]), self.telegram.keep(content)
        sizes = [
            {"file_id": small, "file_unique_id": "s", "width": 90, "height": 90, "file_size": 100},
            {"file_id": large, "file_unique_id": "l", "width": 1280, "height": 960, "file_size": len(content)},
        ]
        await self._message(photo=sizes, **({"caption": caption} if caption else {}))

    async def voice(self, content: bytes) -> None:
        """Send a voice message."""
        file_id = self.telegram.keep(content)
        await self._message(voice={"file_id": file_id, "file_unique_id": "v", "duration": 2, "mime_type": "audio/ogg"})

    async def edit(self, text: str) -> None:
        """Change the last text."""
        message = {**self._written(text=text), "edit_date": int(time.time())}
        await self.telegram.deliver({"edited_message": message})

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

    def arrives(self, message: Received) -> None:
        """Show a message on the screen."""
        self.received.append(message)
        self._news.set()

    async def _message(self, **content: Any) -> None:
        await self.telegram.deliver({"message": self._written(**content)})

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

    def _written(self, **content: Any) -> dict[str, Any]:
        message_id = next(self.telegram.message_ids)
        return {
            "message_id": message_id,
            "from": self._user(),
            "chat": self._chat(),
            "date": int(time.time()),
            **content,
        }

    def _user(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": False, "first_name": "居民", "language_code": "zh-hans"}

    def _chat(self) -> dict[str, Any]:
        return {"id": self.id, "first_name": "居民", "type": "private"}


class FakeTelegram:
    """One bot of Telegram. Without `webhook_url` updates wait for getUpdates."""

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
        self._http: httpx.AsyncClient | None = None

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator["FakeTelegram"]:
        """Serve the Bot API on the loopback while the context is open."""
        app = FastAPI(openapi_url=None)
        app.post("/bot{token}/{method}")(self._call)
        app.get("/file/bot{token}/{path:path}")(self._file)
        listener = Listener(app, "127.0.0.1", port or free_port())
        async with listener, httpx.AsyncClient(trust_env=False, timeout=30) as http:
            self.url, self._http = listener.url, http
            yield self

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
        assert self._http is not None
        status = 0
        for _ in range(DELIVERIES):
            try:
                answer = await self._http.post(
                    self.webhook_url, json=update, headers={"X-Telegram-Bot-Api-Secret-Token": self.secret}
                )
                status = answer.status_code
            except httpx.HTTPError:
                status = 0
            if 200 <= status < 300:
                break
            await asyncio.sleep(PAUSE_S)
        return status

    async def _call(self, token: str, method: str, request: Request) -> JSONResponse:
        self.calls[method] += 1
        await asyncio.sleep(self.faults.slow_s)
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
        return _refused(404, "Not Found")

    def _send(self, asked: dict[str, Any]) -> JSONResponse:
        text = str(asked.get("text") or "")
        chatter = self.chatters.get(int(asked.get("chat_id") or 0))
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
            return _refused(400, "Bad Request: invalid file_id")
        return _result(
            {
                "file_id": asked["file_id"],
                "file_unique_id": "u",
                "file_size": len(content),
                "file_path": f"files/{asked['file_id']}",
            }
        )

    async def _file(self, token: str, path: str) -> Response:
        content = self._files.get(path.removeprefix("files/"))
        if token != self.token or content is None:
            return Response(status_code=404)
        return Response(content, media_type="application/octet-stream")

    async def _updates(self, asked: dict[str, Any]) -> JSONResponse:
        """Updates from `offset` on; asking with an offset forgets all before it."""
        offset = int(asked.get("offset") or 0)
        self.waiting = [update for update in self.waiting if update["update_id"] >= offset]
        if not self.waiting:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), float(asked.get("timeout") or 0))
            except TimeoutError:
                return _result([])
        return _result(self.waiting)


async def _parameters(request: Request) -> dict[str, Any]:
    """The parameters of a call, from a form whose structured values are JSON, or from JSON."""
    if request.headers.get("content-type", "").startswith("application/json"):
        return dict(await request.json())
    found: dict[str, Any] = {}
    for name, value in (await request.form()).items():
        text = str(value)
        found[name] = json.loads(text) if text[:1] in "[{" and text[:1] else text
    return found


def _result(result: Any) -> JSONResponse:
    return JSONResponse({"ok": True, "result": result})


def _refused(code: int, description: str, parameters: dict[str, Any] | None = None) -> JSONResponse:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    if parameters is not None:
        body["parameters"] = parameters
    return JSONResponse(body, code)

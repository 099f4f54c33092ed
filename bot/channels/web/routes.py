"""The web chat: page, messages in, live messages out."""

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from weakref import WeakValueDictionary

from fastapi import APIRouter, Cookie, File, Form, Header, HTTPException, Query, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, StreamingResponse
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, Field

from bot.channels.web.messages import page_message, page_owner
from bot.conversation.history import thread
from bot.conversation.inbox import number_of
from bot.conversation.incoming import MAX_CHARS, Incoming, cleaned
from bot.conversation.limits import RateLimit, line_of
from bot.conversation.live import RESIDENT, TYPING_S, Live
from bot.conversation.models import Conversation
from bot.conversation.news import Position, end_of, news_after
from bot.conversation.people import conversation_of, known_conversation
from bot.conversation.pipeline import Pipeline
from bot.conversation.turn import Office
from bot.conversation.wording import phrase
from cases.files import MAX_BYTES, FileRefused, store_file
from records.database import Sessions
from services_catalog.loader import Catalog

COOKIE = "onecall_chat"
COOKIE_AGE_S = 180 * 24 * 3600
HEARTBEAT_S = 15.0
MESSAGES_A_MINUTE = 40
TYPED_A_MINUTE = 30
OPENED_A_MINUTE = 120
"""New conversations from one address, behind which there may be a whole neighbourhood."""
HERE = Path(__file__).parent

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_templates = Jinja2Templates(HERE / "templates")


class Sent(BaseModel):
    """A message from the page: a text, or a choice with the label it was shown under."""

    client_id: str = Field(pattern=r"^[A-Za-z0-9-]{8,64}$")
    text: str | None = Field(default=None, max_length=20_000)
    choice: str | None = Field(default=None, max_length=200)
    label: str | None = Field(default=None, max_length=200)


@dataclass
class WebChat:
    """What the routes work with."""

    sessions: Sessions
    pipeline: Pipeline
    live: Live
    office: Office
    catalog: Callable[[], Catalog]
    asset_version: str
    secure_cookie: bool


def routes(chat: WebChat) -> APIRouter:
    """The web chat's routes."""
    router = APIRouter()
    limit, openings = RateLimit(MESSAGES_A_MINUTE, 60.0), RateLimit(OPENED_A_MINUTE, 60.0)
    typed = RateLimit(TYPED_A_MINUTE, 60.0)
    uploads: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def known(token: str | None) -> str | None:
        """The conversation behind a session cookie, if it is one that we gave."""
        if token is None or not _TOKEN.fullmatch(token):
            return None
        return await known_conversation(chat.sessions, "web", token)

    async def conversation(token: str | None) -> str:
        """The conversation behind a session cookie; 401 without one."""
        found = await known(token)
        if found is None:
            raise HTTPException(401, phrase("utter_web_session_gone"))
        return found

    async def opened(address: str) -> tuple[str, str]:
        """A new conversation and its cookie. The cookie is always ours: none that a browser brings becomes one."""
        if not openings.admits(line_of(address)):
            raise HTTPException(429, phrase("utter_web_crowd"))
        token = secrets.token_urlsafe(32)
        return await conversation_of(chat.sessions, "web", token), token

    def admit(conversation_id: str) -> None:
        if not limit.admits(conversation_id):
            raise HTTPException(429, phrase("utter_too_fast"))

    @router.get("/", response_class=HTMLResponse)
    async def page(request: Request, item: str = "") -> Response:
        wanted = chat.catalog().items.get(item)
        return _templates.TemplateResponse(
            request,
            "chat.html",
            {
                "street_name": chat.office.street_name,
                "office_hours": chat.office.hours,
                "office_phone": chat.office.phone,
                "asset_version": chat.asset_version,
                "beginning": "" if wanted is None else phrase("utter_web_begin", item=wanted.call_it),
            },
        )

    @router.get("/chat/history")
    async def history(
        request: Request,
        response: Response,
        onecall_chat: Annotated[str | None, Cookie()] = None,
        before: datetime | None = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 50,
    ) -> dict[str, Any]:
        conversation_id, token = await known(onecall_chat), onecall_chat
        if conversation_id is None or token is None:
            conversation_id, token = await opened(request.client.host if request.client else "")
        response.set_cookie(
            COOKIE, token, max_age=COOKIE_AGE_S, httponly=True, samesite="lax", secure=chat.secure_cookie
        )
        async with chat.sessions() as session:
            # First, so that what is said meanwhile comes by the stream: the page shows nothing twice.
            end = await end_of(session, conversation_id)
            said = await thread(session, conversation_id, limit + 1, None if before is None else _in_utc(before))
            owner = (await session.get_one(Conversation, conversation_id)).owner
        shown = said[-limit:]
        return {
            "messages": [page_message(entry).model_dump(mode="json") for entry in shown],
            "more": len(said) > limit,
            "cursor": shown[0].at.isoformat() if shown else "",
            "last_event_id": str(end),
            "owner": page_owner(owner),
        }

    @router.post("/chat/messages", status_code=202)
    async def message(sent: Sent, onecall_chat: Annotated[str | None, Cookie()] = None) -> dict[str, str]:
        conversation_id = await conversation(onecall_chat)
        admit(conversation_id)
        text = cleaned(sent.text if sent.text is not None else sent.label or "")
        if sent.choice is None and not text:
            raise HTTPException(400, phrase("utter_empty_message"))
        if len(text) > MAX_CHARS:
            raise HTTPException(413, phrase("utter_long_message", limit=MAX_CHARS))
        message = Incoming(text=text, choice=sent.choice)
        receipt = await chat.pipeline.receive(conversation_id, sent.client_id, message)
        return {"id": f"in-{receipt.number}"}

    @router.post("/chat/typing", status_code=204)
    async def typing(onecall_chat: Annotated[str | None, Cookie()] = None) -> None:
        """The resident is typing: shown to the clerk who has the conversation, and kept nowhere."""
        conversation_id = await conversation(onecall_chat)
        if typed.admits(conversation_id):
            chat.live.type(conversation_id, RESIDENT)

    @router.post("/chat/files", status_code=202)
    async def file(
        client_id: Annotated[str, Form(pattern=r"^[A-Za-z0-9-]{8,64}$")],
        file: Annotated[UploadFile, File()],
        onecall_chat: Annotated[str | None, Cookie()] = None,
    ) -> dict[str, str]:
        conversation_id = await conversation(onecall_chat)
        admit(conversation_id)
        # One at a time, so that a retry which comes before the first has ended finds it, too.
        async with uploads.setdefault(conversation_id, asyncio.Lock()):
            async with chat.sessions() as session:
                number = await number_of(session, conversation_id, client_id)
            if number is None:
                number = await keep(conversation_id, client_id, file)
        return {"id": f"in-{number}"}

    async def keep(conversation_id: str, client_id: str, file: UploadFile) -> int:
        """Store a file and receive it as a message; gives the message's number."""
        content = await file.read(MAX_BYTES + 1)
        name = cleaned(Path(file.filename or "").name) or "照片"
        async with chat.sessions() as session:
            resident_id = (await session.get_one(Conversation, conversation_id)).resident_id
            try:
                stored = await store_file(session, chat.office.files_dir, resident_id, name, content)
            except FileRefused as refused:
                raise HTTPException(400, phrase(refused.phrase)) from refused
            await session.commit()
        message = Incoming(file_id=stored.id, file_name=name)
        return (await chat.pipeline.receive(conversation_id, client_id, message)).number

    @router.get("/chat/events")
    async def events(
        onecall_chat: Annotated[str | None, Cookie()] = None,
        after: Annotated[str, Query(max_length=40)] = "",
        last_event_id: Annotated[str | None, Header()] = None,
    ) -> StreamingResponse:
        conversation_id = await conversation(onecall_chat)
        start = Position.read(last_event_id) or Position.read(after) or Position()
        stream = _events(chat, conversation_id, start)
        return StreamingResponse(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    return router


def _in_utc(moment: datetime) -> datetime:
    """The moment in UTC; 400 without a time zone, or at the ends of time, where it cannot be converted."""
    try:
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except OverflowError:
        pass
    raise HTTPException(400, phrase("utter_web_bad_request"))


async def _events(chat: WebChat, conversation_id: str, position: Position) -> AsyncIterator[str]:
    """What is said and changes of state, as server-sent events, until the page goes away or the news end."""
    state = ""
    with chat.live.watch(conversation_id) as news:
        while not news.ended:
            news.clear()
            async with chat.sessions() as session:
                said = await news_after(session, conversation_id, position)
                owner = (await session.get_one(Conversation, conversation_id)).owner
            for entry in said:
                position = position.past(entry)
                yield f"id: {position}\nevent: message\ndata: {page_message(entry).model_dump_json()}\n\n"
            typing = [who for who in chat.live.who_types(conversation_id) if who != RESIDENT]
            working = chat.pipeline.is_working(conversation_id) or bool(typing)
            fresh = json.dumps({"owner": page_owner(owner), "working": working})
            if fresh != state:
                state = fresh
                yield f"event: state\ndata: {state}\n\n"
            try:
                await asyncio.wait_for(news.wait(), TYPING_S if typing else HEARTBEAT_S)
            except TimeoutError:
                yield ": still here\n\n"

"""The desk's requests about conversations: queue, packet, thread, and what a clerk does."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import duty
from bot.conversation.handoffs import Stage
from bot.conversation.models import Conversation, Handoff
from cases import drafts
from cases.files import read_file
from cases.models import StoredFile
from desk import deeds, trail
from desk.deeds import refusals
from desk.door import Dependency
from desk.hub import Desk, News
from desk.models import Role
from desk.packet import packet_of
from desk.queue_view import queue_of
from desk.requests import (
    Begun,
    Duty,
    HeldDecision,
    LastWords,
    Note,
    Revealed,
    Summary,
    Transfer,
    Viewing,
    Wanted,
    Words,
)
from desk.rights import DeskClerk, may_see
from desk.room import DeskRoom
from desk.sessions import SignedIn
from desk.thread import thread_of
from desk.views import Packet, QueueView, Thread
from desk.wording import said

HEARTBEAT_S = 15.0
ITEMS_FOUND = 12


def routes(room: DeskRoom) -> APIRouter:
    """The routes of conversations, for clerks and supervisors."""
    talking = room.door.requires(Role.CLERK, Role.SUPERVISOR)
    router = room.door.router(room.door.api)
    _reading(router, room, talking)
    _doing(router, room, talking)
    _live(router, room, talking)
    return router


def _reading(router: APIRouter, room: DeskRoom, talking: Dependency) -> None:
    @router.get("/api/queue")
    async def queue(who: Annotated[SignedIn, Depends(talking)]) -> QueueView:
        return await queue_of(room, who.clerk)

    @router.get("/api/handoffs/{handoff_id}")
    async def packet(handoff_id: int, who: Annotated[SignedIn, Depends(talking)]) -> Packet:
        return await _packet(room, who.clerk, handoff_id)

    @router.get("/api/handoffs/{handoff_id}/thread")
    async def thread(handoff_id: int, before: datetime, who: Annotated[SignedIn, Depends(talking)]) -> Thread:
        moment = before.astimezone(UTC) if before.tzinfo else before.replace(tzinfo=UTC)
        async with room.sessions() as session:
            handoff = await _visible(session, room, who.clerk, handoff_id)
            return await thread_of(session, handoff.conversation_id, moment)

    @router.get("/api/items")
    async def items(
        q: Annotated[str, Query(max_length=40)], who: Annotated[SignedIn, Depends(talking)]
    ) -> list[dict[str, str]]:
        found = [
            item
            for item in room.catalog().items.values()
            if q in item.name or q in item.call_it or any(q in name for name in item.spoken_names)
        ]
        return [{"id": i.id, "name": i.name, "call_it": i.call_it} for i in found[:ITEMS_FOUND]]

    @router.get("/api/files/{file_id}")
    async def file(file_id: str, who: Annotated[SignedIn, Depends(talking)]) -> Response:
        async with room.sessions() as session:
            stored = await session.get(StoredFile, file_id)
            if stored is None or not await _may_see_files(session, room, who.clerk, stored):
                raise HTTPException(404, said("not_found"))
            content = await read_file(session, room.office.files_dir, stored.resident_id, file_id)
            trail.note(session, who.clerk.id, "file_seen", "file", file_id)
            await session.commit()
        if content is None:
            raise HTTPException(404, said("file_gone"))
        headers = {"Content-Disposition": "inline", "Cache-Control": "private, no-store"}
        return Response(content, media_type=stored.media_type, headers=headers)

    @router.post("/api/handoffs/{handoff_id}/reveal")
    async def reveal(handoff_id: int, body: Revealed, who: Annotated[SignedIn, Depends(talking)]) -> dict[str, str]:
        async with room.sessions() as session:
            handoff = await _visible(session, room, who.clerk, handoff_id)
            case = await drafts.find(session, handoff.case_id or "")
            answer = None if case is None else drafts.answer_of(case, body.key)
            if handoff.clerk_id != who.clerk.id or case is None or answer is None:
                raise HTTPException(404, said("not_found"))
            trail.note(session, who.clerk.id, "answer_seen", "case", case.id, body.key)
            await session.commit()
        return {"value": answer.shown}


def _doing(router: APIRouter, room: DeskRoom, talking: Dependency) -> None:
    Who = Annotated[SignedIn, Depends(talking)]  # noqa: N806 - a type, known only here

    @router.post("/api/handoffs/{handoff_id}/claim")
    async def claim(handoff_id: int, who: Who) -> Packet:
        with refusals():
            await deeds.claim(room, who.clerk, handoff_id)
        return await _packet(room, who.clerk, handoff_id)

    @router.post("/api/handoffs/{handoff_id}/release", status_code=204)
    async def release(handoff_id: int, who: Who) -> None:
        with refusals():
            await deeds.release(room, who.clerk, handoff_id)

    @router.post("/api/handoffs/{handoff_id}/transfer", status_code=204)
    async def transfer(handoff_id: int, body: Transfer, who: Who) -> None:
        with refusals():
            await deeds.transfer(
                room, who.clerk, handoff_id, to=body.clerk_id, window=body.window, note=body.note.strip()
            )

    @router.post("/api/handoffs/{handoff_id}/takeover")
    async def take_over(handoff_id: int, who: Who) -> Packet:
        with refusals():
            await deeds.take_over(room, who.clerk, handoff_id)
        return await _packet(room, who.clerk, handoff_id)

    @router.post("/api/handoffs/{handoff_id}/say", status_code=202)
    async def say(handoff_id: int, body: Words, who: Who) -> dict[str, str]:
        with refusals():
            number = await deeds.say(room, who.clerk, handoff_id, body.text, body.client_id)
        return {"id": f"out-{number}"}

    @router.post("/api/handoffs/{handoff_id}/note", status_code=204)
    async def note(handoff_id: int, body: Note, who: Who) -> None:
        with refusals():
            await deeds.add_note(room, who.clerk, handoff_id, body.text)

    @router.post("/api/handoffs/{handoff_id}/typing", status_code=204)
    async def typing(handoff_id: int, who: Who) -> None:
        async with room.sessions() as session:
            handoff = await _visible(session, room, who.clerk, handoff_id)
        if handoff.clerk_id == who.clerk.id and handoff.stage == Stage.TAKEN:
            room.live.type(handoff.conversation_id, who.clerk.name)

    @router.post("/api/handoffs/{handoff_id}/collect", status_code=204)
    async def collect(handoff_id: int, body: Wanted, who: Who) -> None:
        with refusals():
            await deeds.lend(room, who.clerk, handoff_id, "collect", text=body.material)

    @router.post("/api/handoffs/{handoff_id}/begin", status_code=204)
    async def begin(handoff_id: int, body: Begun, who: Who) -> None:
        with refusals():
            await deeds.lend(room, who.clerk, handoff_id, "begin", item=body.item_id)

    @router.post("/api/handoffs/{handoff_id}/verify", status_code=204)
    async def verify(handoff_id: int, who: Who) -> None:
        with refusals():
            await deeds.lend(room, who.clerk, handoff_id, "verify")

    @router.post("/api/handoffs/{handoff_id}/return", status_code=204)
    async def give_back(handoff_id: int, body: Summary, who: Who) -> None:
        with refusals():
            await deeds.give_back(room, who.clerk, handoff_id, body.summary)

    @router.post("/api/handoffs/{handoff_id}/close", status_code=204)
    async def close(handoff_id: int, body: LastWords, who: Who) -> None:
        with refusals():
            await deeds.close(room, who.clerk, handoff_id, body.words)

    @router.post("/api/held/{held_id}", status_code=204)
    async def held(held_id: int, body: HeldDecision, who: Who) -> None:
        with refusals():
            await deeds.decide_held(room, who.clerk, held_id, body.decision, body.text)

    @router.post("/api/duty", status_code=204)
    async def on_duty(body: Duty, who: Who) -> None:
        with refusals():
            await deeds.go_on_duty(room, who.clerk, on=body.on)


def _live(router: APIRouter, room: DeskRoom, talking: Dependency) -> None:
    @router.post("/api/viewing", status_code=204)
    async def viewing(body: Viewing, who: Annotated[SignedIn, Depends(talking)]) -> None:
        conversation_id = None
        if body.handoff_id is not None:
            async with room.sessions() as session:
                conversation_id = (await _visible(session, room, who.clerk, body.handoff_id)).conversation_id
        await room.hub.look_at(who.clerk.id, body.handoff_id, conversation_id)

    @router.get("/api/stream")
    async def stream(who: Annotated[SignedIn, Depends(talking)]) -> StreamingResponse:
        return StreamingResponse(_news(room, who), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _news(room: DeskRoom, who: SignedIn) -> AsyncIterator[str]:
    """News for one desk as server-sent events, until its page goes away or its session ends."""
    with room.hub.open(who.clerk) as desk:
        yield "event: queue\ndata: {}\n\n"
        looked = time.monotonic()
        while True:
            news = await _next(desk, HEARTBEAT_S)
            if time.monotonic() - looked >= HEARTBEAT_S:
                looked = time.monotonic()
                if not await _is_still_there(room, who):
                    return
            if news is None:
                yield ": still here\n\n"
                continue
            yield f"event: {news.kind}\ndata: {json.dumps(_data(news), ensure_ascii=False)}\n\n"


async def _next(desk: Desk, patience_s: float) -> News | None:
    """The next news, or None after a while without any."""
    try:
        async with asyncio.timeout(patience_s):
            return await desk.news.get()
    except TimeoutError:
        return None


async def _is_still_there(room: DeskRoom, who: SignedIn) -> bool:
    """Whether the session stands; a clerk on duty is seen, as long as their desk is open."""
    if not await room.door.stands(who):
        return False
    async with room.sessions() as session:
        if await duty.is_there(session, who.clerk.id):
            await duty.be_there(session, deeds.colleague_of(room, who.clerk))
            await session.commit()
    return True


def _data(news: News) -> dict[str, Any]:
    match news.kind:
        case "thread":
            entries = [entry.model_dump(mode="json") for entry in news.entries]
            return {"conversation_id": news.conversation_id, "entries": entries}
        case "typing":
            return {"conversation_id": news.conversation_id, "who": news.who}
        case "viewers":
            return {"handoff_id": news.handoff_id, "names": list(news.names)}
        case _:
            return {}


async def _packet(room: DeskRoom, clerk: DeskClerk, handoff_id: int) -> Packet:
    """The packet; that it was read is on record."""
    async with room.sessions() as session:
        handoff = await _visible(session, room, clerk, handoff_id)
        packet = await packet_of(session, room, clerk, handoff)
        trail.note(session, clerk.id, "packet_read", "conversation", handoff.conversation_id)
        await session.commit()
    return packet


async def _visible(session: AsyncSession, room: DeskRoom, clerk: DeskClerk, handoff_id: int) -> Handoff:
    """The handoff, if it is open and the clerk may see it. Raises 404."""
    with refusals():
        handoff = await deeds.visible_handoff(session, room, clerk, handoff_id)
    if handoff.closed_at is not None:
        raise HTTPException(404, said("not_found"))
    return handoff


async def _may_see_files(session: AsyncSession, room: DeskRoom, clerk: DeskClerk, stored: StoredFile) -> bool:
    """Whether the file is of a case the clerk may see, or of a resident whose open handoff is theirs."""
    catalog = room.catalog()
    case = await drafts.find(session, stored.case_id or "")
    item = None if case is None else catalog.items.get(case.item_id)
    if case is not None and item is not None and case.number is not None:
        return may_see(clerk, item.window, item.department, catalog.restricted, holder=case.handler_id)
    open_ones = (
        select(Handoff)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(Handoff.closed_at.is_(None), Conversation.resident_id == stored.resident_id)
    )
    return any(
        may_see(clerk, each.window, each.department, catalog.restricted, holder=each.clerk_id)
        for each in await session.scalars(open_ones)
    )

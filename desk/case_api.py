"""The desk's requests about cases."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.models import Conversation
from cases import drafts, telling
from cases.models import Case
from cases.notices import Told
from cases.open_cases import MOST_AT_ONCE, bulk
from cases.states import Status
from cases.working import Act, By, NotWorked
from desk import trail
from desk.case_acts import KINDS, Wish
from desk.case_view import CaseView, view_of
from desk.models import Role
from desk.requests import Revealed
from desk.rights import DeskClerk, may_see
from desk.room import DeskRoom
from desk.sessions import SignedIn
from desk.wording import said
from services_catalog.schema import Item

BULK = frozenset({"take", "accept", "review"})
"""What may be done to many cases at once: nothing that needs a reason or cannot be undone."""


class Many(BaseModel):
    """The same for many cases, each as it was seen."""

    ids: list[str] = Field(max_length=MOST_AT_ONCE)
    act: str
    seen: dict[str, Status] = Field(default={}, max_length=MOST_AT_ONCE)


class Result(BaseModel):
    """What became of one case."""

    id: str
    done: bool
    detail: str = ""


def routes(room: DeskRoom) -> APIRouter:
    """The routes of cases, for clerks and supervisors."""
    working = room.door.requires(Role.CLERK, Role.SUPERVISOR)
    router = room.door.router(room.door.api)
    Who = Annotated[SignedIn, Depends(working)]  # noqa: N806 - a type, known only here

    @router.get("/api/cases/{case_id}")
    async def one(case_id: str, who: Who) -> CaseView:
        async with room.sessions() as session:
            case, item = await visible_case(session, room, who.clerk, case_id)
            view = await view_of(session, room, who.clerk, case, item)
            trail.note(session, who.clerk.id, "case_read", "case", case.id)
            await session.commit()
        return view

    @router.post("/api/cases/bulk")
    async def many(body: Many, who: Who) -> list[Result]:
        if body.act not in BULK:
            raise HTTPException(422, said("not_in_bulk"))
        return await _many(room, who.clerk, body)

    @router.post("/api/cases/{case_id}/reveal")
    async def reveal(case_id: str, body: Revealed, who: Who) -> dict[str, str]:
        async with room.sessions() as session:
            case, _ = await visible_case(session, room, who.clerk, case_id)
            answer = drafts.answer_of(case, body.key)
            if answer is None:
                raise HTTPException(404, said("not_found"))
            trail.note(session, who.clerk.id, "answer_seen", "case", case.id, body.key)
            await session.commit()
        return {"value": answer.shown}

    @router.post("/api/cases/{case_id}/{act}")
    async def do(case_id: str, act: str, wish: Wish, who: Who) -> CaseView:
        kind = KINDS.get(act)
        if kind is None:
            raise HTTPException(404, said("not_found"))
        async with room.sessions() as session:
            case, item = await visible_case(session, room, who.clerk, case_id)
            by = By(who.clerk.id, who.clerk.name)
            try:
                told = await kind.do(Act(session, case, item, by, wish.seen, room.today), wish, room.counts_for)
            except NotWorked as refused:
                raise HTTPException(409, refused.told) from refused
            conversation = await _tell(session, room, case, told)
            trail.note(session, who.clerk.id, f"case_{act}", "case", case.id)
            await session.commit()
            view = await view_of(session, room, who.clerk, case, item)
        _announce(room, conversation)
        return view

    return router


async def _many(room: DeskRoom, clerk: DeskClerk, body: Many) -> list[Result]:
    async with room.sessions() as session:
        seen: dict[str, Status] = {}
        for case_id in body.ids:
            case, _ = await visible_case(session, room, clerk, case_id)
            seen[case_id] = body.seen.get(case_id, Status(case.status))
        kind, wish = KINDS[body.act], Wish(seen=Status.RECEIVED)

        async def act(one: Act) -> Told | None:
            return await kind.do(one, wish, timedelta())

        done = await bulk(session, seen, act, By(clerk.id, clerk.name), room.catalog().items, room.today)
        conversations = []
        for each in done:
            if each.refused is None and each.case is not None:
                conversations.append(await _tell(session, room, each.case, each.told))
                trail.note(session, clerk.id, f"case_{body.act}", "case", each.case_id)
        await session.commit()
    for conversation in conversations:
        _announce(room, conversation)
    return [Result(id=each.case_id, done=each.refused is None, detail=each.refused or "") for each in done]


async def _tell(session: AsyncSession, room: DeskRoom, case: Case, told: Told | None) -> Conversation | None:
    return None if told is None else await telling.tell(session, room.voice, case, told)


def _announce(room: DeskRoom, conversation: Conversation | None) -> None:
    if conversation is not None:
        room.pipeline.announce(conversation)
    room.hub.queue_changed()


async def visible_case(session: AsyncSession, room: DeskRoom, clerk: DeskClerk, case_id: str) -> tuple[Case, Item]:
    """The filed case, if the clerk may see it. Raises 404."""
    case = await drafts.find(session, case_id)
    item = None if case is None else room.catalog().items.get(case.item_id)
    restricted = room.catalog().restricted
    if case is None or item is None or case.number is None:
        raise HTTPException(404, said("not_found"))
    if not may_see(clerk, item.window, item.department, restricted, holder=case.handler_id):
        raise HTTPException(404, said("not_found"))
    return case, item

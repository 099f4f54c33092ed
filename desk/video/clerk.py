"""The clerk's side of a call: `/desk/video/<call>`, and what its page sends."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException, Query
from fastapi.responses import HTMLResponse, StreamingResponse
from jinja2 import Environment
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.wording import phrase
from desk.sessions import SignedIn
from desk.video import calls, confirmations
from desk.video.bodies import PAGE, Joined, Question, Sent, pass_on
from desk.video.calls import EndedBy
from desk.video.confirmations import MOST_CHARS, AskRefused, Kind
from desk.video.exchange import Side
from desk.video.models import VideoCall
from desk.video.room import VideoRoom, finish, stream
from desk.wording import said
from records.base import now


def clerk_pages(video: VideoRoom, pages: Environment) -> APIRouter:
    """The page of a call, for the clerk whose call it is."""
    router = video.door.router(video.door.page)

    @router.get("/video/{call_id}", response_class=HTMLResponse)
    async def page(call_id: str, signed_in: Annotated[SignedIn, Depends(video.door.page)]) -> HTMLResponse:
        async with video.sessions() as session:
            call = await calls.of_clerk(session, call_id, signed_in.clerk.id)
            over = None if call is None else await calls.over_by(session, call)
        if call is None:
            gone = pages.get_template("gone.html").render(street=video.office.street_name)
            return HTMLResponse(gone, 404)
        item = video.catalog().items.get(call.item_id)
        name = call.item_id if item is None else item.name
        return HTMLResponse(
            pages.get_template("clerk.html").render(
                call=call.id,
                over=over or "",
                csrf=signed_in.csrf,
                street=video.office.street_name,
                clerk=call.clerk_name,
                item=name,
                statements=[
                    phrase("utter_video_statement_own_will", item=name),
                    phrase("utter_video_statement_true"),
                    phrase("utter_video_statement_person"),
                ],
                most_chars=MOST_CHARS,
            )
        )

    return router


def clerk_routes(video: VideoRoom) -> APIRouter:
    """What the clerk's page asks and sends; the door has seen to who they are and to the CSRF token."""
    router = video.door.router(video.door.api)
    Clerk = Annotated[SignedIn, Depends(video.door.api)]  # noqa: N806

    @router.post("/video/{call_id}/join")
    async def join(call_id: str, signed_in: Clerk) -> Joined:
        call = await current(call_id, signed_in)
        return Joined(ice=video.relay.servers(call.id, now()))

    @router.get("/video/{call_id}/events")
    async def events(
        call_id: str,
        signed_in: Clerk,
        page: Annotated[str, Query(pattern=PAGE)],
        last_event_id: Annotated[int, Header(ge=0, le=2**53)] = 0,
    ) -> StreamingResponse:
        async with video.sessions() as session:
            call = await mine(session, call_id, signed_in)

        async def may_stay() -> bool:
            return await video.door.stands(signed_in)

        lines = stream(video, call, Side.CLERK, page, last_event_id, may_stay)
        return StreamingResponse(lines, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    @router.post("/video/{call_id}/signal", status_code=202)
    async def signal(call_id: str, sent: Sent, signed_in: Clerk) -> dict[str, str]:
        call = await current(call_id, signed_in)
        pass_on(video, call, Side.CLERK, sent, said("video_page_gone"), said("video_too_large"))
        return {}

    @router.post("/video/{call_id}/ask")
    async def ask(call_id: str, question: Question, signed_in: Clerk) -> dict[str, int]:
        call = await current(call_id, signed_in)
        kind = Kind(question.kind)
        words = phrase("utter_video_still_ask") if kind is Kind.STILL else question.words
        try:
            async with video.sessions() as session:
                asked = await confirmations.ask(session, call, kind, words)
                await session.commit()
        except AskRefused as refused:
            raise HTTPException(422, said(f"video_ask_{refused.fault}", most=MOST_CHARS)) from None
        video.exchange.wake(call.id)
        return {"id": asked.id}

    @router.post("/video/{call_id}/withdraw")
    async def withdraw(call_id: str, signed_in: Clerk) -> dict[str, str]:
        call = await current(call_id, signed_in)
        async with video.sessions() as session:
            await confirmations.withdraw(session, call)
            await session.commit()
        video.exchange.wake(call.id)
        return {}

    @router.post("/video/{call_id}/hang-up")
    async def hang_up(call_id: str, signed_in: Clerk) -> dict[str, str]:
        call = await current(call_id, signed_in)
        await finish(video, call, EndedBy.CLERK)
        return {}

    async def mine(session: AsyncSession, call_id: str, signed_in: SignedIn) -> VideoCall:
        """The clerk's call of that id. Raises HTTPException."""
        call = await calls.of_clerk(session, call_id, signed_in.clerk.id)
        if call is None:
            raise HTTPException(404, said("video_gone"))
        return call

    async def current(call_id: str, signed_in: SignedIn) -> VideoCall:
        """The same, where it is still on and nothing comes too often. Raises HTTPException."""
        async with video.sessions() as session:
            call = await mine(session, call_id, signed_in)
            if await calls.over_by(session, call) is not None:
                raise HTTPException(410, said("video_over"))
        if not video.posts.admits(f"{Side.CLERK} {call.id}"):
            raise HTTPException(429, said("video_too_fast"))
        return call

    return router

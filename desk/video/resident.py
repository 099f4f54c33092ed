"""The resident's side of a call: `/video/<token>`, and what its page sends."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Cookie, File, Header, HTTPException, Query, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, StreamingResponse
from jinja2 import Environment
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.models import Conversation
from bot.conversation.wording import phrase
from cases.files import erase_file, store_file
from cases.models import Case
from desk.video import calls, confirmations
from desk.video.bodies import PAGE, Agreed, Given, Joined, Sent, pass_on
from desk.video.bubbles import answer_bubble
from desk.video.calls import EndedBy, LinkFault, LinkRefused
from desk.video.confirmations import Answer, AnswerRefused, Kind
from desk.video.exchange import Side
from desk.video.models import VideoCall, VideoConfirmation
from desk.video.room import VideoRoom, finish, stream
from kyc.images import ImageFault, ImageRefused, pixels_of
from records.base import now

COOKIE = "onecall_video"
LARGEST_STILL = 2 * 1024 * 1024
STILL_NAME = "视频中的身份证.jpg"
_STATUS = {LinkFault.UNKNOWN: 404, LinkFault.ELSEWHERE: 403}

Browser = Annotated[str | None, Cookie(alias=COOKIE, max_length=64)]


def resident_routes(video: VideoRoom, pages: Environment) -> APIRouter:
    """The page and its requests. No answer to them is an error of ours, whatever is sent."""
    router = APIRouter(prefix="/video")

    @router.get("/{token}", response_class=HTMLResponse)
    async def page(token: str, browser: Browser = None) -> HTMLResponse:
        try:
            async with video.sessions() as session:
                call = await calls.of_link(session, token, browser)
                conversation = await session.get_one(Conversation, call.conversation_id)
        except LinkRefused as refused:
            sentence = phrase(f"utter_video_link_{refused.fault}")
            ended = pages.get_template("ended.html").render(
                street=video.office.street_name, sentence=sentence, phone=video.office.phone
            )
            return HTMLResponse(ended, _status(refused.fault))
        catalog = video.catalog()
        item = catalog.items.get(call.item_id)
        window = None if item is None else catalog.windows[item.window].name
        return HTMLResponse(
            pages.get_template("resident.html").render(
                token=token,
                street=video.office.street_name,
                clerk=call.clerk_name,
                purpose=call.item_id if item is None else item.name,
                window=window,
                hours=video.office.hours,
                phone=video.office.phone,
                minutes_left=max(1, round((call.expires_at - now()).total_seconds() / 60)),
                returns=call.browser_index is not None,
                back="/" if conversation.channel == "web" else None,
            )
        )

    @router.post("/{token}/join")
    async def join(request: Request, response: Response, token: str, body: Agreed, browser: Browser = None) -> Joined:
        async with video.sessions() as session:
            call = await opened(request, session, token, browser)
            if not body.agreed:
                raise HTTPException(400, phrase("utter_video_consent_needed"))
            if call.browser_index is None:
                try:
                    mine = await calls.join(session, call)
                except LinkRefused as refused:
                    raise _refusal(refused) from None
                await session.commit()
                lasts = round((calls.LINK_VALID + calls.LONGEST_CALL).total_seconds())
                response.set_cookie(
                    COOKIE, mine, max_age=lasts, path=f"/video/{token}", httponly=True, samesite="lax",
                    secure=video.door.secure_cookie,
                )  # fmt: skip
        video.exchange.wake(call.id)
        return Joined(ice=video.relay.servers(call.id, now()))

    @router.post("/{token}/decline")
    async def decline(request: Request, token: str, browser: Browser = None) -> dict[str, str]:
        async with video.sessions() as session:
            call = await opened(request, session, token, browser)
        await finish(video, call, EndedBy.DECLINED if call.joined_at is None else EndedBy.RESIDENT)
        return {}

    @router.post("/{token}/hang-up")
    async def hang_up(request: Request, token: str, browser: Browser = None) -> dict[str, str]:
        async with video.sessions() as session:
            call = await taken(request, session, token, browser)
        await finish(video, call, EndedBy.RESIDENT)
        return {}

    @router.get("/{token}/events")
    async def events(
        request: Request,
        token: str,
        page: Annotated[str, Query(pattern=PAGE)],
        browser: Browser = None,
        last_event_id: Annotated[int, Header(ge=0, le=2**53)] = 0,
    ) -> StreamingResponse:
        async with video.sessions() as session:
            call = await taken(request, session, token, browser)

        async def may_stay() -> bool:
            return True  # the stream itself sees when the call is over

        lines = stream(video, call, Side.RESIDENT, page, last_event_id, may_stay)
        return StreamingResponse(lines, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    @router.post("/{token}/signal", status_code=202)
    async def signal(request: Request, token: str, sent: Sent, browser: Browser = None) -> dict[str, str]:
        async with video.sessions() as session:
            call = await taken(request, session, token, browser)
        gone, large = phrase("utter_web_bad_request"), phrase("utter_web_large")
        pass_on(video, call, Side.RESIDENT, sent, gone, large)
        return {}

    @router.post("/{token}/answers/{number}")
    async def answer(
        request: Request, token: str, number: int, given: Given, browser: Browser = None
    ) -> dict[str, str]:
        async with video.sessions() as session:
            call = await taken(request, session, token, browser)
            if given.confirmed and await confirmations.pending(session, call, number, Kind.STILL):
                raise HTTPException(400, phrase("utter_web_bad_request"))  # a still is agreed to by sending it
            said = Answer.CONFIRMED if given.confirmed else Answer.DENIED
            question = await answered(session, call, number, said)
            await session.commit()
        await tell(call, question)
        return {}

    @router.post("/{token}/stills/{number}")
    async def still(
        request: Request, token: str, number: int, still: Annotated[UploadFile, File()], browser: Browser = None
    ) -> dict[str, str]:
        async with video.sessions() as session:
            call = await taken(request, session, token, browser)
            if not await confirmations.pending(session, call, number, Kind.STILL):
                raise HTTPException(409, phrase("utter_video_not_asked"))
        content = await _picture(still)
        async with video.sessions() as session:
            conversation = await session.get_one(Conversation, call.conversation_id)
            owner, folder = conversation.resident_id, video.office.files_dir
            stored = await store_file(session, folder, owner, STILL_NAME, content)
            try:
                question = await answered(session, call, number, Answer.CONFIRMED, stored.id)
            except HTTPException:
                await erase_file(session, folder, owner, stored.id)
                raise
            case = None if call.case_id is None else await session.get(Case, call.case_id)
            if case is not None and case.resident_id == owner:
                stored.case_id = case.id
            await session.commit()
        await tell(call, question)
        return {}

    async def opened(request: Request, session: AsyncSession, token: str, browser: str | None) -> VideoCall:
        """The call of a link, for a request that comes from our page and not too often. Raises HTTPException."""
        if request.method == "POST" and not video.door.is_ours(request):
            raise HTTPException(403, phrase("utter_web_bad_request"))
        try:
            call = await calls.of_link(session, token, browser)
        except LinkRefused as refused:
            raise _refusal(refused) from None
        if request.method == "POST" and not video.posts.admits(f"{Side.RESIDENT} {call.id}"):
            raise HTTPException(429, phrase("utter_too_fast"))
        return call

    async def taken(request: Request, session: AsyncSession, token: str, browser: str | None) -> VideoCall:
        """The same, for the browser that agreed to the call. Raises HTTPException."""
        call = await opened(request, session, token, browser)
        if call.browser_index is None:
            raise HTTPException(400, phrase("utter_video_consent_needed"))
        return call

    async def answered(
        session: AsyncSession, call: VideoCall, number: int, said: Answer, file_id: str | None = None
    ) -> VideoConfirmation:
        try:
            return await confirmations.answer(session, call, number, said, file_id)
        except AnswerRefused:
            raise HTTPException(409, phrase("utter_video_not_asked")) from None

    async def tell(call: VideoCall, question: VideoConfirmation) -> None:
        """Show an answer to both sides, and in the thread."""
        video.exchange.wake(call.id)
        await video.told(call.conversation_id, answer_bubble(question, call.clerk_name))

    return router


async def _picture(still: UploadFile) -> bytes:
    """The bytes of a JPEG that opens. Raises HTTPException."""
    content = await still.read(LARGEST_STILL + 1)
    if len(content) > LARGEST_STILL:
        raise HTTPException(413, phrase("utter_video_still_large"))
    try:
        await asyncio.to_thread(pixels_of, content)
        if not content.startswith(b"\xff\xd8\xff"):
            raise ImageRefused(ImageFault.KIND)
    except ImageRefused as refused:
        raise HTTPException(400, phrase(f"utter_image_{refused.fault}")) from None
    return content


def _refusal(refused: LinkRefused) -> HTTPException:
    return HTTPException(_status(refused.fault), phrase(f"utter_video_link_{refused.fault}"))


def _status(fault: LinkFault) -> int:
    return _STATUS.get(fault, 410)

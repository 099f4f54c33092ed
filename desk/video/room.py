"""What the pages of a call work with: how the call stands, and the stream that tells them."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from bot.conversation.bubbles import Bubble
from bot.conversation.limits import RateLimit
from bot.conversation.turn import Office
from desk.door import Door
from desk.video import calls, confirmations
from desk.video.calls import EndedBy
from desk.video.confirmations import Answer
from desk.video.exchange import Exchange, Seat, Side
from desk.video.models import VideoCall, VideoConfirmation
from desk.video.relay import Relay
from records.database import Sessions
from services_catalog.loader import Catalog

HEARTBEAT_S = 15.0
POSTS_A_SECOND = 20
"""Of each side of a call; browsers gather what they find out about their ways, and send it a few times a second."""

Told = Callable[[str, Bubble], Awaitable[None]]
"""Says something in a conversation's thread as the system."""


@dataclass(frozen=True)
class VideoRoom:
    """Everything the routes of calls need. `posts` is how often each side may send something."""

    sessions: Sessions
    door: Door
    office: Office
    catalog: Callable[[], Catalog]
    relay: Relay
    told: Told
    exchange: Exchange
    posts: RateLimit = field(default_factory=lambda: RateLimit(POSTS_A_SECOND, 1.0))


class Asked(BaseModel):
    """Something asked, as both pages show it. Only the desk is told which file came of it."""

    id: int
    kind: str
    asked: str
    asked_at: datetime
    answer: str | None
    answer_told: str | None
    at: datetime | None
    file_id: str | None = None

    @classmethod
    def of(cls, question: VideoConfirmation, side: Side) -> "Asked":
        """What `side` gets to see of a question."""
        return cls(
            id=question.id,
            kind=question.kind,
            asked=question.asked,
            asked_at=question.asked_at,
            answer=question.answer,
            answer_told=None if question.answer is None else Answer(question.answer).told,
            at=question.at,
            file_id=question.file_id if side is Side.CLERK else None,
        )


class Standing(BaseModel):
    """How a call stands for one page."""

    status: str
    ended_by: EndedBy | None
    peer: str | None
    peer_is_there: bool
    asked: list[Asked]


async def finish(video: VideoRoom, call: VideoCall, by: EndedBy) -> None:
    """End a call and let both pages know."""
    async with video.sessions() as session:
        await calls.end(session, call, by)
        await session.commit()
    video.exchange.forget(call.id)


async def stream(
    video: VideoRoom, call: VideoCall, side: Side, page: str, after: int, may_stay: Callable[[], Awaitable[bool]]
) -> AsyncIterator[str]:
    """How the call stands and the other side's signals, as server-sent events, until the call is over, another page
    of this side comes, or whoever watches `may_stay` no longer."""
    shown = ""
    with video.exchange.seat(call.id, side, page) as seat:
        while True:
            seat.news.clear()
            async with video.sessions() as session:
                present = await session.get_one(VideoCall, call.id)
                over = await calls.over_by(session, present)
                asked = await confirmations.of_call(session, call.id)
            if seat.is_replaced:
                yield "event: replaced\ndata: {}\n\n"
                return
            standing = Standing(
                status="over" if over is not None else "live" if present.joined_at is not None else "invited",
                ended_by=over,
                peer=seat.peer,
                peer_is_there=seat.peer_is_there,
                asked=[Asked.of(question, side) for question in asked],
            ).model_dump_json()
            unread = seat.after(after)  # at once: a page is told of the other one before it hears it
            if standing != shown:
                shown = standing
                yield f"event: standing\ndata: {shown}\n\n"
            if over is not None:
                await finish(video, present, over)
                return
            for signal in unread:
                after = signal.number
                yield _event("signal", signal.body, signal.number)
            if seat.news.ended:
                return
            if await _is_news(seat):
                continue
            if not await may_stay():
                return
            yield ": still here\n\n"


async def _is_news(seat: Seat) -> bool:
    """Whether there is something to read before the line has to be shown to be alive."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(HEARTBEAT_S):
            await seat.news.wait()
            return True
    return False


def _event(name: str, body: dict[str, Any], number: int) -> str:
    return f"id: {number}\nevent: {name}\ndata: {json.dumps(body, ensure_ascii=False)}\n\n"

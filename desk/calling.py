"""Beginning a video call from the desk: the clerk gets a page, the resident a link in the chat."""

from typing import Annotated

from fastapi import APIRouter, Depends

from bot.conversation import outbox
from bot.conversation.bubbles import Speaker
from desk.deeds import Refused, deed, refusals
from desk.models import Role
from desk.rights import DeskClerk
from desk.room import DeskRoom
from desk.sessions import SignedIn
from desk.video import calls
from desk.video.bubbles import link_bubble
from desk.video.calls import CallFault, CallRefused


def routes(room: DeskRoom) -> APIRouter:
    """The request that begins a call."""
    talking = room.door.requires(Role.CLERK, Role.SUPERVISOR)
    router = room.door.router(room.door.api)

    @router.post("/api/handoffs/{handoff_id}/video")
    async def video(handoff_id: int, who: Annotated[SignedIn, Depends(talking)]) -> dict[str, str]:
        with refusals():
            return {"href": f"/desk/video/{await begin(room, who.clerk, handoff_id)}"}

    return router


async def begin(room: DeskRoom, clerk: DeskClerk, handoff_id: int) -> str:
    """Begin a call, or come back to the one that is on; gives its id. Raises Refused."""
    async with deed(room, clerk, handoff_id) as act:
        try:
            call, token = await calls.begin(act.session, act.handoff, clerk, room.catalog())
        except CallRefused as refused:
            on = await calls.open_of(act.session, handoff_id) if refused.fault is CallFault.ONGOING else None
            if on is None or on.clerk_id != clerk.id:
                raise Refused(409, f"video_refused_{refused.fault}") from refused
            return on.id
        bubble = link_bubble(room.office, token, clerk.name)
        is_pushed = room.pipeline.is_pushed(act.conversation)
        outbox.post(act.session, act.conversation, None, [bubble], is_pushed, Speaker.SYSTEM)
        return call.id

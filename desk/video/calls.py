"""A video call's life: from the link in the chat to the end, and who may be in it."""

import secrets
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.handoffs import Stage
from bot.conversation.models import Handoff
from desk import trail
from desk.rights import DeskClerk
from desk.video.models import VideoCall
from records.base import now
from records.database import rows_changed
from records.encryption import blind_index
from services_catalog.loader import Catalog
from services_catalog.schema import Mode

LINK_VALID = timedelta(minutes=15)
LONGEST_CALL = timedelta(hours=1)


class VideoAct(StrEnum):
    """What is done about calls, in the desk's trail."""

    BEGUN = "video_begun"
    ENDED = "video_ended"
    ASKED = "video_asked"
    STILL_KEPT = "video_still_kept"


class EndedBy(StrEnum):
    """What ended a call; each has a sentence for the desk, `video_ended_<reason>`."""

    CLERK = "clerk"
    RESIDENT = "resident"
    DECLINED = "declined"
    """The resident would rather not."""
    REPLACED = "replaced"
    """The clerk gave a newer link."""
    EXPIRED = "expired"
    PASSED_ON = "passed_on"
    """The clerk does not have the conversation any more."""


class CallFault(StrEnum):
    """Why no call can begin; each has a sentence for the desk, `video_refused_<fault>`."""

    NOT_YOURS = "not_yours"
    NO_VIDEO = "no_video"
    ONGOING = "ongoing"


class CallRefused(Exception):
    """No call can begin."""

    def __init__(self, fault: CallFault) -> None:
        super().__init__(fault)
        self.fault = fault


class LinkFault(StrEnum):
    """Why a link leads nowhere; each has a sentence `utter_video_link_<fault>`."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    ENDED = "ended"
    ELSEWHERE = "elsewhere"
    """It was taken in another browser."""


class LinkRefused(Exception):
    """A link that cannot be used."""

    def __init__(self, fault: LinkFault) -> None:
        super().__init__(fault)
        self.fault = fault


def offers_video(catalog: Catalog, item_id: str | None) -> bool:
    """Whether an item can be done by video 视频办."""
    item = catalog.items.get(item_id or "")
    return item is not None and Mode.VIDEO in item.modes


async def begin(session: AsyncSession, handoff: Handoff, clerk: DeskClerk, catalog: Catalog) -> tuple[VideoCall, str]:
    """A new call by the clerk who has the conversation; gives it and the token of its link.

    A link that was not taken goes nowhere from now on. Raises CallRefused where the clerk does not have the word, the
    item is not done by video, or the resident is in a call already.
    """
    if not offers_video(catalog, handoff.item_id):
        raise CallRefused(CallFault.NO_VIDEO)
    # Written, not only read: so that calls of one handoff begin one after the other, and nobody passes it on meanwhile.
    mine = update(Handoff).where(
        Handoff.id == handoff.id,
        Handoff.clerk_id == clerk.id,
        Handoff.stage == Stage.TAKEN.value,
        Handoff.closed_at.is_(None),
    )
    if await rows_changed(session, mine.values(clerk_id=clerk.id)) != 1:
        raise CallRefused(CallFault.NOT_YOURS)
    before = await open_of(session, handoff.id)
    if before is not None:
        over = await over_by(session, before)
        if over is None and before.joined_at is not None:
            raise CallRefused(CallFault.ONGOING)
        await end(session, before, over or EndedBy.REPLACED)
    token = secrets.token_urlsafe(24)
    call = VideoCall(
        handoff_id=handoff.id,
        conversation_id=handoff.conversation_id,
        case_id=handoff.case_id,
        item_id=handoff.item_id,
        clerk_id=clerk.id,
        clerk_name=clerk.name,
        token_index=_index(token),
        expires_at=now() + LINK_VALID,
    )
    session.add(call)
    trail.note(session, clerk.id, VideoAct.BEGUN, "conversation", handoff.conversation_id)
    await session.flush()
    return call, token


async def open_of(session: AsyncSession, handoff_id: int) -> VideoCall | None:
    """The handoff's call that was not ended, if there is one; it may be over all the same, as `over_by` says."""
    rows = select(VideoCall).where(VideoCall.handoff_id == handoff_id, VideoCall.ended_at.is_(None))
    return (await session.scalars(rows)).one_or_none()


async def of_clerk(session: AsyncSession, call_id: str, clerk_id: str) -> VideoCall | None:
    """The call of that id, if it is one of that clerk."""
    call = await session.get(VideoCall, call_id)
    return call if call is not None and call.clerk_id == clerk_id else None


async def of_link(session: AsyncSession, token: str, browser: str | None) -> VideoCall:
    """The call of a link that is not over, for the browser it belongs to. Raises LinkRefused."""
    call = (await session.scalars(select(VideoCall).where(VideoCall.token_index == _index(token)))).one_or_none()
    if call is None:
        raise LinkRefused(LinkFault.UNKNOWN)
    over = await over_by(session, call)
    if over is not None:
        never_taken = over is EndedBy.EXPIRED and call.joined_at is None
        raise LinkRefused(LinkFault.EXPIRED if never_taken else LinkFault.ENDED)
    if call.browser_index is not None and (browser is None or call.browser_index != _index(browser)):
        raise LinkRefused(LinkFault.ELSEWHERE)
    return call


async def over_by(session: AsyncSession, call: VideoCall) -> EndedBy | None:
    """Why the call is over, whether or not somebody ended it; None while it is on."""
    if call.ended_by is not None:
        return EndedBy(call.ended_by)
    if call.expires_at <= now():
        return EndedBy.EXPIRED
    talks = select(Handoff.id).where(
        Handoff.id == call.handoff_id,
        Handoff.clerk_id == call.clerk_id,
        Handoff.stage.in_([Stage.TAKEN.value, Stage.LENT.value]),
        Handoff.closed_at.is_(None),
    )
    return None if await session.scalar(talks) is not None else EndedBy.PASSED_ON


async def join(session: AsyncSession, call: VideoCall) -> str:
    """Have the browser that asks take the call; gives what it has to show from now on. Raises LinkRefused.

    Exactly one of any number of browsers takes it, and only while the link is good.
    """
    browser, moment = secrets.token_urlsafe(24), now()
    free = update(VideoCall).where(
        VideoCall.id == call.id,
        VideoCall.browser_index.is_(None),
        VideoCall.ended_at.is_(None),
        VideoCall.expires_at > moment,
    )
    taken = free.values(browser_index=_index(browser), joined_at=moment, expires_at=moment + LONGEST_CALL)
    if await rows_changed(session, taken) != 1:
        raise LinkRefused(LinkFault.ELSEWHERE)
    return browser


async def end(session: AsyncSession, call: VideoCall, by: EndedBy) -> bool:
    """End a call; False where it was ended before."""
    still_open = and_(VideoCall.id == call.id, VideoCall.ended_at.is_(None))
    if await rows_changed(session, update(VideoCall).where(still_open).values(ended_at=now(), ended_by=by.value)) != 1:
        return False
    trail.note(session, call.clerk_id, VideoAct.ENDED, "conversation", call.conversation_id, by.value)
    return True


def _index(secret: str) -> str:
    return blind_index(secret, "video link")

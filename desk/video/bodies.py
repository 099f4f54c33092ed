"""What the two pages of a call send, and what they get to connect."""

from typing import Annotated, Any, Literal

from fastapi import HTTPException
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from desk.video.confirmations import MOST_CHARS
from desk.video.exchange import LARGEST, NotThere, Side
from desk.video.models import VideoCall
from desk.video.relay import IceServer
from desk.video.room import VideoRoom

PAGE = r"^[0-9a-f]{32}$"
Page = Annotated[str, StringConstraints(pattern=PAGE)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Description(_Strict):
    """An RTCSessionDescription."""

    type: Literal["offer", "answer", "pranswer", "rollback"]
    sdp: str = Field(max_length=LARGEST)


class Candidate(BaseModel):
    """An RTCIceCandidate, as browsers write it."""

    candidate: str = Field(max_length=1024)
    sdpMid: str | None = Field(default=None, max_length=64)  # noqa: N815
    sdpMLineIndex: int | None = None  # noqa: N815
    usernameFragment: str | None = Field(default=None, max_length=256)  # noqa: N815


class Sent(_Strict):
    """A signal of `page` for the page `to` of the other side."""

    page: Page
    to: Page
    description: Description | None = None
    candidates: list[Candidate] = Field(default=[], max_length=50)


class Given(_Strict):
    """An answer to what is asked."""

    confirmed: bool


class Agreed(_Strict):
    """That the resident agrees to the call."""

    agreed: bool


class Question(_Strict):
    """What a clerk asks for; a still is asked for in fixed words."""

    kind: Literal["statement", "still"]
    words: str = Field(default="", max_length=MOST_CHARS * 4)


class Joined(BaseModel):
    """What a page needs to connect."""

    ice: list[IceServer]


def pass_on(video: VideoRoom, call: VideoCall, side: Side, sent: Sent, gone: str, large: str) -> None:
    """Give a signal to the other page. Raises HTTPException: 409 with `gone` where a page is not there any more, 413
    with `large`."""
    body: dict[str, Any] = {
        "from": sent.page,
        **sent.model_dump(mode="json", exclude={"page", "to"}, exclude_none=True),
    }
    if len(sent.model_dump_json().encode()) > LARGEST:
        raise HTTPException(413, large)
    try:
        video.exchange.send(call.id, side, sent.page, sent.to, body)
    except NotThere:
        raise HTTPException(409, gone) from None

"""What the desk's page sends."""

from typing import Literal

from pydantic import BaseModel, Field

from desk.deeds import LONGEST

LONGEST_SENT = LONGEST * 4
"""Characters that are read at all; what is longer than a clerk may say is refused with a sentence."""


class Transfer(BaseModel):
    """To a colleague, or to a window."""

    clerk_id: str | None = Field(default=None, max_length=32)
    window: str | None = Field(default=None, max_length=64)
    note: str = Field(default="", max_length=LONGEST_SENT)


class Words(BaseModel):
    """What a clerk says, under the name their page gave it."""

    client_id: str = Field(pattern=r"^[A-Za-z0-9-]{8,64}$")
    text: str = Field(max_length=LONGEST_SENT)


class Note(BaseModel):
    """What is noted for colleagues."""

    text: str = Field(max_length=LONGEST_SENT)


class Wanted(BaseModel):
    """The material the bot is to ask for."""

    material: str = Field(min_length=1, max_length=60)


class Begun(BaseModel):
    """The item whose form the bot is to begin."""

    item_id: str = Field(max_length=64)


class Summary(BaseModel):
    """What the bot is to tell the resident."""

    summary: str = Field(default="", max_length=LONGEST_SENT)


class LastWords(BaseModel):
    """What is said at the end."""

    words: str = Field(default="", max_length=LONGEST_SENT)


class Revealed(BaseModel):
    """The answer to be shown in full."""

    key: str = Field(max_length=64)


class HeldDecision(BaseModel):
    """What becomes of a held reply."""

    decision: Literal["approve", "change", "drop"]
    text: str = Field(default="", max_length=LONGEST_SENT)


class Duty(BaseModel):
    """There or not."""

    on: bool


class Viewing(BaseModel):
    """The handoff the page shows."""

    handoff_id: int | None = None

"""What comes in: cleaned and bounded."""

import re
import unicodedata
from typing import Any, Literal

from pydantic import BaseModel

MAX_CHARS = 2000
"""Characters of one message that are read; longer ones are answered with a kind sentence."""
ENGINE_CHARS = 400
"""Characters of one wish that the engine looks at."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


Event = Literal["follow", "leave", "checked", "directed"]
"""A resident came to the channel's account, left it, an identity check of theirs has ended, or a clerk has the bot do
something."""
Unreadable = Literal["voice", "photo", "video", "location", "link", "edited", "other"]
"""What came and cannot be read; each has a sentence `utter_unreadable_...`."""


class Media(BaseModel):
    """A photo or a voice message that the channel holds for us until its turn fetches it by `media_id`."""

    kind: Literal["photo", "voice"]
    media_id: str


class Directive(BaseModel):
    """What a clerk has the bot do.

    `returned` and `settled` give the word back, with a `text` for the resident; `begin` starts or continues the form of
    `item_id`; `collect` asks for the material named in `text`; `verify` has the identity of the case proved; `approved`
    says the bubbles that were held back.
    """

    kind: Literal["returned", "settled", "begin", "collect", "verify", "approved"]
    clerk_name: str
    handoff: int | None = None
    text: str = ""
    item_id: str | None = None
    case_id: str | None = None
    bubbles: list[dict[str, Any]] = []


class Incoming(BaseModel):
    """A message as stored in the inbox: a text, a choice taken by button, a file, or something that happened.

    `refusal` names the sentence that says why a photo was not taken.
    """

    text: str = ""
    choice: str | None = None
    file_id: str | None = None
    file_name: str | None = None
    media: Media | None = None
    event: Event | None = None
    directive: Directive | None = None
    unreadable: Unreadable | None = None
    refusal: str | None = None

    @property
    def is_typed(self) -> bool:
        """Whether it is words of the resident's own, and nothing else."""
        others = (self.choice, self.file_id, self.media, self.event, self.unreadable, self.refusal)
        return all(other is None for other in others)

    @property
    def is_said(self) -> bool:
        """Whether the resident said or sent it, and did not only come, go or have a check ended."""
        return self.event in (None, "follow")

    def stored(self) -> dict[str, Any]:
        """The inbox row's body."""
        return self.model_dump(exclude_none=True)


def cleaned(text: str) -> str:
    """`text` without control and direction characters, NUL among them, and without outer blanks."""
    return _CONTROL.sub("", text.encode("utf-8", "replace").decode()).strip()


def neutral(text: str) -> str:
    """`text` such that Rasa cannot read it as a payload: a leading / (of any width) would name an intent."""
    bounded = text[:ENGINE_CHARS].lstrip()
    if unicodedata.normalize("NFKC", bounded[:1]) == "/":
        return "、" + bounded[1:]
    return bounded

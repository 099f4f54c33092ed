"""What the conversation asks of a door through which replies are sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import BaseModel

from bot.conversation.bubbles import Bubble
from bot.conversation.incoming import Media


class Button(BaseModel):
    """A choice as a channel's own button. `token` names it when it is pressed (`history.choice_of`)."""

    label: str
    token: str


class Part(BaseModel):
    """One message as a channel sends it: bubbles merged, or a long one cut. Buttons are those not in the text."""

    text: str
    buttons: list[Button] = []


@dataclass(frozen=True)
class Numbered:
    """A bubble with the number of its outbox row."""

    number: int
    bubble: Bubble


@dataclass(frozen=True)
class Window:
    """A channel's allowance: after something of `kind` happened, `most` messages may be sent within `seconds`."""

    kind: str
    most: int
    seconds: int


class TryLater(Exception):
    """The channel could not be reached, or asks for patience: `after_s` seconds where it says so.

    `maybe_sent` tells that the message may have gone out all the same: the connection broke before the answer.
    """

    def __init__(self, why: str, after_s: float | None = None, *, maybe_sent: bool = False) -> None:
        super().__init__(why)
        self.why, self.after_s, self.maybe_sent = why, after_s, maybe_sent


class WindowClosed(Exception):
    """The channel takes nothing more for this resident until they come back."""


class NeverSent(Exception):
    """The channel will never take this message. `why` is a code without anything personal."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class AddressGone(NeverSent):
    """The resident left the channel: nothing can be sent to them any more."""


class MediaGone(Exception):
    """The channel no longer has the photo or voice message, or will not give it."""


class Channel(Protocol):
    """A door that sends. Every call may raise TryLater."""

    name: str
    windowed: bool
    """Whether messages may only be sent while a `Window` is open."""
    late_after_s: float
    """Seconds after which a resident is told that an answer takes longer."""

    def pack(self, said: Sequence[Numbered]) -> list[Part]:
        """Merge bubbles into as few messages as the channel's limits allow, in order."""
        ...

    async def send(self, address: str, part: Part) -> None:
        """Send one message. Raises TryLater, WindowClosed, NeverSent, AddressGone."""
        ...

    async def fetch(self, media: Media) -> bytes:
        """What a resident sent and the channel still holds, at most `cases.files.MAX_BYTES`.

        Raises TryLater, MediaGone, FileRefused where it is too large.
        """
        ...

    async def show_typing(self, address: str) -> None:
        """Show the resident that an answer is on its way, where the channel can. Raises nothing."""
        ...

    async def invite(self, conversation_id: str, address: str) -> bool:
        """Tell a resident whose windows are closed that something waits for them. False where that cannot be done."""
        ...

"""A channel whose far side is a list: what arrives, and how it fails, is in the test's hand."""

import asyncio
from collections.abc import Callable, Sequence

from bot.channels.wechat.rendering import parts_of
from bot.conversation.channel import Channel, MediaGone, Numbered, Part, TryLater
from bot.conversation.incoming import Media


class PostOffice(Channel):
    """Takes messages down in `arrived`.

    `faults` are used up one a call: an exception is raised before the message arrives; one in `after` once it
    has; `is_down` tells whether nothing gets through at all. `media` is what residents have sent by media id.
    """

    name = "wechat"
    late_after_s = 15.0

    def __init__(self, *, windowed: bool = False) -> None:
        self.windowed = windowed
        self.arrived: list[tuple[str, str]] = []
        self.faults: list[Exception | None] = []
        self.after: list[Exception | None] = []
        self.media: dict[str, bytes | Exception] = {}
        self.typing: list[str] = []
        self.invited: list[str] = []
        self.calls = 0
        self.gate: asyncio.Event | None = None
        self.is_down: Callable[[], bool] = lambda: False

    def pack(self, said: Sequence[Numbered]) -> list[Part]:
        """As WeChat does."""
        return parts_of(said)

    async def send(self, address: str, part: Part) -> None:
        """Take a message down, or fail."""
        self.calls += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.is_down():
            raise TryLater("ConnectError")
        if self.faults and (fault := self.faults.pop(0)) is not None:
            raise fault
        self.arrived.append((address, part.text))
        if self.after and (fault := self.after.pop(0)) is not None:
            raise fault

    async def fetch(self, media: Media) -> bytes:
        """What was sent under that id."""
        content = self.media.get(media.media_id, MediaGone("unknown"))
        if isinstance(content, Exception):
            raise content
        return content

    async def show_typing(self, address: str) -> None:
        """Note it."""
        self.typing.append(address)

    async def invite(self, conversation_id: str, address: str) -> bool:
        """Note it."""
        self.invited.append(address)
        return True

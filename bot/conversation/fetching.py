"""Photos and voice messages that a channel holds for us: fetched when their turn comes, and stored or read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from bot.conversation.channel import Channel, MediaGone
from bot.conversation.incoming import Incoming, cleaned
from bot.conversation.models import Conversation, InboxMessage
from cases.files import FileRefused, store_file
from records.database import Sessions

PHOTO_NAME = "照片"


class NotHeard(Exception):
    """A voice message could not be turned into words."""


class Recogniser(Protocol):
    """Whatever turns a voice message into words."""

    async def words(self, voice: bytes) -> str:
        """What was said. Raises NotHeard."""
        ...


class Fetching:
    """Makes a message of a channel's photo or voice message that actions can read."""

    def __init__(
        self, sessions: Sessions, channels: Mapping[str, Channel], files_dir: Path, recogniser: Recogniser | None
    ) -> None:
        self._sessions, self._channels = sessions, channels
        self._files_dir, self._recogniser = files_dir, recogniser

    async def readable(self, number: int, message: Incoming) -> Incoming:
        """`message` with its photo stored, or its voice as words, or why not; kept, so that it is fetched once.

        Raises TryLater where the channel cannot be reached.
        """
        if message.media is None:
            return message
        async with self._sessions() as session:
            inbox = await session.get_one(InboxMessage, number)
            conversation = await session.get_one(Conversation, inbox.conversation_id)
        channel = self._channels.get(conversation.channel)
        if channel is None:
            return Incoming(unreadable=message.media.kind)
        if message.media.kind == "voice":
            read = await self._voice(channel, message)
        else:
            read = await self._photo(channel, message, conversation.resident_id)
        async with self._sessions() as session:
            inbox = await session.get_one(InboxMessage, number)
            inbox.body = read.stored()
            await session.commit()
        return read

    async def _voice(self, channel: Channel, message: Incoming) -> Incoming:
        assert message.media is not None
        if self._recogniser is None:
            return Incoming(unreadable="voice")
        try:
            words = cleaned(await self._recogniser.words(await channel.fetch(message.media)))
        except (MediaGone, FileRefused, NotHeard):
            words = ""
        return Incoming(text=words) if words else Incoming(unreadable="voice")

    async def _photo(self, channel: Channel, message: Incoming, resident_id: str) -> Incoming:
        assert message.media is not None
        try:
            content = await channel.fetch(message.media)
            async with self._sessions() as session:
                stored = await store_file(session, self._files_dir, resident_id, PHOTO_NAME, content)
                await session.commit()
        except MediaGone:
            return Incoming(unreadable="photo")
        except FileRefused as refused:
            return Incoming(refusal=refused.phrase)
        return Incoming(file_id=stored.id, file_name=PHOTO_NAME)

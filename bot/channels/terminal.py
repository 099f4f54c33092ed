"""The terminal's door: a conversation in plain lines."""

import asyncio
from pathlib import Path

from bot.conversation.bubbles import Bubble
from bot.conversation.history import said_after
from bot.conversation.incoming import Incoming, cleaned
from bot.conversation.models import Conversation
from bot.conversation.people import conversation_of
from bot.conversation.pipeline import Pipeline
from bot.conversation.turn import Office
from bot.conversation.wording import phrase
from cases.files import FileRefused, store_file
from records.base import new_id
from records.database import Sessions


class TerminalConversation:
    """One conversation held line by line."""

    def __init__(self, sessions: Sessions, pipeline: Pipeline, office: Office, conversation_id: str) -> None:
        self.id = conversation_id
        self._sessions, self._pipeline, self._office = sessions, pipeline, office
        self._seen = 0

    @classmethod
    async def open(cls, sessions: Sessions, pipeline: Pipeline, office: Office, user: str) -> "TerminalConversation":
        """The conversation of `user`; the same name finds the same thread again."""
        conversation = cls(sessions, pipeline, office, await conversation_of(sessions, "terminal", user))
        await conversation.listen()
        return conversation

    async def say(self, line: str) -> list[Bubble]:
        """Send a line and wait for all its replies. `@path` sends a file."""
        if line.startswith("@"):
            try:
                message = await self._file(Path(line[1:].strip()))
            except FileRefused as refused:
                return [Bubble(text=phrase(refused.phrase))]
        else:
            message = Incoming(text=cleaned(line))
        return await self.send(message)

    async def send(self, message: Incoming) -> list[Bubble]:
        """Send a message and wait for all its replies."""
        await self._pipeline.receive(self.id, new_id(), message)
        await self._pipeline.settled(self.id)
        return await self.listen()

    async def listen(self) -> list[Bubble]:
        """What was said since the last time, by whomever."""
        async with self._sessions() as session:
            said = await said_after(session, self.id, self._seen)
        if said:
            self._seen = said[-1].number
        return [entry.bubble for entry in said if entry.bubble is not None]

    async def _file(self, path: Path) -> Incoming:
        try:
            content = await asyncio.to_thread(path.read_bytes)
        except OSError:
            raise FileRefused("utter_file_missing") from None
        async with self._sessions() as session:
            resident_id = (await session.get_one(Conversation, self.id)).resident_id
            stored = await store_file(session, self._office.files_dir, resident_id, path.name, content)
            await session.commit()
        return Incoming(file_id=stored.id, file_name=path.name)

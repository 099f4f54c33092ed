"""A service hall for tests: database, catalogue, pipeline and scripted engine, and residents who talk to it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select

from actions.registry import DEEDS
from bot.conversation.advice import Adviser
from bot.conversation.answering import Answering
from bot.conversation.bubbles import Bubble, Choice
from bot.conversation.channel import Channel
from bot.conversation.courier import Courier
from bot.conversation.fetching import Fetching, Recogniser
from bot.conversation.incoming import Incoming
from bot.conversation.live import Live
from bot.conversation.models import Conversation, OutboxMessage
from bot.conversation.people import conversation_of
from bot.conversation.pipeline import Pipeline
from bot.conversation.state import DialogueState
from bot.conversation.turn import Office, OpenTurns
from cases.models import Case
from kyc.verifier import Verifier
from records.database import Database
from services_catalog.loader import Catalog
from services_catalog.published import Published
from tests.support.remembering import RememberingWorkers
from tests.support.scripted_engine import Means, ScriptedEngine

WORKERS = RememberingWorkers()
"""One pool for all halls of a test process: each process of a pool loads models for seconds."""
OFFICE = Office(
    street_name="示范街道",
    street_code="330105001",
    hours="工作日 9:00-17:00",
    phone="0571-88888888",
    public_url="https://x.cn",
    files_dir=Path("unused"),
    link_key=b"k" * 32,
)


@dataclass
class Resident:
    """Somebody at a keyboard. What the bot said last is in `heard`."""

    hall: "Hall"
    conversation: str
    heard: list[Bubble] = field(default_factory=list)
    _read: int = 0

    async def say(self, text: str) -> str:
        """Type a text; gives all that is answered, as one text."""
        return await self.send(Incoming(text=text))

    async def tap(self, label: str) -> str:
        """Tap the choice with that label among those last offered."""
        choice = self.offered(label)
        return await self.send(Incoming(text=choice.label, choice=choice.value))

    async def send(self, message: Incoming, client_id: str | None = None) -> str:
        """Send a message and wait for its turn."""
        await self.hall.pipeline.receive(self.conversation, client_id or uuid4().hex, message)
        await self.hall.pipeline.settled(self.conversation)
        return await self.listen()

    async def listen(self) -> str:
        """All that was said since the last time."""
        async with self.hall.database.session() as session:
            rows = await session.scalars(
                select(OutboxMessage)
                .where(OutboxMessage.conversation_id == self.conversation, OutboxMessage.id > self._read)
                .order_by(OutboxMessage.id)
            )
            said = list(rows)
        self._read = said[-1].id if said else self._read
        self.heard = [Bubble.model_validate(row.body) for row in said]
        return "\n".join(bubble.text for bubble in self.heard)

    @property
    def choices(self) -> list[Choice]:
        """The choices last offered."""
        return next((bubble.choices for bubble in reversed(self.heard) if bubble.choices), [])

    def offered(self, label: str) -> Choice:
        """The offered choice with that label."""
        found = [choice for choice in self.choices if choice.label == label]
        assert found, f"{label} is not among {[choice.label for choice in self.choices]}"
        return found[0]

    async def state(self) -> DialogueState:
        """What the conversation remembers."""
        async with self.hall.database.session() as session:
            return DialogueState.model_validate((await session.get_one(Conversation, self.conversation)).state)

    async def row(self) -> Conversation:
        """The conversation's row."""
        async with self.hall.database.session() as session:
            return await session.get_one(Conversation, self.conversation)

    async def cases(self) -> list[Case]:
        """The resident's cases, oldest first."""
        resident_id = (await self.row()).resident_id
        async with self.hall.database.session() as session:
            return list(
                await session.scalars(select(Case).where(Case.resident_id == resident_id).order_by(Case.created_at))
            )


@dataclass
class Hall:
    """The parts of a running hall."""

    database: Database
    catalog: Catalog
    engine: ScriptedEngine
    pipeline: Pipeline
    verifier: Verifier
    published: Published

    async def resident(self, name: str = "somebody") -> Resident:
        """A resident who comes through the web."""
        return Resident(self, await conversation_of(self.database.session, "web", name))


@asynccontextmanager
async def opened(
    database: Database,
    catalog: Catalog,
    script: Mapping[str, Means],
    patience_s: float = 30.0,
    files_dir: Path = OFFICE.files_dir,
    channels: Mapping[str, Channel] | None = None,
    recogniser: Recogniser | None = None,
    published: Published | None = None,
    adviser: Adviser | None = None,
) -> AsyncIterator[Hall]:
    """A hall on `database`; leaving it is like killing its process. `published` is a catalogue that may change."""
    published = published or Published(catalog)
    turns, verifier = OpenTurns(), Verifier(workers=WORKERS)
    engine = ScriptedEngine(turns, script)
    channels = channels or {}
    pipeline = Pipeline(
        sessions=database.session,
        answering=Answering(engine, turns, DEEDS, adviser),
        fetching=Fetching(database.session, channels, files_dir, recogniser),
        courier=Courier(database.session, channels),
        live=Live(),
        published=published,
        office=replace(OFFICE, files_dir=files_dir),
        verifier=verifier,
        patience_s=patience_s,
    )
    try:
        yield Hall(database, catalog, engine, pipeline, verifier, published)
    finally:
        await pipeline.close()

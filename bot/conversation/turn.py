"""One turn: a message in, what goes out, and everything that happens in between.

A turn owns one database session. Its actions work on it, and the pipeline commits it once at the end, so a turn
happens as a whole or not at all.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.advice import Advice, Doubt
from bot.conversation.bubbles import Bubble, Choice
from bot.conversation.drift import Understanding
from bot.conversation.hours import Hours
from bot.conversation.models import Conversation
from bot.conversation.state import DialogueState
from bot.conversation.wording import phrase
from cases.beginnings import catalog_of
from cases.models import Case
from kyc.verifier import Verifier
from services_catalog.loader import Catalog
from services_catalog.published import Began
from services_catalog.schema import Item


@dataclass(frozen=True)
class Office:
    """What the bot may say about the office it speaks for."""

    street_name: str
    street_code: str
    hours: str
    phone: str
    public_url: str
    files_dir: Path
    link_key: bytes
    closed_days: frozenset[date] = frozenset()

    @cached_property
    def opening(self) -> Hours:
        """The office hours as what they mean."""
        return Hours.read(self.hours, self.closed_days)


@dataclass(frozen=True)
class Planned:
    """An action the engine chose, and the wish of the message it is about.

    `doubt` tells what an adviser could be asked before it acts; it changes nothing.
    """

    act: Callable[["Turn"], Awaitable[None]]
    text: str
    doubt: Callable[["Turn"], Awaitable[Doubt | None]]


@dataclass
class Turn:
    """The turn under way.

    `text` is the resident's own text, never shown to the engine; `choice` the offered choice they took;
    `file_id` the file they sent; `plan` the actions that the engine chose, in order; `advice` what an adviser said
    about the wish that is being acted on;
    `earlier` what the same message said before the wish that is being acted on; `elsewhere` what is said
    in other conversations because of it. `version` is that of `catalog`; `begun` is the catalogue as the resident's
    earlier cases began with it. `understandings` are what came of the messages it read, to be counted.
    """

    id: str
    session: AsyncSession
    conversation: Conversation
    state: DialogueState
    catalog: Catalog
    office: Office
    verifier: Verifier
    today: date
    text: str = ""
    choice: Choice | None = None
    file_id: str | None = None
    idle_hours: float = 0.0
    plan: list[Planned] = field(default_factory=list)
    advice: Advice | None = None
    bubbles: list[Bubble] = field(default_factory=list)
    earlier: str = ""
    elsewhere: list[tuple[str, Bubble]] = field(default_factory=list)
    version: int | None = None
    begun: Mapping[Began, Catalog] = field(default_factory=dict)
    understandings: list[Understanding] = field(default_factory=list)

    @property
    def resident_id(self) -> str:
        """Who is talking."""
        return self.conversation.resident_id

    def catalog_of(self, case: Case) -> Catalog:
        """The catalogue by which the case's form is asked: its item as it was when the case began."""
        return catalog_of(case, self.begun, self.catalog)

    def item_of(self, case: Case) -> Item:
        """The item as it was when the case began. Raises KeyError where it is not offered any more."""
        return self.catalog_of(case).items[case.item_id]

    def say(self, name: str, /, **values: str | int) -> None:
        """Say the fixed phrase `name`."""
        self.bubbles.append(Bubble(text=phrase(name, **values)))

    def show(self, bubble: Bubble) -> None:
        """Say a bubble made elsewhere."""
        self.bubbles.append(bubble)

    def ask(self, text: str, choices: list[Choice], **looks: object) -> None:
        """Ask a question with choices."""
        self.bubbles.append(Bubble.model_validate({"text": text, "choices": choices, **looks}))

    def tell_elsewhere(self, conversation_id: str, bubble: Bubble) -> None:
        """Say a bubble in another conversation, with this turn."""
        self.elsewhere.append((conversation_id, bubble))


class OpenTurns:
    """The turns under way in this process, by id; the engine names the turn in every action call."""

    def __init__(self) -> None:
        self._turns: dict[str, Turn] = {}

    def open(self, turn: Turn) -> None:
        """Make a turn findable while the engine works on it."""
        self._turns[turn.id] = turn

    def close(self, turn: Turn) -> None:
        """Forget a turn."""
        self._turns.pop(turn.id, None)

    def find(self, turn_id: str) -> Turn | None:
        """The open turn with that id, or None if it ended meanwhile."""
        return self._turns.get(turn_id)

"""What became of a labelled sentence: what the engine understood, and what the bot did."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.understanding.labelled import Labelled
from bot.conversation.bubbles import Bubble
from bot.conversation.state import DialogueState

_WHICH = "item:"
"""The choices of the question which item is meant (`actions/finding.py`)."""
_AHEAD = ("begin:", "apply:")
"""The choices offered with an item the bot goes ahead with (`actions/application.py`, `actions/guide.py`)."""


class Kind(StrEnum):
    """What the bot did with a first message."""

    ANSWERED = "answered"
    SEVERAL = "several"
    CLARIFIED = "clarified"
    OTHER = "other"


@dataclass(frozen=True)
class Candidate:
    """An item the engine considers, with its probability."""

    id: str
    p: float


@dataclass(frozen=True)
class Understood:
    """What the engine understood: items, likeliest first, and the intent; `ms` is what that took it."""

    items: tuple[Candidate, ...]
    intent: str
    confidence: float
    ms: float

    @property
    def first(self) -> Candidate | None:
        """The likeliest item."""
        return self.items[0] if self.items else None


@dataclass(frozen=True)
class Reaction:
    """What the bot did: with the items it went ahead with, or the items it offered; `ms` is what the turn took."""

    kind: Kind
    items: tuple[str, ...]
    ms: float


@dataclass(frozen=True)
class Outcome:
    """A labelled sentence with what became of it. `guessed` is the intent understood, in the file's own labels."""

    row: Labelled
    understood: Understood
    guessed: str
    reaction: Reaction

    @property
    def right_at(self) -> int | None:
        """The place of the right item among the candidates, from 0; None where it is none of them."""
        ids = [candidate.id for candidate in self.understood.items]
        return ids.index(self.row.item_id) if self.row.item_id in ids else None

    @property
    def goes_ahead(self) -> bool:
        """Whether the bot goes ahead with an item, or several, without asking which is meant."""
        return self.reaction.kind in (Kind.ANSWERED, Kind.SEVERAL)


def reaction_of(state: DialogueState, bubbles: Sequence[Bubble], ms: float) -> Reaction:
    """What the bot did with a first message, as seen from the conversation's state and the choices it offers.

    Asking which item is meant counts before all else. Two wishes of one message that are both told of are `SEVERAL`.
    """
    values = [choice.value for bubble in bubbles for choice in bubble.choices]
    offered = _items(values, (_WHICH,))
    if offered:
        return Reaction(Kind.CLARIFIED, offered, ms)
    if state.item_id is None:
        return Reaction(Kind.OTHER, (), ms)
    ahead = tuple(dict.fromkeys((state.item_id, *_items(values, _AHEAD))))
    return Reaction(Kind.ANSWERED if len(ahead) == 1 else Kind.SEVERAL, ahead, ms)


def _items(values: Sequence[str], beginnings: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            value.removeprefix(beginning) for value in values for beginning in beginnings if value.startswith(beginning)
        )
    )

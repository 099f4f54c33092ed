"""What every action shares: it finds its turn, and what the engine heard, and never lets an error pass in silence."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import learning
from bot.conversation.advice import Doubt
from bot.conversation.turn import OpenTurns, Planned, Turn

Events = list[dict[str, Any]]


@dataclass(frozen=True)
class Candidate:
    """An item the engine's finder considers, with its calibrated probability."""

    item_id: str
    p: float


@dataclass(frozen=True)
class Heard:
    """What the engine understood of the message."""

    intent: str
    confidence: float
    candidates: tuple[Candidate, ...]
    named: tuple[str, ...]

    @classmethod
    def of(cls, latest: dict[str, Any]) -> "Heard":
        """From Rasa's latest message."""
        intent = latest.get("intent") or {}
        return cls(
            intent=intent.get("name") or "",
            confidence=float(intent.get("confidence") or 0.0),
            candidates=tuple(Candidate(c["id"], float(c["p"])) for c in latest.get("items") or []),
            named=tuple(latest.get("named") or []),
        )


class TurnAction(Action, ABC):
    """An action of ours. Called by Rasa it only joins the turn's plan; it acts once the engine has answered.

    `events` are what Rasa is told: nothing, or what ends its own loop. What lasts stands in our tables.
    """

    events: ClassVar[Events] = []

    def __init__(self, turns: OpenTurns) -> None:
        self._turns = turns

    @abstractmethod
    def name(self) -> str:
        """The action's name in the domain."""

    @abstractmethod
    async def act(self, turn: Turn, heard: Heard) -> None:
        """Do it."""

    async def doubt(self, turn: Turn, heard: Heard) -> Doubt | None:
        """What an adviser could be asked before it is done; nothing, unless an action says otherwise."""
        return None

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Called by Rasa's action webhook. A call for a turn that has ended does nothing."""
        latest = tracker.latest_message
        turn = self._turns.find((latest.get("metadata") or {}).get("turn", ""))
        if turn is not None:
            heard = Heard.of(latest)
            turn.plan.append(Planned(partial(self._done, heard=heard), turn.text, partial(self.doubt, heard=heard)))
        return self.events

    async def _done(self, turn: Turn, heard: Heard) -> None:
        """Act, and learn from what came of it."""
        was = learning.before(turn)
        await self.act(turn, heard)
        await learning.after(turn, heard, was)

"""Rasa's place in tests: what a text means is written down, everything else happens as with Rasa.

The action that follows an intent comes from Rasa's own rules in `bot/training/rules`, the payload has the shape
of Rasa's action webhook, and rasa-sdk's real executor runs our real actions.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from actions.registry import executor
from bot.conversation.engine import EngineReply, EngineRequest, EngineUnavailable
from bot.conversation.turn import OpenTurns

RULES = Path(__file__).parents[2] / "bot" / "training" / "rules"
FALLBACK = "action_default_fallback"


@dataclass(frozen=True)
class Means:
    """What a text means to the engine; `items` are the finder's candidates with their probabilities."""

    intent: str
    confidence: float = 0.97
    items: Mapping[str, Any] = field(default_factory=dict)
    named: tuple[str, ...] = ()


UNCLEAR = Means("ambiguous", 0.3)
Hook = Callable[[EngineRequest], Awaitable[None]]


class ScriptedEngine:
    """An `Engine` that understands the texts of its script, and anything else not at all.

    `down` refuses every turn; `before` and `after` run around the actions of each turn and may raise.
    """

    def __init__(self, turns: OpenTurns, script: Mapping[str, Means]) -> None:
        self.script = dict(script)
        self.requests: list[EngineRequest] = []
        self.events: list[dict[str, Any]] = []
        self.down = False
        self.before: Hook | None = None
        self.after: Hook | None = None
        self._executor = executor(turns)

    async def handle(self, request: EngineRequest) -> EngineReply:
        """One turn."""
        self.requests.append(request)
        if self.down:
            raise EngineUnavailable("down")
        if self.before is not None:
            await self.before(request)
        await asyncio.sleep(0)
        action = f"validate_{request.loop}" if request.loop else _rules().get(self._means(request).intent, FALLBACK)
        result = await self._executor.run(self._call(action, request))
        if self.after is not None:
            await self.after(request)
        assert result is not None
        self.events += result.events
        return EngineReply(messages=[message for message in result.responses if message.get("text")])

    def _means(self, request: EngineRequest) -> Means:
        if request.text.startswith("/"):
            return Means(request.text.removeprefix("/"), 1.0)
        return self.script.get(request.text, UNCLEAR)

    def _call(self, action: str, request: EngineRequest) -> dict[str, Any]:
        means = self._means(request)
        slots: dict[str, Any] = {**request.slots, "answer": None, "requested_slot": request.requested_slot}
        return {
            "next_action": action,
            "sender_id": request.conversation,
            "tracker": {
                "sender_id": request.conversation,
                "slots": slots,
                "latest_message": {
                    "intent": {"name": means.intent, "confidence": means.confidence},
                    "entities": [],
                    "text": request.text,
                    "message_id": request.turn,
                    "metadata": {"turn": request.turn, "conversation": request.conversation},
                    "intent_ranking": [{"name": means.intent, "confidence": means.confidence}],
                    "items": [{"id": item_id, "p": p} for item_id, p in means.items.items()],
                    "named": list(means.named),
                },
                "latest_event_time": 1795312800.0,
                "followup_action": None,
                "paused": False,
                "events": [],
                "latest_input_channel": "turn",
                "active_loop": {"name": request.loop} if request.loop else {},
                "latest_action": {"action_name": "action_listen"},
                "latest_action_name": "action_listen",
            },
            "domain": {},
            "version": "3.6.21",
        }


@lru_cache(maxsize=1)
def _rules() -> dict[str, str]:
    """The action that Rasa's rules give for each intent outside a form."""
    found: dict[str, str] = {}
    for path in sorted(RULES.glob("*.yml")):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
            intent, action = rule["steps"]
            found[intent["intent"]] = action["action"]
    return found

"""One turn in the engine: from what the application remembers of a conversation to what is said and remembered next.

The engine keeps nothing between turns. A tracker with a handful of events is built for each message and dropped
after it, so a turn costs the same in the thousandth turn as in the first, and there is nothing to lock or to lose.
"""

import time
from collections.abc import Iterable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT, SESSION_START_METADATA_SLOT
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.messages import ParseRequest, TurnRequest
from bot.engine.replies import failed_actions

CHANNEL = "turn"
RANKING = 3
_NOT_KEPT = {REQUESTED_SLOT, SESSION_START_METADATA_SLOT}


async def take_turn(processor: MessageProcessor, request: TurnRequest) -> dict[str, Any]:
    """Handle one message: understand it, run actions until Rasa would listen, and say what came of it."""
    tracker = _tracker(processor, request)
    output = CollectingOutputChannel()
    message = UserMessage(
        request.text,
        output,
        request.conversation,
        input_channel=CHANNEL,
        message_id=request.turn,
        metadata={"turn": request.turn, "conversation": request.conversation, "before": request.before},
    )
    failures: list[str] = []
    failed_actions.set(failures)
    await processor._handle_message_with_tracker(message, tracker)
    tracker = await processor.run_action_extract_slots(output, tracker)
    await processor._run_prediction_loop(output, tracker)
    return {
        "messages": output.messages,
        "loop": tracker.active_loop_name,
        "requested_slot": tracker.get_slot(REQUESTED_SLOT),
        "slots": _slots(tracker),
        "parse": _parse(tracker.latest_message.parse_data if tracker.latest_message else {}),
        "failed_actions": failures,
    }


async def parse(processor: MessageProcessor, request: ParseRequest) -> list[dict[str, Any]]:
    """What each text means, without a turn, and the milliseconds it took to understand."""
    found = []
    for text in request.texts:
        began = time.perf_counter()
        data = await processor.parse_message(UserMessage(text))
        found.append({**_parse(data), "took_ms": (time.perf_counter() - began) * 1000})
    return found


def _tracker(processor: MessageProcessor, request: TurnRequest) -> DialogueStateTracker:
    domain = processor.domain
    tracker = DialogueStateTracker(request.conversation, domain.slots)
    tracker.model_id = processor.model_metadata.model_id
    tracker.assistant_id = processor.model_metadata.assistant_id
    tracker.update_with_events(list(_past(request, {slot.name for slot in domain.slots}, domain.form_names)), domain)
    return tracker


def _past(request: TurnRequest, slots: set[str], forms: Iterable[str]) -> Iterable[Event]:
    """The fewest events after which Rasa stands where the conversation stood.

    Slots and forms that a newer domain no longer has are left out: a conversation outlives a release.
    """
    yield SessionStarted()
    for name, value in request.slots.items():
        if name in slots and name not in _NOT_KEPT:
            yield SlotSet(name, value)
    if request.loop in forms:
        yield ActionExecuted(request.loop)
        yield ActiveLoop(request.loop)
        yield SlotSet(REQUESTED_SLOT, request.requested_slot)
    yield ActionExecuted(ACTION_LISTEN_NAME)


def _slots(tracker: DialogueStateTracker) -> dict[str, Any]:
    return {
        name: slot.value for name, slot in tracker.slots.items() if slot.value is not None and name not in _NOT_KEPT
    }


def _parse(data: dict[str, Any] | None) -> dict[str, Any]:
    found = data or {}
    return {
        "intent": found.get("intent"),
        "intent_ranking": found.get("intent_ranking", [])[:RANKING],
        "items": found.get("items", []),
        "named": found.get("named", []),
    }

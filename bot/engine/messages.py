"""What the application may send to the engine, checked before anything else sees it."""

import json
import re
from collections.abc import Container
from dataclasses import dataclass
from typing import Any

BODY_LIMIT = 64 * 1024
"""Bytes. A message is a few hundred characters and the slots are identifiers."""

TEXT_LIMIT = 4_000
"""Characters."""

TEXTS_LIMIT = 500

_PAYLOAD = re.compile(r"/(?P<intent>[a-z_]+)(?P<entities>\{.*\})?", re.DOTALL)


class BadRequestError(Exception):
    """A body that cannot be used; the message says why."""


@dataclass(frozen=True)
class TurnRequest:
    """One message and all that is remembered of its conversation."""

    conversation: str
    turn: str
    text: str
    loop: str | None
    requested_slot: str | None
    slots: dict[str, Any]
    before: str | None = None
    """What was said before and left open, which item is meant."""


@dataclass(frozen=True)
class ParseRequest:
    """Texts to be understood, for evaluation."""

    texts: list[str]


@dataclass(frozen=True)
class PayloadNames:
    """What a payload (`/intent{"entity": ...}`) may name: Rasa writes a message with anything else to its log."""

    intents: Container[str]
    entities: Container[str]


def read_turn(body: bytes, payloads: PayloadNames) -> TurnRequest:
    """The turn in `body`. Raises BadRequestError."""
    data = _mapping(body)
    unknown = set(data) - {"conversation", "turn", "text", "loop", "requested_slot", "slots", "before"}
    if unknown:
        raise BadRequestError(f"unknown keys: {', '.join(sorted(unknown))}")
    slots = data.get("slots", {})
    if not isinstance(slots, dict):
        raise BadRequestError("slots must be an object")
    return TurnRequest(
        conversation=_identifier(data, "conversation"),
        turn=_identifier(data, "turn"),
        text=_text(data.get("text"), payloads),
        loop=_optional(data, "loop"),
        requested_slot=_optional(data, "requested_slot"),
        slots=slots,
        before=_before(data),
    )


def read_parse(body: bytes, payloads: PayloadNames) -> ParseRequest:
    """The texts in `body`. Raises BadRequestError."""
    texts = _mapping(body).get("texts")
    if not isinstance(texts, list) or len(texts) > TEXTS_LIMIT:
        raise BadRequestError(f"texts must be a list of at most {TEXTS_LIMIT}")
    return ParseRequest([_text(text, payloads) for text in texts])


def _mapping(body: bytes) -> dict[str, Any]:
    if len(body) > BODY_LIMIT:
        raise BadRequestError(f"the body is larger than {BODY_LIMIT} bytes")
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequestError("the body is not JSON") from None
    if not isinstance(data, dict):
        raise BadRequestError("the body must be an object")
    return data


def _identifier(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= 128:
        raise BadRequestError(f"{key} must be a string of 1 to 128 characters")
    return value


def _optional(data: dict[str, Any], key: str) -> str | None:
    value = data.get(key)
    if value is not None and not isinstance(value, str):
        raise BadRequestError(f"{key} must be a string or null")
    return value


def _before(data: dict[str, Any]) -> str | None:
    before = _optional(data, "before")
    if before is not None and len(before) > TEXT_LIMIT:
        raise BadRequestError(f"before must be a string of at most {TEXT_LIMIT} characters")
    return before


def _text(value: Any, payloads: PayloadNames) -> str:
    if not isinstance(value, str) or len(value) > TEXT_LIMIT:
        raise BadRequestError(f"text must be a string of at most {TEXT_LIMIT} characters")
    text = value.strip()
    if text.startswith("/"):
        payload = _PAYLOAD.fullmatch(text)
        if payload is None or payload.group("intent") not in payloads.intents:
            raise BadRequestError("a text that begins with / must be a payload of a known intent")
        entities = _mapping((payload.group("entities") or "{}").encode())
        if not all(entity in payloads.entities for entity in entities):
            raise BadRequestError("the payload names an entity that the domain has not")
    return text

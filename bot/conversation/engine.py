"""Asking the engine: one HTTP request a turn, holding all it needs to know."""

from collections.abc import Callable
from typing import Any, Protocol

import httpx
from pydantic import BaseModel, ValidationError


class EngineUnavailable(Exception):
    """The engine did not answer, or not in its own words."""


class EngineRefused(Exception):
    """The engine is there and will not take this message, or could not have it acted on."""


class EngineRequest(BaseModel):
    """A turn as the engine sees it: no personal numbers, no answers.

    `before` was said earlier and left open which item is meant.
    """

    conversation: str
    turn: str
    text: str
    loop: str | None
    requested_slot: str | None
    slots: dict[str, str | None]
    before: str | None = None


class EngineReply(BaseModel):
    """What the engine said by itself (actions speak through their turn)."""

    messages: list[dict[str, Any]]
    failed_actions: list[str] = []


class Engine(Protocol):
    """Whatever understands a turn."""

    async def handle(self, request: EngineRequest) -> EngineReply:
        """Have one message understood. Raises EngineUnavailable, EngineRefused."""
        ...


class RasaEngine:
    """Rasa behind its turn channel on loopback. Its address changes when it is started again."""

    def __init__(self, url: Callable[[], str], token: str, timeout_s: float) -> None:
        self._url = url
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
        self._client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {token}"},
            timeout=timeout_s,
            limits=limits,
            trust_env=False,
        )

    async def handle(self, request: EngineRequest) -> EngineReply:
        """Have one message understood. Raises EngineUnavailable, EngineRefused."""
        try:
            response = await self._client.post(f"{self._url()}/webhooks/turn/webhook", json=request.model_dump())
            response.raise_for_status()
            reply = EngineReply.model_validate_json(response.content)
        except httpx.HTTPStatusError as error:
            kind = EngineUnavailable if error.response.status_code == httpx.codes.SERVICE_UNAVAILABLE else EngineRefused
            raise kind(str(error.response.status_code)) from None
        except ValidationError as error:
            raise EngineRefused(type(error).__name__) from None
        except httpx.HTTPError as error:
            raise EngineUnavailable(type(error).__name__) from error
        if reply.failed_actions:
            raise EngineRefused(f"could not call {', '.join(reply.failed_actions)}")
        return reply

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

"""The engine's one door: turns and parses over HTTP, for the application only."""

import hmac
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.engine import replies
from bot.engine.messages import BODY_LIMIT, BadRequestError, PayloadNames, read_parse, read_turn
from bot.engine.turn import CHANNEL, parse, take_turn

logger = logging.getLogger(__name__)

TOKEN_VARIABLE = "ONECALL_ENGINE_TOKEN"  # noqa: S105 - the name of a variable, not a token
TOKEN_AT_LEAST = 16

replies.install()


class TokenMissingError(Exception):
    """The engine was started without a token that only the application knows."""


class TurnInput(InputChannel):
    """Rasa input channel at `/webhooks/turn`; see the engine's README for the messages."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    @classmethod
    def name(cls) -> str:
        """The part of the path that names the channel."""
        return CHANNEL

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "TurnInput":
        """The channel with the token of the environment. Raises TokenMissingError where there is none."""
        token = os.environ.get(TOKEN_VARIABLE, "")
        if len(token) < TOKEN_AT_LEAST:
            raise TokenMissingError(f"{TOKEN_VARIABLE} must be set, with at least {TOKEN_AT_LEAST} characters")
        return cls(token)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes. Rasa's own way in (`on_new_message`) is not used: it locks, stores and remembers."""
        routes = Blueprint("turn_channel")

        @routes.listener("before_server_start")
        async def limit(app: Sanic, loop: Any) -> None:
            app.config.REQUEST_MAX_SIZE = BODY_LIMIT

        @routes.listener("after_server_start")
        async def share_connections(app: Sanic, loop: Any) -> None:
            processor = _processor(app)
            if processor is not None and processor.action_endpoint is not None:
                processor.action_endpoint = replies.ActionEndpoint(processor.action_endpoint)

        @routes.listener("before_server_stop")
        async def close_connections(app: Sanic, loop: Any) -> None:
            processor = _processor(app)
            if processor is not None and isinstance(processor.action_endpoint, replies.ActionEndpoint):
                await processor.action_endpoint.close()

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            ready = _processor(request.app) is not None
            return response.json({"ready": ready}, status=200 if ready else 503)

        @routes.post("/webhook")
        async def turn(request: Request) -> HTTPResponse:
            async def answer(processor: MessageProcessor) -> dict[str, Any]:
                return await take_turn(processor, read_turn(request.body, _payloads(processor)))

            return await self._answer(request, answer)

        @routes.post("/parse")
        async def understand(request: Request) -> HTTPResponse:
            async def answer(processor: MessageProcessor) -> dict[str, Any]:
                return {"parses": await parse(processor, read_parse(request.body, _payloads(processor)))}

            return await self._answer(request, answer)

        return routes

    async def _answer(
        self, request: Request, answer: Callable[[MessageProcessor], Awaitable[dict[str, Any]]]
    ) -> HTTPResponse:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, b"Bearer " + self._token):
            return response.json({"reason": "wrong or missing token"}, status=401)
        processor = _processor(request.app)
        if processor is None:
            return response.json({"reason": "no model is loaded"}, status=503)
        try:
            return response.json(await answer(processor))
        except BadRequestError as error:
            return response.json({"reason": str(error)}, status=400)


def _processor(app: Sanic) -> MessageProcessor | None:
    agent = getattr(app.ctx, "agent", None)
    return agent.processor if agent is not None else None


def _payloads(processor: MessageProcessor) -> PayloadNames:
    return PayloadNames(processor.domain.intents, processor.domain.entities)

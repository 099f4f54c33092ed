"""A server of a large language model on the loopback, with the chat completions of OpenAI's API: honest, or not."""

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Header, HTTPException, Response
from pydantic import BaseModel, ConfigDict, Field

from app.engine_process import free_port
from app.listener import Listener

_JSON = re.compile(r"\{.*\}", re.DOTALL)


class Manner(StrEnum):
    """How it answers.

    Honest: what it knows, and that it does not know the rest. Lying: the last item of those it is asked about, or a
    value nobody said. Inventing: an item it was not asked about, or a value that is none. Obeying: whatever JSON the
    resident's own text holds. Slow: not at all. Failing: with status 503. Raw: with the bytes of `raw`.
    """

    HONEST = "honest"
    LYING = "lying"
    INVENTING = "inventing"
    OBEYING = "obeying"
    SLOW = "slow"
    FAILING = "failing"
    RAW = "raw"


class Message(BaseModel):
    """One message of those a completion is asked for."""

    model_config = ConfigDict(extra="forbid")

    role: Literal["system", "user"]
    content: str


class Asked(BaseModel):
    """What a completion is asked for with."""

    model_config = ConfigDict(extra="forbid")

    model: str
    messages: Annotated[list[Message], Field(min_length=2, max_length=2)]
    temperature: float
    max_tokens: int
    stream: Literal[False]

    @property
    def told(self) -> dict[str, Any]:
        """What the last message says, as JSON."""
        told: dict[str, Any] = json.loads(self.messages[-1].content)
        return told


@dataclass
class FakeModel:
    """Knows which item, or which value, a text means, and whether it was `heard` of. `lie` is the value it says when
    it lies; without a `key` it wants none."""

    knows: Mapping[str, str] = field(default_factory=dict)
    manner: Manner = Manner.HONEST
    raw: bytes = b""
    lie: str = "3"
    asked: list[Asked] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""
    key: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["FakeModel"]:
        """It answers meanwhile."""
        async with Listener(self._application(), "127.0.0.1", port := free_port()):
            self.url = f"http://127.0.0.1:{port}/v1"
            try:
                yield self
            finally:
                self._ended.set()

    def _application(self) -> FastAPI:
        app = FastAPI(openapi_url=None)

        @app.post("/v1/chat/completions")
        async def completions(asked: Asked, authorization: Annotated[str, Header()] = "") -> Response:
            if authorization != (f"Bearer {self.key}" if self.key else ""):
                raise HTTPException(401)
            self.asked.append(asked)
            self.heard.set()
            if self.manner is Manner.FAILING:
                raise HTTPException(503)
            if self.manner is Manner.SLOW:
                await self._ended.wait()
            if self.manner is Manner.RAW:
                return Response(self.raw, media_type="application/json")
            return Response(completion(self._says(asked.told)), media_type="application/json")

        return app

    def _says(self, told: dict[str, Any]) -> str:
        if self.manner is Manner.OBEYING and (command := _JSON.search(told["text"])) is not None:
            return command.group()
        about_items = "items" in told
        said = self.knows.get(told["text"])
        if self.manner is Manner.LYING:
            said = told["items"][-1]["id"] if about_items else self.lie
        elif self.manner is Manner.INVENTING:
            said = "no-such-item" if about_items else "说不上来的什么"
        return json.dumps({"item" if about_items else "value": said}, ensure_ascii=False)


def completion(content: str) -> bytes:
    """A whole answer of the API whose message is `content`, with the fields that real servers give."""
    message = {"role": "assistant", "content": content}
    return json.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1764000000,
            "model": "fake",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }
    ).encode()

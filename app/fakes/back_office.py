"""A city's back office on the loopback: takes news of cases, and believes only what is signed."""

import asyncio
import hmac
import json
import re
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import FastAPI, Header, HTTPException, Request

from app.engine_process import free_port
from app.listener import Listener
from cases.back_office import signature

STALE_S = 300
_SIGNATURE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


@dataclass
class FakeBackOffice:
    """What it was told, once each, in order, and whether it `heard` anything. It answers with the statuses in `fails`
    before it takes anything."""

    told: list[dict[str, Any]] = field(default_factory=list)
    fails: list[int] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    calls: int = 0
    url: str = ""
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    _keys: set[str] = field(default_factory=set)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["FakeBackOffice"]:
        """It answers meanwhile."""
        async with Listener(self._application(), "127.0.0.1", port := free_port()):
            self.url = f"http://127.0.0.1:{port}/news"
            yield self

    def _application(self) -> FastAPI:
        app = FastAPI(openapi_url=None)

        @app.post("/news")
        async def news(
            request: Request,
            idempotency_key: Annotated[str, Header()] = "",
            x_1call_signature: Annotated[str, Header()] = "",
        ) -> dict[str, bool]:
            self.calls += 1
            content = await request.body()
            told = _SIGNATURE.fullmatch(x_1call_signature)
            moment = 0 if told is None else int(told[1])
            signed = hmac.compare_digest(signature(self.secret, moment, content), x_1call_signature)
            if not signed or abs(time.time() - moment) > STALE_S:
                raise HTTPException(401)
            if self.fails:
                raise HTTPException(self.fails.pop(0))
            is_new = idempotency_key not in self._keys
            self._keys.add(idempotency_key)
            if is_new:
                self.told.append(json.loads(content))
                self.heard.set()
            return {"new": is_new}

        return app

"""A city's trusted-identity service on the loopback: portraits by name and number."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException, Response
from pydantic import BaseModel

from app.engine_process import free_port
from app.listener import Listener


class Asked(BaseModel):
    """Whose portrait is wanted."""

    name: str
    id_number: str


@dataclass
class FakeIdentityService:
    """Knows the `portraits` of people by name and number. `fails_with` is the status it answers everything with."""

    portraits: dict[tuple[str, str], bytes] = field(default_factory=dict)
    fails_with: int | None = None
    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["FakeIdentityService"]:
        """It answers meanwhile."""
        async with Listener(self._application(), "127.0.0.1", port := free_port()):
            self.url = f"http://127.0.0.1:{port}/portrait"
            yield self

    def _application(self) -> FastAPI:
        app = FastAPI(openapi_url=None)

        @app.post("/portrait")
        async def portrait(asked: Asked, authorization: Annotated[str, Header()] = "") -> Response:
            if authorization != f"Bearer {self.token}":
                raise HTTPException(401)
            self.asked.append(asked)
            if self.fails_with is not None:
                raise HTTPException(self.fails_with)
            found = self.portraits.get((asked.name, asked.id_number))
            if found is None:
                raise HTTPException(404)
            return Response(found, media_type="image/jpeg")

        return app

"""An office's OpenID Connect provider on the loopback: it knows one person, who is signed in there already."""

import base64
import hashlib
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import FastAPI, Form, Header, HTTPException
from fastapi.responses import RedirectResponse
from joserfc import jwt
from joserfc.jwk import RSAKey

from app.engine_process import free_port
from app.listener import Listener


@dataclass
class FakeOpenId:
    """Vouches for `subject`, by real tokens. `claims` are put in place of those of its tokens, `signs_with` in place of
    its key; `fails_with` is the status it answers everything with. `asked` are the parameters it was sent people with.
    """

    back: str
    subject: str = "8f2c41"
    username: str | None = "wangmin"
    claims: dict[str, Any] = field(default_factory=dict)
    signs_with: RSAKey | None = None
    fails_with: int | None = None
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""
    client_id: str = "desk"
    client_secret: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    _key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @asynccontextmanager
    async def serving(self, host: str = "127.0.0.1") -> AsyncIterator["FakeOpenId"]:
        """It answers meanwhile, on the loopback, under the name `host`."""
        async with Listener(self._application(), "127.0.0.1", port := free_port()):
            self.url = f"http://{host}:{port}"
            yield self

    def agree(self, asked: dict[str, str]) -> str:
        """Where a browser that came with these parameters is sent back to."""
        self.asked.append(asked)
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return f"{self.back}?{urlencode({'code': code, 'state': asked['state']})}"

    def _application(self) -> FastAPI:
        app = FastAPI(openapi_url=None)

        @app.get("/.well-known/openid-configuration")
        async def metadata() -> dict[str, str]:
            self._fail()
            return {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
            }

        @app.get("/authorize")
        async def authorize(
            client_id: str, redirect_uri: str, state: str, nonce: str, code_challenge: str
        ) -> RedirectResponse:
            if (client_id, redirect_uri) != (self.client_id, self.back):
                raise HTTPException(400)
            return RedirectResponse(self.agree({"state": state, "nonce": nonce, "code_challenge": code_challenge}), 302)

        @app.post("/token")
        async def token(
            code: Annotated[str, Form()],
            code_verifier: Annotated[str, Form()],
            redirect_uri: Annotated[str, Form()],
            authorization: Annotated[str, Header()],
        ) -> dict[str, str]:
            self._fail()
            ours = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
            if authorization != f"Basic {ours}":
                raise HTTPException(401)
            asked = self._codes.pop(code, None)  # each code is good once
            challenge = base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).decode().rstrip("=")
            if asked is None or asked["code_challenge"] != challenge or redirect_uri != self.back:
                raise HTTPException(400)
            return {"token_type": "Bearer", "access_token": "unused", "id_token": self._token(asked["nonce"])}

        @app.get("/keys")
        async def keys() -> dict[str, Any]:
            return {"keys": [self._key.as_dict(private=False)]}

        return app

    def _token(self, nonce: str) -> str:
        moment = int(time.time())
        said: dict[str, Any] = {
            "iss": self.url,
            "aud": self.client_id,
            "sub": self.subject,
            "nonce": nonce,
            "iat": moment,
            "exp": moment + 300,
        }
        if self.username is not None:
            said["preferred_username"] = self.username
        return jwt.encode({"alg": "RS256", "kid": "one"}, said | self.claims, self.signs_with or self._key)

    def _fail(self) -> None:
        if self.fails_with is not None:
            raise HTTPException(self.fails_with)

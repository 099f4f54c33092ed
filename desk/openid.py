"""Signing in by the office's own accounts: OpenID Connect, code flow with PKCE, state and nonce.

What the provider says of itself and its keys are fetched anew for each sign-in: there are a few dozen a day, and so
nothing has to be forgotten when keys change. Sources: OpenID Connect Core 1.0 sections 3.1.2 and 3.1.3.7, RFC 7636.
"""

import base64
import hashlib
import secrets
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote_plus, urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ValidationError

PATIENCE_S = 8.0
LEEWAY_S = 60
Answer = TypeVar("Answer", bound=BaseModel)

_ALGORITHMS = ["RS256", "PS256", "ES256"]
"""Signatures by a key that the provider alone has; never `none`, never a shared secret."""


class ProviderAway(Exception):
    """The provider did not answer, or not as agreed; the message is a code that holds nothing personal."""


class IdentityRefused(Exception):
    """The provider vouches for nobody, or not to us; the message is a code that holds nothing personal."""


@dataclass(frozen=True)
class Identity:
    """Whom the provider vouches for: its own lasting name for them, and what they sign in as."""

    subject: str
    username: str | None


class Begun(BaseModel):
    """What has to be remembered between going to the provider and coming back."""

    state: str
    nonce: str
    verifier: str
    onward: str


class _Metadata(BaseModel):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _Tokens(BaseModel):
    id_token: str


@dataclass(frozen=True)
class OpenIdProvider:
    """A provider, and who we are to it. `back` is our address that it sends browsers back to."""

    issuer: str
    client_id: str
    client_secret: str
    back: str

    async def address(self, begun: Begun) -> str:
        """Where to send the browser. Raises ProviderAway."""
        async with _client() as client:
            metadata = await self._metadata(client)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(begun.verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.back,
            "scope": "openid profile",
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        mark = "&" if "?" in metadata.authorization_endpoint else "?"
        return f"{metadata.authorization_endpoint}{mark}{urlencode(asked)}"

    async def identity(self, code: str, begun: Begun) -> Identity:
        """Whom a code stands for. Raises ProviderAway and IdentityRefused."""
        async with _client() as client:
            metadata = await self._metadata(client)
            given = {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self.back,
                "code_verifier": begun.verifier,
            }
            ours = httpx.BasicAuth(quote_plus(self.client_id), quote_plus(self.client_secret))  # RFC 6749, 2.3.1
            answer = await _sent(client.post(metadata.token_endpoint, data=given, auth=ours))
            if answer.status_code == httpx.codes.BAD_REQUEST:  # RFC 6749, 5.2
                raise IdentityRefused("the code is not taken")
            tokens = _read(_Tokens, answer)
            keys = await _sent(client.get(metadata.jwks_uri))
        return self._believed(tokens.id_token, keys, begun.nonce)

    async def _metadata(self, client: httpx.AsyncClient) -> _Metadata:
        answer = await _sent(client.get(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"))
        metadata = _read(_Metadata, answer)
        if metadata.issuer != self.issuer:
            raise ProviderAway("another issuer")
        return metadata

    def _believed(self, id_token: str, keys: httpx.Response, nonce: str) -> Identity:
        """What a token says, where it was signed by the provider, for us, for this sign-in, just now."""
        try:
            token = jwt.decode(id_token, KeySet.import_key_set(keys.json()), algorithms=_ALGORITHMS)
            jwt.JWTClaimsRegistry(
                leeway=LEEWAY_S,
                iss={"essential": True, "value": self.issuer},
                aud={"essential": True, "value": self.client_id},
                exp={"essential": True},
                sub={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(token.claims)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise IdentityRefused(type(error).__name__) from None
        return self._identity(token.claims)

    def _identity(self, claims: Mapping[str, object]) -> Identity:
        audience, party = claims.get("aud"), claims.get("azp", self.client_id)
        if party != self.client_id or (isinstance(audience, list) and len(audience) > 1 and "azp" not in claims):
            raise IdentityRefused("for another party")
        subject, username = claims.get("sub"), claims.get("preferred_username")
        if not isinstance(subject, str) or not 1 <= len(subject) <= 255 or not subject.isprintable():
            raise IdentityRefused("no subject")
        return Identity(subject, username if isinstance(username, str) else None)


def begun(onward: str) -> Begun:
    """A sign-in that begins; `onward` is the page to go to afterwards."""
    return Begun(
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        onward=onward,
    )


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=PATIENCE_S, trust_env=False, follow_redirects=False)


async def _sent(request: Awaitable[httpx.Response]) -> httpx.Response:
    try:
        return await request
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ProviderAway(type(error).__name__) from None


def _read(kind: type[Answer], answer: httpx.Response) -> Answer:
    if answer.status_code != httpx.codes.OK:
        raise ProviderAway(f"HTTP {answer.status_code}")
    try:
        return kind.model_validate_json(answer.content)
    except ValidationError:
        raise ProviderAway(f"no {kind.__name__.strip('_').lower()}") from None

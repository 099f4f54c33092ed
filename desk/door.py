"""The desk's door: nobody gets to a page or a request of the desk past it, and nothing is changed without its token.

Every router under `/desk` is made by `Door.router`, so that no route can forget it.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from desk import sessions
from desk.models import Role
from desk.openid import OpenIdProvider
from desk.sessions import SignedIn
from desk.wording import said
from records.database import Sessions

COOKIE = "onecall_desk"
SIGN_IN = "/desk/sign-in"
CSRF_HEADER = "X-CSRF"
CSRF_FIELD = "csrf"
UNASKED = "X-Unasked"
"""The header of a request that the desk's page sends by itself, because the stream told it of something new."""

_HARMLESS = ("GET", "HEAD", "OPTIONS")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

Dependency = Callable[..., Awaitable[SignedIn]]


@dataclass(frozen=True)
class Door:
    """Who may come in. `public_url` is the address clerks open, "" where it is whatever they opened."""

    sessions: Sessions
    street_name: str
    public_url: str
    asset_version: str
    openid: OpenIdProvider | None = None

    @property
    def secure_cookie(self) -> bool:
        """Whether browsers send our cookies over encrypted connections alone."""
        return self.public_url.startswith("https://")

    def router(self, kind: Dependency) -> APIRouter:
        """A router under `/desk` whose every route asks who comes: `kind` is `self.page` or `self.api`."""
        return APIRouter(prefix="/desk", dependencies=[Depends(kind)])

    async def page(self, request: Request) -> SignedIn:
        """Who opens a page or sends a form; anybody else is sent to the sign-in page. Raises HTTPException."""
        signed_in = await self.find(request)
        if signed_in is None:
            onward = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            asked = f"?next={quote(onward, safe='/')}" if request.method in _HARMLESS else ""
            raise HTTPException(303, headers={"Location": SIGN_IN + asked})
        await self._check_change(request, signed_in)
        return signed_in

    async def api(self, request: Request) -> SignedIn:
        """Who sends a request of a page's script; anybody else is answered 401. Raises HTTPException."""
        signed_in = await self.find(request)
        if signed_in is None:
            raise HTTPException(401, said("sign_in_again"))
        await self._check_change(request, signed_in)
        return signed_in

    def requires(self, *roles: Role, kind: Dependency | None = None) -> Dependency:
        """A dependency that gives who sends a request of one of these roles, and answers 403 to others."""

        async def required(signed_in: Annotated[SignedIn, Depends(kind or self.api)]) -> SignedIn:
            if signed_in.clerk.role not in roles:
                raise HTTPException(403, said("no_right"))
            return signed_in

        return required

    async def find(self, request: Request) -> SignedIn | None:
        """Whose session a request is of. What a page asks by itself does not show that somebody is at work."""
        is_active = "text/event-stream" not in request.headers.get("accept", "") and UNASKED not in request.headers
        async with self.sessions() as session:
            return await sessions.find(
                session, request.cookies.get(COOKIE), request.headers.get("user-agent", ""), is_active=is_active
            )

    async def stands(self, signed_in: SignedIn) -> bool:
        """Whether somebody who opened a stream is still signed in."""
        async with self.sessions() as session:
            return await sessions.stands(session, signed_in)

    def give(self, answer: Response, token: str) -> None:
        """Have the browser keep a session's cookie, out of reach of scripts and of other sites."""
        answer.set_cookie(COOKIE, token, path="/desk", httponly=True, samesite="strict", secure=self.secure_cookie)

    async def _check_change(self, request: Request, signed_in: SignedIn) -> None:
        """Refuse a change that does not come from a page of ours. Raises HTTPException."""
        if request.method in _HARMLESS:
            return
        given = request.headers.get(CSRF_HEADER)
        if given is None and request.headers.get("content-type", "").startswith(_FORMS):
            field = (await request.form()).get(CSRF_FIELD)
            given = field if isinstance(field, str) else None
        if given is None or not same(given, signed_in.csrf) or not self.is_ours(request):
            raise HTTPException(403, said("page_is_old"))

    def is_ours(self, request: Request) -> bool:
        """Whether a request says that it comes from a page of ours, as far as its browser says anything.

        Browsers tell `Sec-Fetch-Site` over encrypted connections; a form's `Origin` is "null" under our own
        `Referrer-Policy: no-referrer`, and then says nothing.
        """
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return False
        origin = request.headers.get("origin", "null")
        if origin == "null":
            return True
        hosts = (request.headers.get("host", ""), urlsplit(self.public_url).netloc)
        return origin.partition("://")[2] in [host for host in hosts if host]


def same(given: str, expected: str) -> bool:
    """Whether two secrets are equal, in constant time, whatever a stranger sends."""
    return secrets.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())

"""Signing in and out: `/desk/sign-in`, its second step, the way by the office's own accounts, and `/desk/sign-out`."""

import logging
import re
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from pydantic import BaseModel

from bot.conversation.limits import RateLimit, line_of
from desk import attempts, openid, sessions, tickets
from desk.accounts import normal_login
from desk.door import COOKIE, SIGN_IN, Door, same
from desk.models import Clerk
from desk.openid import Begun, IdentityRefused, OpenIdProvider, ProviderAway
from desk.sessions import SignedIn
from records.encryption import blind_index

logger = logging.getLogger(__name__)

HERE = Path(__file__).resolve().parent
FORM_COOKIE = "onecall_desk_form"
OPENID_COOKIE = "onecall_desk_openid"
OPENID = f"{SIGN_IN}/openid"
ATTEMPTS_A_MINUTE = 40
"""Of one address, behind which there may be a whole hall at nine in the morning."""
CODE_VALID = timedelta(minutes=5)
OPENID_VALID = timedelta(minutes=10)

_ONWARD = re.compile(r"/desk(?:[/?][A-Za-z0-9/_?=&%.~+:,@-]{0,400})?")
_FORM_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_Text = Annotated[str, Form(max_length=1_000)]


class _FirstStep(BaseModel):
    """That the first step was taken, by whom, in which browser."""

    clerk: str
    onward: str
    form: str


def onward_of(asked: str) -> str:
    """Where to go after signing in: `asked` if it is a page of the desk, else the desk itself."""
    if not _ONWARD.fullmatch(asked) or ".." in asked or asked.startswith((SIGN_IN, "/desk/sign-out")):
        return "/desk"
    return asked


def routes(door: Door) -> APIRouter:
    """The routes of signing in and out."""
    both = APIRouter()
    page = _Page(door)
    both.include_router(_signing_in(page))
    if door.openid is not None:
        both.include_router(_by_openid(page, door.openid))
    both.include_router(_signing_out(door))
    return both


class _Page:
    """The sign-in page, and what comes after it."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self._limit = RateLimit(ATTEMPTS_A_MINUTE, 60.0)
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(), undefined=StrictUndefined
        )

    def shown(
        self,
        request: Request,
        status: int = 200,
        *,
        onward: str,
        fault: str | None = None,
        login: str = "",
        clerk: str | None = None,
    ) -> HTMLResponse:
        """The page, asking for the password or, where it is known already which `clerk` it is, for a code."""
        token = _form_token(request) or secrets.token_urlsafe(32)
        proof = _form_proof(token)
        step = None if clerk is None else _FirstStep(clerk=clerk, onward=onward, form=proof)
        answer = self._rendered(
            "sign_in.html",
            status,
            csrf=proof,
            ticket=None if step is None else tickets.sealed(step, "desk first step", CODE_VALID),
            fault=fault,
            login=login,
            onward=onward,
            openid=self.door.openid is not None,
        )
        self.keep(answer, FORM_COOKIE, token, SIGN_IN)
        return answer

    def forwarding(self, address: str) -> HTMLResponse:
        """A page that goes on to `address` by itself, so that the request for it comes from a page of ours.

        Browsers keep a strict cookie back from a request that began at another site, and wherever it is sent on to.
        """
        return self._rendered("onward.html", 200, address=address)

    def keep(self, answer: Response, name: str, value: str, path: str, lasts: timedelta | None = None) -> None:
        """Have the browser keep a cookie for us alone."""
        answer.set_cookie(
            name,
            value,
            max_age=None if lasts is None else int(lasts.total_seconds()),
            path=path,
            httponly=True,
            samesite="strict" if name != OPENID_COOKIE else "lax",  # it comes back from the provider
            secure=self.door.secure_cookie,
        )

    def is_genuine(self, request: Request, csrf: str) -> bool:
        """Whether a form was sent from this page as this browser was given it."""
        token = _form_token(request)
        return token is not None and same(csrf, _form_proof(token)) and self.door.is_ours(request)

    def admits(self, request: Request) -> bool:
        """Whether the address has not tried too often."""
        return self._limit.admits(line_of(request.client.host if request.client else ""))

    async def let_in(self, request: Request, account: Clerk, answer: Response) -> Response:
        """`answer`, with the cookie of a new session."""
        async with self.door.sessions() as session:
            replaces, browser = request.cookies.get(COOKIE), request.headers.get("user-agent", "")
            token = await sessions.begin(session, account, browser, replaces)
            await session.commit()
        self.door.give(answer, token)
        answer.delete_cookie(FORM_COOKIE, path=SIGN_IN)
        return answer

    def _rendered(self, template: str, status: int, **told: Any) -> HTMLResponse:
        page = self._templates.get_template(template).render(
            street=self.door.street_name, version=self.door.asset_version, **told
        )
        return HTMLResponse(page, status)


def _signing_in(page: _Page) -> APIRouter:
    router, door = APIRouter(prefix=SIGN_IN), page.door

    @router.get("", response_class=HTMLResponse)
    async def form(request: Request, next: str = "", hop: bool = False) -> Response:
        onward = onward_of(next)
        if await door.find(request) is not None:
            return RedirectResponse(onward, 303)
        if request.headers.get("sec-fetch-site") == "cross-site" and not hop:
            return page.forwarding(f"{SIGN_IN}?{urlencode({'next': onward, 'hop': 1})}")
        return page.shown(request, onward=onward)

    @router.post("", response_class=HTMLResponse)
    async def first_step(
        request: Request, login: _Text = "", password: _Text = "", csrf: _Text = "", next: _Text = ""
    ) -> Response:
        onward, login = onward_of(next), normal_login(login) or ""
        if not page.is_genuine(request, csrf):
            return page.shown(request, 403, onward=onward, fault="old", login=login)
        if not page.admits(request):
            return page.shown(request, 429, onward=onward, fault="often", login=login)
        account = await attempts.by_password(door.sessions, login, password)
        if account is None:
            return page.shown(request, 401, onward=onward, fault="wrong", login=login)
        if account.totp_secret is not None:
            return page.shown(request, onward=onward, clerk=account.id)
        return await page.let_in(request, account, RedirectResponse(onward, 303))

    @router.post("/code", response_class=HTMLResponse)
    async def second_step(request: Request, code: _Text = "", csrf: _Text = "", ticket: _Text = "") -> Response:
        step = tickets.opened(ticket, "desk first step", _FirstStep)
        if step is None or not same(step.form, csrf) or not page.is_genuine(request, csrf):
            return page.shown(request, 403, onward="/desk", fault="old")
        if not page.admits(request):
            return page.shown(request, 429, onward=step.onward, fault="often", clerk=step.clerk)
        account = await attempts.by_code(door.sessions, step.clerk, code)
        if account is None:
            return page.shown(request, 401, onward=step.onward, fault="wrong", clerk=step.clerk)
        return await page.let_in(request, account, RedirectResponse(step.onward, 303))

    return router


def _by_openid(page: _Page, provider: OpenIdProvider) -> APIRouter:
    router, door = APIRouter(prefix=OPENID), page.door

    def refused(request: Request, status: int, fault: str, onward: str) -> Response:
        answer = page.shown(request, status, onward=onward, fault=fault)
        answer.delete_cookie(OPENID_COOKIE, path=OPENID)
        return answer

    @router.get("")
    async def leave(request: Request, next: str = "") -> Response:
        begun = openid.begun(onward_of(next))
        if not page.admits(request):
            return refused(request, 429, "often", begun.onward)
        try:
            answer = RedirectResponse(await provider.address(begun), 303)
        except ProviderAway as away:
            logger.warning("the OpenID provider is away: %s", away)
            return refused(request, 503, "openid_away", begun.onward)
        page.keep(answer, OPENID_COOKIE, tickets.sealed(begun, "desk openid", OPENID_VALID), OPENID, OPENID_VALID)
        return answer

    @router.get("/back")
    async def back(request: Request, code: str = "", state: str = "") -> Response:
        begun = tickets.opened(request.cookies.get(OPENID_COOKIE, ""), "desk openid", Begun)
        if begun is None or not code or not same(state, begun.state):
            return refused(request, 403, "openid_refused", "/desk")
        try:
            identity = await provider.identity(code, begun)
        except ProviderAway as away:
            logger.warning("the OpenID provider is away: %s", away)
            return refused(request, 503, "openid_away", begun.onward)
        except IdentityRefused as fault:
            logger.warning("the OpenID provider vouches for nobody: %s", fault)
            return refused(request, 403, "openid_refused", begun.onward)
        account = await attempts.by_openid(door.sessions, identity)
        if account is None:
            return refused(request, 403, "openid_unknown", begun.onward)
        if account.totp_secret is not None:
            answer: Response = page.shown(request, onward=begun.onward, clerk=account.id)
        else:
            answer = await page.let_in(request, account, page.forwarding(begun.onward))
        answer.delete_cookie(OPENID_COOKIE, path=OPENID)
        return answer

    return router


def _signing_out(door: Door) -> APIRouter:
    router = door.router(door.page)

    @router.post("/sign-out")
    async def leave(signed_in: Annotated[SignedIn, Depends(door.page)]) -> Response:
        async with door.sessions() as session:
            await sessions.end(session, signed_in)
            await session.commit()
        answer = RedirectResponse(SIGN_IN, 303)
        answer.delete_cookie(COOKIE, path="/desk")
        return answer

    return router


def _form_token(request: Request) -> str | None:
    token = request.cookies.get(FORM_COOKIE, "")
    return token if _FORM_TOKEN.fullmatch(token) else None


def _form_proof(token: str) -> str:
    return blind_index(token, "desk form")

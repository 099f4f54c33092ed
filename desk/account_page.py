"""`/desk/account`: one's own account. Whoever is signed in sees what it may do, and changes how it is signed in to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.limits import RateLimit
from desk import accounts, attempts, passwords, sessions, tickets, totp
from desk.account_view import places_told, rights_told, setup_told
from desk.door import Door, same
from desk.models import Clerk
from desk.passwords import PasswordRefused
from desk.sessions import SignedIn
from desk.trail import AccountAct
from desk.wording import said, said_if_known
from records.base import now
from services_catalog.loader import Catalog

HERE = Path(__file__).resolve().parent
ACCOUNT = "/desk/account"
ATTEMPTS_A_MINUTE = 20
"""Of one account: changes that hash a password or take a code."""
SETUP_VALID = timedelta(minutes=10)
_SETUP = "desk codes"
_Text = Annotated[str, Form(max_length=1_000)]


class _Setup(BaseModel):
    """The secret of codes that are not switched on yet, and the session it was shown to."""

    secret: str
    session: str


@dataclass(frozen=True)
class Fault:
    """What was wrong, and beside which field it is told."""

    field: str
    sentence: str


_Change = Callable[[AsyncSession, Clerk, SignedIn], Awaitable[None]]


def routes(door: Door, catalog: Callable[[], Catalog]) -> APIRouter:
    """The page and its changes, for everybody who is signed in."""
    router, page = door.router(door.page), _Page(door, catalog)
    router.include_router(_seen(page))
    router.include_router(_password(page))
    router.include_router(_codes(page))
    return router


class _Page:
    """The page, and what comes after each change."""

    def __init__(self, door: Door, catalog: Callable[[], Catalog]) -> None:
        self.door = door
        self._catalog = catalog
        self._limit = RateLimit(ATTEMPTS_A_MINUTE, 60.0)
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            trim_blocks=True,
        )

    async def account(self, signed_in: SignedIn) -> Clerk:
        """The account as it stands."""
        async with self.door.sessions() as session:
            return await session.get_one(Clerk, signed_in.clerk.id)

    async def shown(
        self,
        signed_in: SignedIn,
        status: int = 200,
        *,
        fault: Fault | None = None,
        done: str | None = None,
        ticket: str | None = None,
        secret: str = "",
    ) -> HTMLResponse:
        """The page; with a `ticket` the step that shows a secret and asks for the first code."""
        async with self.door.sessions() as session:
            account = await session.get_one(Clerk, signed_in.clerk.id)
            places = await sessions.elsewhere(session, signed_in)
        html = self._templates.get_template("account.html").render(
            clerk=signed_in.clerk,
            csrf=signed_in.csrf,
            street=self.door.street_name,
            version=self.door.asset_version,
            login=account.login,
            has_password=account.password_hash is not None,
            has_codes=account.totp_secret is not None,
            shortest=passwords.SHORTEST,
            rights=rights_told(signed_in.clerk, self._catalog()),
            places=places_told(places),
            setup=None if ticket is None else setup_told(ticket, secret, account.login, self.door.street_name),
            fault=fault,
            done=done,
        )
        return HTMLResponse(html, status)

    async def refused(self, signed_in: SignedIn, field: str, why: str, status: int = 422) -> Response:
        """The page with what was wrong."""
        return await self.shown(signed_in, status, fault=Fault(field, said(f"account_fault_{why}")))

    def admits(self, signed_in: SignedIn) -> bool:
        """Whether the account has not tried too often."""
        return self._limit.admits(signed_in.clerk.id)

    async def unproven(self, signed_in: SignedIn, field: str, given: str) -> Response | None:
        """None where `given` proves that it is the owner of the account who is at the keys: their password.

        Whoever has no password and comes by the office's own account gives a code instead, if they have codes.
        """
        if not self.admits(signed_in):
            return await self.refused(signed_in, field, "often", 429)
        account, act, whose = await self.account(signed_in), AccountAct.UNPROVEN, self.door.sessions
        if account.password_hash is not None:
            proven, why = await attempts.by_password(whose, account.login, given, act) is not None, "wrong"
        elif account.totp_secret is not None:
            proven, why = await attempts.by_code(whose, account.id, given, act) is not None, "wrong_code"
        else:
            return None
        return None if proven else await self.refused(signed_in, field, why, 403)

    async def changed(self, signed_in: SignedIn, done: str, change: _Change) -> Response:
        """Make a change that ends every session but this one, which goes on with another cookie.

        Where this session ended meanwhile, nothing is changed: another change was first.
        """
        async with self.door.sessions() as session:
            renewed = await sessions.renew(session, signed_in)
            if renewed is None:
                return RedirectResponse(ACCOUNT, 303)
            token, kept = renewed
            await change(session, await session.get_one(Clerk, signed_in.clerk.id), kept)
            await session.commit()
        answer = RedirectResponse(f"{ACCOUNT}?done={done}", 303)
        self.door.give(answer, token)
        return answer


def _seen(page: _Page) -> APIRouter:
    router, door = APIRouter(prefix="/account"), page.door

    @router.get("", response_class=HTMLResponse)
    async def own(
        signed_in: Annotated[SignedIn, Depends(door.page)], done: Annotated[str, Query(max_length=20)] = ""
    ) -> Response:
        return await page.shown(signed_in, done=said_if_known(f"account_done_{done}"))

    @router.post("/sessions/end")
    async def end(signed_in: Annotated[SignedIn, Depends(door.page)], only: _Text = "") -> Response:
        async with door.sessions() as session:
            await sessions.end_elsewhere(session, signed_in, only or None)
            await session.commit()
        return RedirectResponse(f"{ACCOUNT}?done=ended", 303)

    return router


def _password(page: _Page) -> APIRouter:
    router = APIRouter(prefix="/account")

    @router.post("/password")
    async def change(
        signed_in: Annotated[SignedIn, Depends(page.door.page)],
        current: _Text = "",
        fresh: _Text = "",
        again: _Text = "",
    ) -> Response:
        wrong = _wrong_with(fresh, again, current, (await page.account(signed_in)).login)
        if wrong is not None:
            return await page.refused(signed_in, *wrong)
        refusal = await page.unproven(signed_in, "current", current)
        if refusal is not None:
            return refusal
        hashed = await passwords.hashed_aside(fresh)

        async def set_it(session: AsyncSession, account: Clerk, kept: SignedIn) -> None:
            await accounts.set_hash(session, account, hashed, by=account.id, but=kept.session)

        return await page.changed(signed_in, "password", set_it)

    return router


def _codes(page: _Page) -> APIRouter:
    router, door = APIRouter(prefix="/account/codes"), page.door

    @router.post("", response_class=HTMLResponse)
    async def begin(signed_in: Annotated[SignedIn, Depends(door.page)], proof: _Text = "") -> Response:
        if (await page.account(signed_in)).totp_secret is not None:
            return RedirectResponse(ACCOUNT, 303)
        refusal = await page.unproven(signed_in, "proof", proof)
        if refusal is not None:
            return refusal
        setup = _Setup(secret=totp.new_secret(), session=signed_in.session)
        ticket = tickets.sealed(setup, _SETUP, SETUP_VALID)
        return await page.shown(signed_in, ticket=ticket, secret=setup.secret)

    @router.post("/confirm", response_class=HTMLResponse)
    async def confirm(
        signed_in: Annotated[SignedIn, Depends(door.page)], ticket: _Text = "", code: _Text = ""
    ) -> Response:
        setup = tickets.opened(ticket, _SETUP, _Setup)
        if setup is None or not same(setup.session, signed_in.session):
            return await page.refused(signed_in, "proof", "old", 403)
        step = totp.step_of(setup.secret, code, now(), None)
        if step is None:
            fault = Fault("code", said("account_fault_code"))
            return await page.shown(signed_in, 422, fault=fault, ticket=ticket, secret=setup.secret)

        async def set_it(session: AsyncSession, account: Clerk, kept: SignedIn) -> None:
            await accounts.use_totp(session, account, setup.secret, step, by=account.id, but=kept.session)

        return await page.changed(signed_in, "codes_on", set_it)

    @router.post("/off")
    async def end(signed_in: Annotated[SignedIn, Depends(door.page)], proof: _Text = "") -> Response:
        if (await page.account(signed_in)).totp_secret is None:
            return RedirectResponse(ACCOUNT, 303)
        refusal = await page.unproven(signed_in, "proof", proof)
        if refusal is not None:
            return refusal

        async def set_it(session: AsyncSession, account: Clerk, kept: SignedIn) -> None:
            await accounts.use_totp(session, account, None, None, by=account.id, but=kept.session)

        return await page.changed(signed_in, "codes_off", set_it)

    return router


def _wrong_with(fresh: str, again: str, current: str, login: str) -> tuple[str, str] | None:
    """Why `fresh` cannot be the new password: a field, and the name of what is wrong."""
    try:
        passwords.check(fresh, login)
    except PasswordRefused as refused:
        return "fresh", refused.fault.value
    if fresh == current:
        return "fresh", "unchanged"
    return None if fresh == again else ("again", "again")

"""Sessions of signed-in clerks: begun, found again and ended. A session belongs to one browser and ends by itself."""

import re
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from desk import trail
from desk.models import Clerk, ClerkSession
from desk.rights import DeskClerk, desk_clerk
from desk.trail import AccountAct
from records.base import now
from records.database import rows_changed
from records.encryption import blind_index

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)
"""How often it is written down that somebody is still there."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class SignedIn:
    """Who sends a request. `csrf` is what their changes have to carry, `session` the hash their session is found by."""

    clerk: DeskClerk
    csrf: str = field(repr=False)
    session: str = field(repr=False)


@dataclass(frozen=True)
class Elsewhere:
    """Another session of the same account, called `id`. `is_alike` says that its browser calls itself the same."""

    id: str
    begun_at: datetime
    seen_at: datetime
    is_alike: bool


async def begin(session: AsyncSession, clerk: Clerk, browser: str, replaces: str | None) -> str:
    """A new session of a browser, by what it calls itself, in place of the one it had; gives the token of its cookie.

    What is over, of anybody, goes with it.
    """
    moment, token = now(), secrets.token_urlsafe(32)
    over = or_(ClerkSession.expires_at <= moment, ClerkSession.seen_at <= moment - IDLE)
    await session.execute(delete(ClerkSession).where(or_(over, ClerkSession.token_index == _index(replaces or ""))))
    session.add(
        ClerkSession(
            token_index=_index(token),
            clerk_id=clerk.id,
            browser_index=_browser(browser),
            created_at=moment,
            seen_at=moment,
            expires_at=moment + LONGEST,
        )
    )
    trail.note(session, clerk.id, AccountAct.SIGNED_IN, "session", _index(token))
    return token


async def find(session: AsyncSession, token: str | None, browser: str, *, is_active: bool = True) -> SignedIn | None:
    """Whose session a token is of; None where there is none any more. Commits what it writes.

    A token that comes from another browser than the one it was given to was stolen: its session ends at once.
    `is_active` says that the request shows somebody at work, which puts the end off.
    """
    if token is None or not _TOKEN.fullmatch(token):
        return None
    moment = now()
    rows = select(ClerkSession, Clerk).join(Clerk, Clerk.id == ClerkSession.clerk_id).where(_stands(_index(token)))
    found = (await session.execute(rows)).one_or_none()
    if found is None:
        return None
    row, account = found
    if not secrets.compare_digest(row.browser_index, _browser(browser)):
        await session.execute(delete(ClerkSession).where(ClerkSession.token_index == row.token_index))
        trail.note(session, row.clerk_id, AccountAct.STOLEN, "session", row.token_index)
        await session.commit()
        return None
    if is_active and moment - row.seen_at >= NOTED_EVERY:
        await session.execute(
            update(ClerkSession).where(ClerkSession.token_index == row.token_index).values(seen_at=moment)
        )
        await session.commit()
    return SignedIn(desk_clerk(account), _csrf(token), row.token_index)


async def stands(session: AsyncSession, signed_in: SignedIn) -> bool:
    """Whether a session that was found before is still one: for streams, which outlive the request that opened them."""
    rows = select(Clerk.id).join(ClerkSession, Clerk.id == ClerkSession.clerk_id).where(_stands(signed_in.session))
    return await session.scalar(rows) is not None


async def end(session: AsyncSession, signed_in: SignedIn) -> None:
    """Sign out of one browser, with the session's commit."""
    await session.execute(delete(ClerkSession).where(ClerkSession.token_index == signed_in.session))
    trail.note(session, signed_in.clerk.id, AccountAct.SIGNED_OUT, "session", signed_in.session)


async def renew(session: AsyncSession, signed_in: SignedIn) -> tuple[str, SignedIn] | None:
    """Another token for the same session, for its cookie, and how it is found from then on; None where it is over.

    Only one of several changes that come by the same token gets a new one. With the session's commit.
    """
    token = secrets.token_urlsafe(32)
    old = update(ClerkSession).where(ClerkSession.token_index == signed_in.session)
    if await rows_changed(session, old.values(token_index=_index(token))) != 1:
        return None
    return token, replace(signed_in, csrf=_csrf(token), session=_index(token))


async def elsewhere(session: AsyncSession, signed_in: SignedIn) -> list[Elsewhere]:
    """Where else the account is signed in, the latest at work first."""
    mine = (
        select(ClerkSession)
        .where(ClerkSession.clerk_id == signed_in.clerk.id, _lasts())
        .order_by(ClerkSession.seen_at.desc(), ClerkSession.token_index)
    )
    rows = (await session.scalars(mine)).all()
    here = next((row.browser_index for row in rows if row.token_index == signed_in.session), None)
    return [
        Elsewhere(row.token_index, row.created_at, row.seen_at, row.browser_index == here)
        for row in rows
        if row.token_index != signed_in.session
    ]


async def end_elsewhere(session: AsyncSession, signed_in: SignedIn, only: str | None = None) -> None:
    """Sign the account out of every other session, or `only` of that one, with the session's commit."""
    others = delete(ClerkSession).where(
        ClerkSession.clerk_id == signed_in.clerk.id, ClerkSession.token_index != signed_in.session
    )
    asked = others if only is None else others.where(ClerkSession.token_index == only)
    for ended in (await session.scalars(asked.returning(ClerkSession.token_index))).all():
        trail.note(session, signed_in.clerk.id, AccountAct.ENDED, "session", ended)


def _stands(token_index: str) -> ColumnElement[bool]:
    return and_(ClerkSession.token_index == token_index, _lasts(), Clerk.active)


def _lasts() -> ColumnElement[bool]:
    moment = now()
    return and_(ClerkSession.expires_at > moment, ClerkSession.seen_at > moment - IDLE)


def _csrf(token: str) -> str:
    return blind_index(token, "desk csrf")


def _index(token: str) -> str:
    return blind_index(token, "desk session")


def _browser(name: str) -> str:
    return blind_index(name, "desk browser")

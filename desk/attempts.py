"""Attempts to sign in: each is counted before it is tried, so that a thousand at once are still only five."""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import Update, case, literal, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from desk import passwords, totp, trail
from desk.accounts import find
from desk.models import Clerk
from desk.openid import Identity
from desk.trail import AccountAct
from records.base import UtcDateTime, now
from records.database import Sessions, rows_changed

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
NOBODY = "nobody"
"""Whose attempt it was, on the trail, where nobody has that login."""


async def by_password(
    sessions: Sessions, login: str, password: str, refusal: AccountAct = AccountAct.REFUSED
) -> Clerk | None:
    """Whose login and password these are; None where they are wrong, or the account is locked or not active.

    `refusal` is what the trail calls an attempt that failed.

    A login that nobody has takes the same steps and as long. Where the account asks for a code as well, the right
    password forgets no earlier failure, or who knows it could guess codes for ever.
    """
    async with sessions() as session:
        account = await find(session, login)
    clerk_id, kept = (None, None) if account is None else (account.id, account.password_hash)
    right, admitted = await asyncio.gather(
        passwords.matches_aside(kept, password),
        _counted(sessions, clerk_id),
    )
    if account is None or not right or not admitted:
        await _refused(sessions, clerk_id, "password" if admitted else "locked", refusal)
        return None
    fresh = kept
    if kept is not None and passwords.is_outdated(kept):
        fresh = await passwords.hashed_aside(password)
    failed = case((Clerk.failed > 0, Clerk.failed - 1), else_=0) if account.totp_secret else 0
    still = update(Clerk).where(Clerk.id == account.id, Clerk.active, Clerk.password_hash == kept)
    async with sessions() as session:
        stands = await rows_changed(session, still.values(failed=failed, locked_until=None, password_hash=fresh)) == 1
        await session.commit()
    return account if stands else None  # None: the password was changed, or the account closed, just now


async def by_code(
    sessions: Sessions, clerk_id: str, code: str, refusal: AccountAct = AccountAct.REFUSED
) -> Clerk | None:
    """The account, if `code` is one of its codes of now and was not taken before; None as for a wrong password."""
    admitted = await _counted(sessions, clerk_id)
    async with sessions() as session:
        account = await session.get(Clerk, clerk_id)
        if admitted and account is not None and await _takes(session, account, code):
            await session.commit()
            return account
    await _refused(sessions, clerk_id, "code" if admitted else "locked", refusal)
    return None


async def by_openid(sessions: Sessions, identity: Identity) -> Clerk | None:
    """Whose account belongs to whom the provider vouched for; None where none does that is active.

    The first time they are known by the login that the provider tells, and from then on by its subject alone.
    """
    mine = select(Clerk).where(Clerk.openid_subject == identity.subject)
    async with sessions() as session:
        account = await session.scalar(mine)
        if account is None and identity.username is not None:
            await _bind(session, identity.username, identity.subject)
            account = await session.scalar(mine)
    return account if account is not None and account.active else None


async def _takes(session: AsyncSession, account: Clerk, code: str) -> bool:
    """Whether a code is right; it is taken with the session's commit, and by nobody else."""
    if account.totp_secret is None:
        return False
    step = totp.step_of(account.totp_secret, code, now(), account.totp_last_step)
    if step is None:
        return False
    fresh = or_(Clerk.totp_last_step.is_(None), Clerk.totp_last_step < step)
    taken = update(Clerk).where(Clerk.id == account.id, fresh)
    return await rows_changed(session, taken.values(totp_last_step=step, failed=0, locked_until=None)) == 1


async def _bind(session: AsyncSession, login: str, subject: str) -> None:
    """Give a subject to the active account of that login, unless it has one; several browsers may try at once."""
    account = await find(session, login)
    if account is None:
        return
    free = update(Clerk).where(Clerk.id == account.id, Clerk.active, Clerk.openid_subject.is_(None))
    try:
        if await rows_changed(session, free.values(openid_subject=subject)) == 1:
            trail.note(session, account.id, AccountAct.OPENID, "clerk", account.id, "on")
        await session.commit()
    except IntegrityError:  # it was given to another account just now
        await session.rollback()


async def _counted(sessions: Sessions, clerk_id: str | None) -> bool:
    """Whether one more attempt is admitted; if so it counts as failed until it turns out right."""
    moment = now()
    async with sessions() as session:
        whose = update(Clerk).where(Clerk.id == (clerk_id or NOBODY))
        await session.execute(whose.where(Clerk.locked_until <= moment).values(failed=0, locked_until=None))
        admitted = await rows_changed(session, _one_more(whose, moment)) == 1
        await session.commit()
    return admitted


def _one_more(whose: Update, moment: datetime) -> Update:
    until = literal(moment + LOCKED_FOR, UtcDateTime)
    return whose.where(Clerk.active, Clerk.locked_until.is_(None)).values(
        failed=Clerk.failed + 1, locked_until=case((Clerk.failed + 1 >= MOST_FAILURES, until), else_=None)
    )


async def _refused(sessions: Sessions, clerk_id: str | None, why: str, act: AccountAct) -> None:
    """Put it on the trail, and where it was one too many, that too."""
    whose = clerk_id or NOBODY
    async with sessions() as session:
        trail.note(session, whose, act, "clerk", whose, why)
        locked = select(Clerk.locked_until).where(Clerk.id == whose)
        if why != "locked" and await session.scalar(locked) is not None:
            trail.note(session, whose, AccountAct.LOCKED_OUT, "clerk", whose)
        await session.commit()

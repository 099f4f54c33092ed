"""Accounts at the desk: adding, finding and changing them. Whatever is changed is on the trail."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from desk import passwords, totp, trail
from desk.models import Clerk, ClerkSession, Role
from desk.trail import AccountAct

LONGEST_NAME = 32
_LOGIN = re.compile(r"[\w.@-]{2,64}")


class AccountFault(StrEnum):
    """Why an account cannot be made or changed so."""

    LOGIN = "login"
    """Not 2 to 64 letters, digits, or signs of `.@-_`."""
    NAME = "name"
    TAKEN = "taken"
    UNKNOWN = "unknown"
    SUBJECT_TAKEN = "subject_taken"


class AccountRefused(Exception):
    """An account that cannot be made or changed so."""

    def __init__(self, fault: AccountFault) -> None:
        super().__init__(fault)
        self.fault = fault


def normal_login(login: str) -> str | None:
    """One spelling of a login, whatever its width and case; None where it can be nobody's."""
    spelled = unicodedata.normalize("NFKC", login).strip().casefold()
    return spelled if _LOGIN.fullmatch(spelled) else None


async def find(session: AsyncSession, login: str) -> Clerk | None:
    """The account of that login, active or not."""
    spelled = normal_login(login)
    return None if spelled is None else await session.scalar(select(Clerk).where(Clerk.login == spelled))


async def known(session: AsyncSession, login: str) -> Clerk:
    """The account of that login. Raises AccountRefused where there is none."""
    account = await find(session, login)
    if account is None:
        raise AccountRefused(AccountFault.UNKNOWN)
    return account


async def everybody(session: AsyncSession) -> Sequence[Clerk]:
    """All accounts, by login."""
    return (await session.scalars(select(Clerk).order_by(Clerk.login))).all()


async def names(session: AsyncSession, ids: Collection[str]) -> dict[str, str]:
    """The names of accounts by their ids, whether they still work here or not."""
    found = await session.execute(select(Clerk.id, Clerk.name).where(Clerk.id.in_(ids)))
    return {row.id: row.name for row in found}


async def add(
    session: AsyncSession,
    *,
    login: str,
    name: str,
    role: Role,
    windows: Sequence[str],
    departments: Sequence[str],
    password: str | None,
    by: str,
) -> Clerk:
    """A new account, written at once and kept with the session's commit. Without a password only OpenID lets it in.

    Raises AccountRefused and PasswordRefused.
    """
    spelled = normal_login(login)
    if spelled is None:
        raise AccountRefused(AccountFault.LOGIN)
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise AccountRefused(AccountFault.NAME)
    if password is not None:
        passwords.check(password, spelled)
    account = Clerk(
        login=spelled,
        name=name,
        role=role.value,
        windows=list(windows),
        departments=list(departments),
        password_hash=None if password is None else passwords.hashed(password),
    )
    session.add(account)
    try:
        await session.flush()
    except IntegrityError:
        await session.rollback()
        raise AccountRefused(AccountFault.TAKEN) from None
    trail.note(session, by, AccountAct.ADDED, "clerk", account.id, role.value)
    return account


async def set_password(session: AsyncSession, account: Clerk, password: str, *, by: str) -> None:
    """Another password; whoever is signed in has to do it again. Raises PasswordRefused."""
    passwords.check(password, account.login)
    await set_hash(session, account, passwords.hashed(password), by=by)


async def set_hash(session: AsyncSession, account: Clerk, hashed: str, *, by: str, but: str | None = None) -> None:
    """As `set_password`, of a password that was checked and hashed already; the session `but` goes on."""
    account.password_hash = hashed
    account.failed, account.locked_until = 0, None
    await end_sessions(session, account.id, but)
    trail.note(session, by, AccountAct.CREDENTIAL, "clerk", account.id)


def set_rights(
    session: AsyncSession,
    account: Clerk,
    *,
    role: Role,
    windows: Sequence[str],
    departments: Sequence[str],
    by: str,
) -> None:
    """What they may work on, from their next request on."""
    account.role, account.windows, account.departments = role.value, list(windows), list(departments)
    trail.note(session, by, AccountAct.RIGHTS, "clerk", account.id, role.value)


async def deactivate(session: AsyncSession, account: Clerk, *, by: str) -> None:
    """Nobody gets in by this account any more, nor stays; what was done by it stays on record."""
    account.active = False
    await end_sessions(session, account.id)
    trail.note(session, by, AccountAct.DEACTIVATED, "clerk", account.id)


def activate(session: AsyncSession, account: Clerk, *, by: str) -> None:
    """Let somebody in again: after a deactivation, and at once after too many wrong passwords."""
    account.active, account.failed, account.locked_until = True, 0, None
    trail.note(session, by, AccountAct.ACTIVATED, "clerk", account.id)


async def set_totp(session: AsyncSession, account: Clerk, *, wanted: bool, by: str) -> str | None:
    """Ask for one-time codes from now on, by a new secret, which is given back, or no longer ask for them.

    Whoever is signed in has to do it again.
    """
    secret = totp.new_secret() if wanted else None
    await use_totp(session, account, secret, None, by=by)
    return secret


async def use_totp(
    session: AsyncSession, account: Clerk, secret: str | None, last_step: int | None, *, by: str, but: str | None = None
) -> None:
    """As `set_totp`, by a secret of which the code of `last_step` was taken already; the session `but` goes on."""
    account.totp_secret, account.totp_last_step = secret, last_step
    await end_sessions(session, account.id, but)
    trail.note(session, by, AccountAct.TOTP, "clerk", account.id, "off" if secret is None else "on")


async def set_openid(session: AsyncSession, account: Clerk, subject: str | None, *, by: str) -> None:
    """Whom the OpenID provider calls `subject` comes in as this account; None to forget who that was.

    Written at once. Raises AccountRefused where another account has that subject.
    """
    taken = select(Clerk.id).where(Clerk.openid_subject == subject, Clerk.id != account.id)
    if subject is not None and await session.scalar(taken) is not None:
        raise AccountRefused(AccountFault.SUBJECT_TAKEN)
    account.openid_subject = subject
    trail.note(session, by, AccountAct.OPENID, "clerk", account.id, "off" if subject is None else "on")


async def end_sessions(session: AsyncSession, clerk_id: str, but: str | None = None) -> None:
    """Sign an account out everywhere, with the session's commit; only not of the session `but`."""
    theirs = delete(ClerkSession).where(ClerkSession.clerk_id == clerk_id)
    await session.execute(theirs if but is None else theirs.where(ClerkSession.token_index != but))

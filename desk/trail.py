"""The trail 操作记录: who at the desk saw or changed what, and when."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from desk.models import DeskLog

COMMAND = "command"
"""Who acted where the command line did."""
NOTE_CHARS = 120
MOST_SHOWN = 200

SubjectKind = Literal["conversation", "case", "resident", "clerk", "file", "session", "trail"]


class AccountAct(StrEnum):
    """What is done to accounts and sessions."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    REFUSED = "sign_in_refused"
    LOCKED_OUT = "locked_out"
    STOLEN = "session_elsewhere"
    """A session's token came from another browser."""
    ENDED = "session_ended"
    """Somebody signed out of another browser of theirs."""
    ADDED = "account_added"
    CREDENTIAL = "password_changed"
    RIGHTS = "rights_changed"
    ACTIVATED = "account_activated"
    DEACTIVATED = "account_deactivated"
    TOTP = "totp_changed"
    OPENID = "openid_changed"
    UNPROVEN = "change_refused"
    """Somebody signed in wanted to change the account, and could not prove who they are."""


@dataclass(frozen=True)
class Line:
    """A line of the trail, as it is shown."""

    id: int
    at: datetime
    clerk_id: str
    act: str
    subject_kind: str
    subject_id: str
    note: str | None


def note(
    session: AsyncSession, clerk_id: str, act: str, subject_kind: SubjectKind, subject_id: str, note: str | None = None
) -> None:
    """Put a line on record with the session's commit. `note` is cut to 120 characters and never holds personal data."""
    session.add(
        DeskLog(
            clerk_id=clerk_id,
            act=act,
            subject_kind=subject_kind,
            subject_id=subject_id,
            note=None if note is None else note[:NOTE_CHARS],
        )
    )


async def search(
    session: AsyncSession,
    *,
    clerk_id: str | None = None,
    subject_id: str | None = None,
    act: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before_id: int | None = None,
    limit: int = 50,
) -> list[Line]:
    """The newest lines that fit all that is given, newest first: from `since` on, before `until`, at most 200.

    `before_id` is the last line of the page before.
    """
    wanted = select(DeskLog).order_by(DeskLog.id.desc()).limit(max(1, min(limit, MOST_SHOWN)))
    if clerk_id is not None:
        wanted = wanted.where(DeskLog.clerk_id == clerk_id)
    if subject_id is not None:
        wanted = wanted.where(DeskLog.subject_id == subject_id)
    if act is not None:
        wanted = wanted.where(DeskLog.act == act)
    if since is not None:
        wanted = wanted.where(DeskLog.at >= since)
    if until is not None:
        wanted = wanted.where(DeskLog.at < until)
    if before_id is not None:
        wanted = wanted.where(DeskLog.id < before_id)
    return [
        Line(row.id, row.at, row.clerk_id, row.act, row.subject_kind, row.subject_id, row.note)
        for row in await session.scalars(wanted)
    ]

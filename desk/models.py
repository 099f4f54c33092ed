"""Tables of the desk: who works there, their sessions, and the trail of what they saw and did."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, UtcDateTime, new_id, now
from records.encryption import EncryptedText


class Role(StrEnum):
    """What somebody may do at the desk; `desk.rights` says what each means."""

    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    MAINTAINER = "maintainer"
    AUDITOR = "auditor"


class Clerk(Base):
    """An account at the desk.

    `name` is what residents are told. `windows` are window ids, or `["*"]` for every general window; `departments` are
    the restricted departments whose items they may work. Without `password_hash` only OpenID Connect lets them in.
    `totp_last_step` is the step of the last code that was taken, so that none is taken twice. `failed` counts wrong
    passwords and codes since the last right one.
    """

    __tablename__ = "clerks"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(32))
    role: Mapped[str] = mapped_column(String(16))
    windows: Mapped[list[str]] = mapped_column(JSON)
    departments: Mapped[list[str]] = mapped_column(JSON)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    totp_secret: Mapped[str | None] = mapped_column(EncryptedText("clerks.totp_secret"))
    totp_last_step: Mapped[int | None]
    openid_subject: Mapped[str | None] = mapped_column(String(255), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    failed: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class ClerkSession(Base):
    """A signed-in browser. Of its token and of what it calls itself only keyed hashes are kept."""

    __tablename__ = "clerk_sessions"

    token_index: Mapped[str] = mapped_column(String(64), primary_key=True)
    clerk_id: Mapped[str] = mapped_column(ForeignKey("clerks.id"), index=True)
    browser_index: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class DeskLog(Base):
    """One line for each time somebody at the desk saw or changed something. Rows are only ever added; the database
    refuses changes.

    It holds no personal data of residents, and stays when theirs go. `clerk_id` is "command" for the command line.
    """

    __tablename__ = "desk_log"
    __table_args__ = (Index("ix_desk_log_clerk", "clerk_id", "id"), Index("ix_desk_log_subject", "subject_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    clerk_id: Mapped[str] = mapped_column(String(32))
    act: Mapped[str] = mapped_column(String(32))
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[str] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(String(120))

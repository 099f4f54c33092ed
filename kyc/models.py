"""Tables of the people 1call serves."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, UtcDateTime, new_id, now
from records.encryption import EncryptedBytes, EncryptedJSON, EncryptedText


class Resident(Base):
    """A person who talks to us, known so far only by the channel they come from."""

    __tablename__ = "residents"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Consent(Base):
    """A resident's consent to a version of the notice on personal data."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[str] = mapped_column(ForeignKey("residents.id"), index=True)
    version: Mapped[str] = mapped_column(String(16))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ProfileEntry(Base):
    """One thing a resident told and confirmed, to be offered in later forms.

    `person` is "self" or how the resident calls a relative (母亲); `source` names the item it was told for.
    """

    __tablename__ = "profile_entries"
    __table_args__ = (UniqueConstraint("resident_id", "person", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[str] = mapped_column(ForeignKey("residents.id"))
    person: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(64))
    value: Mapped[str] = mapped_column(EncryptedText("profile.value"))
    masked: Mapped[str] = mapped_column(EncryptedText("profile.masked"))
    source: Mapped[str] = mapped_column(String(128))
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class LinkCode(Base):
    """A one-time code by which a resident joins a second channel to the first. Only its keyed hash is kept."""

    __tablename__ = "link_codes"

    code_index: Mapped[str] = mapped_column(String(64), primary_key=True)
    resident_id: Mapped[str] = mapped_column(ForeignKey("residents.id"), index=True)
    conversation_id: Mapped[str] = mapped_column(String(32))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class IdentityCheck(Base):
    """One attempt to prove who somebody is, by one way.

    `person` is "self" or how the resident calls the relative whose identity it is, and `identity_index` the keyed hash
    of their ID number: what was proved of one number says nothing of another. `status` is one of
    `kyc.checks.CheckStatus`. A check before the camera has a link, of whose token only the keyed hash is kept, and
    belongs to the browser that first agreed to it. `faults` are codes that hold nothing personal. `announced_at` is
    when the conversation was told of the outcome.
    """

    __tablename__ = "identity_checks"
    __table_args__ = (
        Index("ix_identity_checks_identity", "identity_index", "resident_id"),
        Index("ix_identity_checks_status", "status"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    resident_id: Mapped[str] = mapped_column(ForeignKey("residents.id"))
    conversation_id: Mapped[str] = mapped_column(String(32))
    case_id: Mapped[str | None] = mapped_column(String(32), index=True)
    item_id: Mapped[str] = mapped_column(String(64))
    person: Mapped[str] = mapped_column(String(16))
    identity_index: Mapped[str] = mapped_column(String(64))
    whose: Mapped[str] = mapped_column(EncryptedText("identity_checks.whose"))
    way: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    announced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    token_index: Mapped[str | None] = mapped_column(String(64), unique=True)
    browser_index: Mapped[str | None] = mapped_column(String(64))
    challenge: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON("identity_checks.challenge"))
    challenged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    faults: Mapped[str] = mapped_column(String(200), default="")


class FaceConsent(Base):
    """A consent to a face check, of one person, to a version of the notice; `by_guardian` for a child under 14."""

    __tablename__ = "face_consents"

    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[str] = mapped_column(ForeignKey("residents.id"), index=True)
    person: Mapped[str] = mapped_column(String(16))
    version: Mapped[str] = mapped_column(String(16))
    by_guardian: Mapped[bool] = mapped_column(default=False)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FaceTemplate(Base):
    """A face as numbers, never as a picture, of whoever has the ID number that `identity_index` is the keyed hash of.

    Only `kyc.vault` touches this table.
    """

    __tablename__ = "face_templates"
    __table_args__ = (Index("ix_face_templates_identity", "resident_id", "identity_index"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    resident_id: Mapped[str] = mapped_column(ForeignKey("residents.id"))
    person: Mapped[str] = mapped_column(String(16))
    identity_index: Mapped[str] = mapped_column(String(64))
    encoder: Mapped[str] = mapped_column(String(32))
    source: Mapped[str] = mapped_column(String(16))
    vector: Mapped[bytes] = mapped_column(EncryptedBytes("face_templates.vector", "faces"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class FaceLog(Base):
    """One line for each time faces were kept, read or deleted. Rows are only ever added; the database refuses changes.

    It holds no name and no face, and stays when a resident's data go.
    """

    __tablename__ = "face_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    actor: Mapped[str] = mapped_column(String(32))
    act: Mapped[str] = mapped_column(String(16))
    resident_id: Mapped[str | None] = mapped_column(String(32), index=True)
    count: Mapped[int]
    reason: Mapped[str] = mapped_column(String(64))


class CohortTemplate(Base):
    """The face, as numbers, of somebody who agreed that others' likeness is measured by it. `name` is made up."""

    __tablename__ = "cohort_templates"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    encoder: Mapped[str] = mapped_column(String(32), primary_key=True)
    vector: Mapped[bytes] = mapped_column(EncryptedBytes("cohort_templates.vector", "faces"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

"""Tables of the people 1call serves."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, UtcDateTime, new_id, now
from records.encryption import EncryptedText


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

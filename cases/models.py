"""Tables of the cases 办件: from draft to decision."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, attribute_keyed_dict, mapped_column, relationship

from records.base import Base, UtcDateTime, new_id, now
from records.encryption import EncryptedJSON, EncryptedText


class Case(Base):
    """One application for an item. A draft is a case not yet submitted; it has no number."""

    __tablename__ = "cases"
    __table_args__ = (Index("ix_cases_resident_id_status", "resident_id", "status"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    number: Mapped[str | None] = mapped_column(String(32), unique=True)
    resident_id: Mapped[str] = mapped_column(ForeignKey("residents.id"))
    item_id: Mapped[str] = mapped_column(String(64), index=True)
    status: Mapped[str] = mapped_column(String(16))
    applicant_kind: Mapped[str | None] = mapped_column(String(16))
    person: Mapped[str] = mapped_column(String(16), default="self")
    identity: Mapped[str] = mapped_column(String(16), default="declared")
    identity_to_check: Mapped[bool] = mapped_column(default=False)
    phone_index: Mapped[str | None] = mapped_column(String(64))
    proxy_phone_index: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    promised_on: Mapped[date | None]
    promise_is_estimate: Mapped[bool] = mapped_column(default=False)
    answers: Mapped[dict[str, "CaseAnswer"]] = relationship(
        collection_class=attribute_keyed_dict("field_key"), cascade="all, delete-orphan", lazy="selectin"
    )


class CaseAnswer(Base):
    """The answer to one field of a case, with where it came from (typed, profile, file)."""

    __tablename__ = "case_answers"
    __table_args__ = (UniqueConstraint("case_id", "field_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    field_key: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON("case_answers.answer"))
    provenance: Mapped[str] = mapped_column(String(16))
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class CaseEvent(Base):
    """One line of a case's history. Rows are only ever added; the database refuses changes."""

    __tablename__ = "case_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    actor: Mapped[str] = mapped_column(String(32))
    action: Mapped[str] = mapped_column(String(32))
    from_status: Mapped[str | None] = mapped_column(String(16))
    to_status: Mapped[str | None] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(EncryptedText("case_events.note"))


class CaseCounter(Base):
    """The last running number given out on a day."""

    __tablename__ = "case_counters"

    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class TrackingAttempts(Base):
    """How often a case number was asked for with wrong digits, by whomever. The number is kept as a keyed hash."""

    __tablename__ = "tracking_attempts"

    number_index: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last_failed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class StoredFile(Base):
    """A photo or document a resident sent. The bytes lie encrypted in the file store."""

    __tablename__ = "stored_files"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    resident_id: Mapped[str] = mapped_column(ForeignKey("residents.id"), index=True)
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id"), index=True)
    name: Mapped[str] = mapped_column(EncryptedText("stored_files.name"))
    media_type: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

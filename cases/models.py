"""Tables of the cases 办件: from draft to decision."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, attribute_keyed_dict, mapped_column, relationship

from records.base import Base, UtcDateTime, new_id, now
from records.encryption import EncryptedJSON, EncryptedText

OPEN_CASES = "status IN ('received', 'supplement', 'accepted', 'review')"
"""What the office still works on. An index of these alone is used by queries that say it in exactly these words."""
_RowNumber = BigInteger().with_variant(Integer, "sqlite")


def _only(condition: str) -> dict[str, Any]:
    """A partial index, in both databases' words."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Case(Base):
    """One application for an item. A draft is a case not yet submitted; it has no number.

    `version` counts what clerks did to it, so that of two at once one wins. `handler_id` is the clerk who works on it,
    `window` that of its item. It was accepted at `accepted_at`, and the clock runs from the day `counted_from`, without
    the `paused_days` (working days) and not since `paused_since`; `due_on` is by when it is decided, `act_by` by when
    the office has to do the next thing at all, and `supplement_until` by when the resident hands in what is missing.
    `outcome` is granted or denied; `proposed_outcome` waits for a second clerk. `catalogue_version` is the version of
    the catalogue that its questions are from; without one, they are the present ones.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_resident_id_status", "resident_id", "status"),
        Index("ix_cases_open", "act_by", "received_at", **_only(OPEN_CASES)),
        Index("ix_cases_handler_id", "handler_id", **_only("handler_id IS NOT NULL")),
        Index("ix_cases_received_at", "received_at"),
        Index("ix_cases_ended_at", "ended_at", **_only("ended_at IS NOT NULL")),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    number: Mapped[str | None] = mapped_column(String(32), unique=True)
    resident_id: Mapped[str] = mapped_column(ForeignKey("residents.id"))
    item_id: Mapped[str] = mapped_column(String(64), index=True)
    catalogue_version: Mapped[int | None] = mapped_column(_RowNumber)
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
    version: Mapped[int] = mapped_column(default=0)
    window: Mapped[str | None] = mapped_column(String(64))
    handler_id: Mapped[str | None] = mapped_column(String(32))
    act_by: Mapped[date | None]
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counted_from: Mapped[date | None]
    due_on: Mapped[date | None]
    paused_since: Mapped[date | None]
    paused_days: Mapped[int] = mapped_column(default=0)
    supplement_until: Mapped[date | None]
    supplement_complete: Mapped[bool] = mapped_column(default=False)
    referred_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    referred_to: Mapped[str | None] = mapped_column(String(64))
    proposed_outcome: Mapped[str | None] = mapped_column(String(16))
    proposed_by: Mapped[str | None] = mapped_column(String(32))
    outcome: Mapped[str | None] = mapped_column(String(16))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
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
    """One line of a case's history: who did what, and why. Rows are only ever added; the database refuses changes.

    `clerk_id` is the clerk who did it, or who noted what a resident did.
    """

    __tablename__ = "case_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    actor: Mapped[str] = mapped_column(String(32))
    clerk_id: Mapped[str | None] = mapped_column(String(32))
    action: Mapped[str] = mapped_column(String(32))
    from_status: Mapped[str | None] = mapped_column(String(16))
    to_status: Mapped[str | None] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(EncryptedText("case_events.note"))


class WantedMaterial(Base):
    """A material that a case waits for: told as missing, or promised for later (`deferred` 容缺), until `due_on`.

    `is_open` until it is handed in, or until nobody waits for it any more.
    """

    __tablename__ = "wanted_materials"
    __table_args__ = (Index("ix_wanted_materials_open", "due_on", **_only("is_open")),)

    id: Mapped[int] = mapped_column(_RowNumber, primary_key=True, autoincrement=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    material: Mapped[str] = mapped_column(EncryptedText("wanted_materials.material"))
    deferred: Mapped[bool]
    due_on: Mapped[date]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    handed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    file_id: Mapped[str | None] = mapped_column(String(32))
    is_open: Mapped[bool] = mapped_column(default=True)


class CaseNotice(Base):
    """Something told in writing, as it was told. `kind` is one of `cases.notices.NoticeKind`."""

    __tablename__ = "case_notices"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    body: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON("case_notices.body"))
    clerk_id: Mapped[str | None] = mapped_column(String(32))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class BackOfficeNews(Base):
    """A line of a case's history on its way to the city's back office, written with the line itself.

    `key` tells the back office that it has had it before. It is tried from `due_at` on, and closed when it was sent
    (`sent_at`) or given up (`dead_at`); `failure` is a code that holds nothing personal.
    """

    __tablename__ = "back_office_news"
    __table_args__ = (
        Index("ix_back_office_news_open", "case_id", "id", **_only("sent_at IS NULL AND dead_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(_RowNumber, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(32), default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(String(32))
    body: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON("back_office_news.body"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dead_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure: Mapped[str | None] = mapped_column(String(64))


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

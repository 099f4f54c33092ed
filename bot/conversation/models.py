"""Tables of the talk: conversations, what came in, what went out."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, UtcDateTime, new_id, now
from records.encryption import EncryptedJSON

_RowNumber = BigInteger().with_variant(Integer, "sqlite")
_NUMBERS_NEVER_RETURN = {"sqlite_autoincrement": True}
"""Readers remember the last number they saw: SQLite must not give a deleted row's number out again."""


class Conversation(Base):
    """A resident's thread on one channel. `channel_user` is a keyed hash: the channel's own name is not kept."""

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("channel", "channel_user"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    channel: Mapped[str] = mapped_column(String(16))
    channel_user: Mapped[str] = mapped_column(String(64))
    resident_id: Mapped[str] = mapped_column(ForeignKey("residents.id"), index=True)
    owner: Mapped[str] = mapped_column(String(8), default="bot")
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON("conversations.state"), default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    last_turn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class InboxMessage(Base):
    """A message from a resident, committed before it is acknowledged. `done_at` is set with its replies."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("conversation_id", "client_id"),
        Index("ix_inbox_pending", "done_at", "conversation_id", "id"),
        Index("ix_inbox_conversation_id_id", "conversation_id", "id"),
        _NUMBERS_NEVER_RETURN,
    )

    id: Mapped[int] = mapped_column(_RowNumber, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    client_id: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON("inbox.body"))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    attempts: Mapped[int] = mapped_column(default=0)
    delay_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OutboxMessage(Base):
    """A reply, committed with the turn that made it, before it is sent."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_conversation_id_id", "conversation_id", "id"), _NUMBERS_NEVER_RETURN)

    id: Mapped[int] = mapped_column(_RowNumber, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    inbox_id: Mapped[int | None] = mapped_column(_RowNumber)
    speaker: Mapped[str] = mapped_column(String(8))
    body: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON("outbox.body"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

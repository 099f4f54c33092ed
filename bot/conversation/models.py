"""Tables of the talk: conversations, what came in, what went out, who answers when the bot does not, and lessons."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, UtcDateTime, new_id, now
from records.encryption import EncryptedJSON, EncryptedText

_RowNumber = BigInteger().with_variant(Integer, "sqlite")
_NUMBERS_NEVER_RETURN = {"sqlite_autoincrement": True}
"""Readers remember the last number they saw: SQLite must not give a deleted row's number out again."""


def _only(condition: str) -> dict[str, Any]:
    """A partial index, in both databases' words."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Conversation(Base):
    """A resident's thread on one channel.

    `channel_user` is a keyed hash of the channel's name for the resident; `address` that name itself, kept
    encrypted and only where replies have to be sent to it.
    """

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("channel", "channel_user"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    channel: Mapped[str] = mapped_column(String(16))
    channel_user: Mapped[str] = mapped_column(String(64))
    address: Mapped[str | None] = mapped_column(EncryptedText("conversations.address"))
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
        Index("ix_inbox_received_at", "received_at", "conversation_id"),
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
    """A reply, committed with the turn that made it, before it is sent.

    `undelivered` is true until the reply has been packed into deliveries, and null ever after, as it is from the
    beginning where residents fetch their replies. What a clerk said has the clerk's id and the name their page gave
    it, so that saying it again after a lost answer says it once.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_conversation_id_id", "conversation_id", "id"),
        Index("ix_outbox_undelivered", "conversation_id", "id", **_only("undelivered IS NOT NULL")),
        Index("uq_outbox_client_id", "conversation_id", "client_id", unique=True, **_only("client_id IS NOT NULL")),
        _NUMBERS_NEVER_RETURN,
    )

    id: Mapped[int] = mapped_column(_RowNumber, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    inbox_id: Mapped[int | None] = mapped_column(_RowNumber)
    speaker: Mapped[str] = mapped_column(String(8))
    clerk_id: Mapped[str | None] = mapped_column(String(32))
    client_id: Mapped[str | None] = mapped_column(String(64))
    body: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON("outbox.body"))
    undelivered: Mapped[bool | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Delivery(Base):
    """One message to a channel's API, packed from one or several replies.

    `status` is one of `bot.conversation.deliveries.Status`; `due_at` when it may be tried next; `handed_for` the
    message whose request it answered, where it went out as the answer to a request of the channel; `repeated`
    that it may have reached the resident before; `failure` a code that holds nothing personal. `closed_at` is set
    once it was sent or given up.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_open", "conversation_id", "id", **_only("closed_at IS NULL")),
        Index("ix_deliveries_handed_for", "conversation_id", "handed_for", **_only("handed_for IS NOT NULL")),
        Index("ix_deliveries_status", "status"),
        _NUMBERS_NEVER_RETURN,
    )

    id: Mapped[int] = mapped_column(_RowNumber, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    body: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON("deliveries.body"))
    status: Mapped[str] = mapped_column(String(8), default="due")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    handed_for: Mapped[str | None] = mapped_column(String(64))
    repeated: Mapped[bool] = mapped_column(default=False)
    failure: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PushWindow(Base):
    """How many messages a channel still takes for a resident, and until when: one row for each kind of occasion."""

    __tablename__ = "push_windows"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    left: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Handoff(Base):
    """A conversation passed to the clerks, from the wish for a person until nobody owes the resident anything.

    `stage` is one of `bot.conversation.handoffs.Stage` and goes with the conversation's owner; a conversation has at
    most one handoff that is not closed. `window` and `department` are those of the item and say who may take it;
    `urgency` orders the queue and `urgent_for` names why. `offered_to` is the clerk it is shown to first.
    `unanswered_since` is when the resident said something that no clerk has answered. `contact` is the phone to call
    back, `meet_at` when the resident comes to the window, `summary` what the clerk leaves for the bot, `tried` what
    the bot did before it gave up. `rating` is from 1 to 5.
    """

    __tablename__ = "handoffs"
    __table_args__ = (
        Index("uq_handoffs_open_conversation", "conversation_id", unique=True, **_only("closed_at IS NULL")),
        Index("ix_handoffs_open", "stage", "waiting_since", **_only("closed_at IS NULL")),
        Index("ix_handoffs_conversation_id", "conversation_id"),
        Index("ix_handoffs_closed_at", "closed_at"),
        Index("ix_handoffs_opened_at", "opened_at"),
    )

    id: Mapped[int] = mapped_column(_RowNumber, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    stage: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(16))
    item_id: Mapped[str | None] = mapped_column(String(64))
    window: Mapped[str | None] = mapped_column(String(64))
    department: Mapped[str | None] = mapped_column(String(64))
    case_id: Mapped[str | None] = mapped_column(String(32))
    urgency: Mapped[int] = mapped_column(default=0)
    urgent_for: Mapped[str] = mapped_column(String(64), default="")
    tried: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON("handoffs.tried"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    waiting_since: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    offered_to: Mapped[str | None] = mapped_column(String(32))
    clerk_id: Mapped[str | None] = mapped_column(String(32))
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_reply_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unanswered_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    contact: Mapped[str | None] = mapped_column(EncryptedText("handoffs.contact"))
    meet_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    summary: Mapped[str | None] = mapped_column(EncryptedText("handoffs.summary"))
    outcome: Mapped[str | None] = mapped_column(String(16))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rating: Mapped[int | None]
    rated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HandoffNote(Base):
    """What clerks tell each other of a conversation; the resident never sees it."""

    __tablename__ = "handoff_notes"

    id: Mapped[int] = mapped_column(_RowNumber, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    clerk_id: Mapped[str] = mapped_column(String(32))
    body: Mapped[str] = mapped_column(EncryptedText("handoff_notes.body"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class HeldReply(Base):
    """What the bot would say, held until a clerk has approved it: `decision` is approved, changed or dropped."""

    __tablename__ = "held_replies"
    __table_args__ = (Index("ix_held_replies_open", "made_at", **_only("decided_at IS NULL")),)

    id: Mapped[int] = mapped_column(_RowNumber, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    item_id: Mapped[str] = mapped_column(String(64))
    asked: Mapped[str] = mapped_column(EncryptedText("held_replies.asked"))
    bubbles: Mapped[list[dict[str, Any]]] = mapped_column(EncryptedJSON("held_replies.bubbles"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    clerk_id: Mapped[str | None] = mapped_column(String(32))
    decision: Mapped[str | None] = mapped_column(String(8))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OnDuty(Base):
    """A clerk who is there to talk: what they are called, what they may take, how many conversations at once.

    A clerk not seen for a while is there no longer, whatever this row says.
    """

    __tablename__ = "on_duty"

    clerk_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(32))
    windows: Mapped[list[str]] = mapped_column(JSON)
    departments: Mapped[list[str]] = mapped_column(JSON)
    at_once: Mapped[int]
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Lesson(Base):
    """A sentence that was not understood, or not rightly, and what it turned out to mean; of no conversation.

    `guessed` is what the engine took it for: intent, confidence, and items with their probabilities. `how` is one of
    `bot.conversation.lessons.How`; `item_id` and `intent` are what was meant, none where nobody knows. `week` is the
    Monday of the week in which it was said. `text` goes with the decision of whoever reviews it.
    """

    __tablename__ = "lessons"
    __table_args__ = (Index("ix_lessons_status", "status", "created_at"), Index("ix_lessons_week", "week"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    text: Mapped[str | None] = mapped_column(EncryptedText("lessons.text"))
    guessed: Mapped[dict[str, Any]] = mapped_column(JSON)
    how: Mapped[str] = mapped_column(String(16))
    item_id: Mapped[str | None] = mapped_column(String(64))
    intent: Mapped[str | None] = mapped_column(String(64))
    week: Mapped[date]
    status: Mapped[str] = mapped_column(String(8), default="open")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class UnderstandingCount(Base):
    """How many messages of a week came out as `kind`, one of `bot.conversation.drift.Understanding`.

    A week's number is the sum over `lane`, which spreads conversations over rows, so that turns that end at the same
    time do not wait for one another.
    """

    __tablename__ = "understanding_counts"

    week: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    lane: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]

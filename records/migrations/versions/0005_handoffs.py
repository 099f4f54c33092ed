"""Handoffs to clerks, who is on duty, notes and held replies"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply. Conversations that wait for a person already get their handoff."""
    op.add_column("outbox", sa.Column("clerk_id", sa.String(length=32), nullable=True))
    op.add_column("outbox", sa.Column("client_id", sa.String(length=64), nullable=True))
    _index("uq_outbox_client_id", "outbox", ["conversation_id", "client_id"], "client_id IS NOT NULL", unique=True)
    op.create_index("ix_inbox_received_at", "inbox", ["received_at", "conversation_id"])
    _handoffs()
    _notes_and_held_replies()
    op.create_table(
        "on_duty",
        sa.Column("clerk_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("windows", sa.JSON(), nullable=False),
        sa.Column("departments", sa.JSON(), nullable=False),
        sa.Column("at_once", sa.Integer(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("clerk_id", name=op.f("pk_on_duty")),
    )
    op.execute(
        "INSERT INTO handoffs (conversation_id, stage, reason, urgency, urgent_for, opened_at, waiting_since) "
        "SELECT id, 'waiting', 'asked', 0, '', waiting_since, waiting_since FROM conversations "
        "WHERE owner = 'waiting' AND waiting_since IS NOT NULL"
    )


def downgrade() -> None:
    """Take the tables away; nobody waits for a clerk any more."""
    for table in ("on_duty", "held_replies", "handoff_notes", "handoffs"):
        op.drop_table(table)
    op.drop_index("ix_inbox_received_at", table_name="inbox")
    op.drop_index("uq_outbox_client_id", table_name="outbox")
    op.drop_column("outbox", "client_id")
    op.drop_column("outbox", "clerk_id")


def _handoffs() -> None:
    op.create_table(
        "handoffs",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("item_id", sa.String(length=64), nullable=True),
        sa.Column("window", sa.String(length=64), nullable=True),
        sa.Column("department", sa.String(length=64), nullable=True),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("urgent_for", sa.String(length=64), nullable=False),
        sa.Column("tried", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("waiting_since", _MOMENT, nullable=False),
        sa.Column("offered_to", sa.String(length=32), nullable=True),
        sa.Column("clerk_id", sa.String(length=32), nullable=True),
        sa.Column("claimed_at", _MOMENT, nullable=True),
        sa.Column("first_reply_at", _MOMENT, nullable=True),
        sa.Column("unanswered_since", _MOMENT, nullable=True),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("meet_at", _MOMENT, nullable=True),
        sa.Column("summary", sa.LargeBinary(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("rated_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_handoffs_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoffs")),
    )
    open_only = "closed_at IS NULL"
    _index("uq_handoffs_open_conversation", "handoffs", ["conversation_id"], open_only, unique=True)
    _index("ix_handoffs_open", "handoffs", ["stage", "waiting_since"], open_only)
    op.create_index("ix_handoffs_conversation_id", "handoffs", ["conversation_id"])
    op.create_index("ix_handoffs_closed_at", "handoffs", ["closed_at"])
    op.create_index("ix_handoffs_opened_at", "handoffs", ["opened_at"])


def _notes_and_held_replies() -> None:
    op.create_table(
        "handoff_notes",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("clerk_id", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_handoff_notes_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_notes")),
    )
    op.create_index(op.f("ix_handoff_notes_conversation_id"), "handoff_notes", ["conversation_id"])
    op.create_table(
        "held_replies",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("item_id", sa.String(length=64), nullable=False),
        sa.Column("asked", sa.LargeBinary(), nullable=False),
        sa.Column("bubbles", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("clerk_id", sa.String(length=32), nullable=True),
        sa.Column("decision", sa.String(length=8), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_held_replies_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_replies")),
    )
    op.create_index(op.f("ix_held_replies_conversation_id"), "held_replies", ["conversation_id"])
    _index("ix_held_replies_open", "held_replies", ["made_at"], "decided_at IS NULL")


def _index(name: str, table: str, columns: list[str], condition: str, *, unique: bool = False) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)

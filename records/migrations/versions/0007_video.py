"""Video calls, and what is confirmed in them"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MOMENT = sa.DateTime(timezone=True)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "video_calls",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("handoff_id", _NUMBER, nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("item_id", sa.String(length=64), nullable=False),
        sa.Column("clerk_id", sa.String(length=32), nullable=False),
        sa.Column("clerk_name", sa.String(length=32), nullable=False),
        sa.Column("token_index", sa.String(length=64), nullable=False),
        sa.Column("browser_index", sa.String(length=64), nullable=True),
        sa.Column("begun_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("joined_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("ended_by", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"], name=op.f("fk_video_calls_handoff_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_video_calls_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video_calls")),
        sa.UniqueConstraint("token_index", name=op.f("uq_video_calls_token_index")),
    )
    op.create_index(op.f("ix_video_calls_handoff_id"), "video_calls", ["handoff_id"])
    open_only = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_video_calls_open_handoff",
        "video_calls",
        ["handoff_id"],
        unique=True,
        sqlite_where=open_only,
        postgresql_where=open_only,
    )
    op.create_table(
        "video_confirmations",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("asked", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=True),
        sa.Column("at", _MOMENT, nullable=True),
        sa.Column("file_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["video_calls.id"], name=op.f("fk_video_confirmations_call_id")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_video_confirmations_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video_confirmations")),
    )
    op.create_index(op.f("ix_video_confirmations_call_id"), "video_confirmations", ["call_id"])
    op.create_index(op.f("ix_video_confirmations_conversation_id"), "video_confirmations", ["conversation_id"])


def downgrade() -> None:
    """Take the tables away; what was confirmed in calls is forgotten."""
    for table in ("video_confirmations", "video_calls"):
        op.drop_table(table)

"""Doors through which replies are sent"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    # Not in a batch: SQLite would copy the table, and with it forget which numbers were given out.
    op.add_column("conversations", sa.Column("address", sa.LargeBinary(), nullable=True))
    op.add_column("outbox", sa.Column("undelivered", sa.Boolean(), nullable=True))
    _partial_index("ix_outbox_undelivered", "outbox", ["conversation_id", "id"], "undelivered IS NOT NULL")

    op.create_table(
        "deliveries",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_for", sa.String(length=64), nullable=True),
        sa.Column("repeated", sa.Boolean(), nullable=False),
        sa.Column("failure", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_deliveries_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sqlite_autoincrement=True,
    )
    _partial_index("ix_deliveries_open", "deliveries", ["conversation_id", "id"], "closed_at IS NULL")
    _partial_index(
        "ix_deliveries_handed_for", "deliveries", ["conversation_id", "handed_for"], "handed_for IS NOT NULL"
    )
    op.create_index("ix_deliveries_status", "deliveries", ["status"])
    op.create_table(
        "push_windows",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_push_windows_conversation_id")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "kind", name=op.f("pk_push_windows")),
    )
    op.create_table(
        "wechat_tokens",
        sa.Column("appid", sa.String(length=32), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetching_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("forced", sa.Integer(), nullable=False),
        sa.Column("forced_on", sa.Date(), nullable=True),
        sa.Column("forced_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("appid", name=op.f("pk_wechat_tokens")),
    )
    op.create_table(
        "wechat_notices",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_wechat_notices_conversation_id")
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_wechat_notices")),
    )
    op.create_table(
        "link_codes",
        sa.Column("code_index", sa.String(length=64), nullable=False),
        sa.Column("resident_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name=op.f("fk_link_codes_resident_id")),
        sa.PrimaryKeyConstraint("code_index", name=op.f("pk_link_codes")),
    )
    op.create_index("ix_link_codes_resident_id", "link_codes", ["resident_id"])


def downgrade() -> None:
    """Take the tables away; replies that were not sent yet are then never sent."""
    for table in ("link_codes", "wechat_notices", "wechat_tokens", "push_windows", "deliveries"):
        op.drop_table(table)
    op.drop_index("ix_outbox_undelivered", "outbox")
    op.drop_column("outbox", "undelivered")
    op.drop_column("conversations", "address")


def _partial_index(name: str, table: str, columns: list[str], condition: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(condition), postgresql_where=sa.text(condition))

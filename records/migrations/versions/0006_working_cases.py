"""Cases worked by clerks - notices, terms, referrals and news for the back office"""

from collections.abc import Sequence
from datetime import UTC, timedelta

import sqlalchemy as sa
from alembic import op

from records.base import CHINA

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_OPEN_CASES = "status IN ('received', 'supplement', 'accepted', 'review')"
_COLUMNS = (
    ("version", sa.Integer(), "0"),
    ("window", sa.String(length=64), None),
    ("handler_id", sa.String(length=32), None),
    ("act_by", sa.Date(), None),
    ("accepted_at", _MOMENT, None),
    ("counted_from", sa.Date(), None),
    ("due_on", sa.Date(), None),
    ("paused_since", sa.Date(), None),
    ("paused_days", sa.Integer(), "0"),
    ("supplement_until", sa.Date(), None),
    ("supplement_complete", sa.Boolean(), sa.false()),
    ("referred_at", _MOMENT, None),
    ("referred_to", sa.String(length=64), None),
    ("proposed_outcome", sa.String(length=16), None),
    ("proposed_by", sa.String(length=32), None),
    ("outcome", sa.String(length=16), None),
    ("ended_at", _MOMENT, None),
)
"""The columns that cases get, with what those that may not be empty hold for cases there already."""


def upgrade() -> None:
    """Apply. Cases received already are to be looked at within a week of that, and are seen at every window."""
    for name, kind, default in _COLUMNS:
        op.add_column("cases", sa.Column(name, kind, nullable=default is None, server_default=default))
    op.add_column("case_events", sa.Column("clerk_id", sa.String(length=32), nullable=True))
    _partial_index("ix_cases_open", "cases", ["act_by", "received_at"], _OPEN_CASES)
    _partial_index("ix_cases_handler_id", "cases", ["handler_id"], "handler_id IS NOT NULL")
    op.create_index("ix_cases_received_at", "cases", ["received_at"])
    _partial_index("ix_cases_ended_at", "cases", ["ended_at"], "ended_at IS NOT NULL")
    _tables()
    _look_at_what_was_received()


def downgrade() -> None:
    """Take the tables and columns away; what clerks did remains in the history."""
    for table in ("back_office_news", "case_notices", "wanted_materials"):
        op.drop_table(table)
    for index in ("ix_cases_ended_at", "ix_cases_received_at", "ix_cases_handler_id", "ix_cases_open"):
        op.drop_index(index, table_name="cases")
    op.drop_column("case_events", "clerk_id")
    for name, _kind, _default in reversed(_COLUMNS):
        op.drop_column("cases", name)


def _tables() -> None:
    op.create_table(
        "wanted_materials",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("material", sa.LargeBinary(), nullable=False),
        sa.Column("deferred", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("handed_in_at", _MOMENT, nullable=True),
        sa.Column("file_id", sa.String(length=32), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_wanted_materials_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wanted_materials")),
    )
    op.create_index(op.f("ix_wanted_materials_case_id"), "wanted_materials", ["case_id"])
    _partial_index("ix_wanted_materials_open", "wanted_materials", ["due_on"], "is_open")
    op.create_table(
        "case_notices",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("clerk_id", sa.String(length=32), nullable=True),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_notices_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_notices")),
    )
    op.create_index(op.f("ix_case_notices_case_id"), "case_notices", ["case_id"])
    op.create_table(
        "back_office_news",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", _MOMENT, nullable=True),
        sa.Column("dead_at", _MOMENT, nullable=True),
        sa.Column("failure", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_back_office_news_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_back_office_news")),
    )
    _partial_index(
        "ix_back_office_news_open", "back_office_news", ["case_id", "id"], "sent_at IS NULL AND dead_at IS NULL"
    )


def _look_at_what_was_received() -> None:
    cases = sa.table(
        "cases", sa.column("id", sa.String), sa.column("received_at", _MOMENT), sa.column("act_by", sa.Date),
        sa.column("status", sa.String),
    )  # fmt: skip
    connection = op.get_bind()
    for case_id, received_at in connection.execute(
        sa.select(cases.c.id, cases.c.received_at).where(cases.c.status == "received")
    ).all():
        day = received_at.replace(tzinfo=received_at.tzinfo or UTC).astimezone(CHINA).date() + timedelta(days=7)
        connection.execute(cases.update().where(cases.c.id == case_id).values(act_by=day))


def _partial_index(name: str, table: str, columns: list[str], condition: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(condition), postgresql_where=sa.text(condition))

"""Clerks, their sessions and what they looked at"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "clerks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("windows", sa.JSON(), nullable=False),
        sa.Column("departments", sa.JSON(), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
        sa.Column("openid_subject", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clerks")),
        sa.UniqueConstraint("login", name=op.f("uq_clerks_login")),
        sa.UniqueConstraint("openid_subject", name=op.f("uq_clerks_openid_subject")),
    )
    op.create_table(
        "clerk_sessions",
        sa.Column("token_index", sa.String(length=64), nullable=False),
        sa.Column("clerk_id", sa.String(length=32), nullable=False),
        sa.Column("browser_index", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clerk_id"], ["clerks.id"], name=op.f("fk_clerk_sessions_clerk_id")),
        sa.PrimaryKeyConstraint("token_index", name=op.f("pk_clerk_sessions")),
    )
    op.create_index(op.f("ix_clerk_sessions_clerk_id"), "clerk_sessions", ["clerk_id"])
    op.create_index(op.f("ix_clerk_sessions_expires_at"), "clerk_sessions", ["expires_at"])
    op.create_table(
        "desk_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clerk_id", sa.String(length=32), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_log")),
    )
    op.create_index(op.f("ix_desk_log_at"), "desk_log", ["at"])
    op.create_index("ix_desk_log_clerk", "desk_log", ["clerk_id", "id"])
    op.create_index("ix_desk_log_subject", "desk_log", ["subject_id", "id"])
    _refuse_changes_of_the_trail()


def downgrade() -> None:
    """Take the tables away; who worked at the desk and what they did is forgotten."""
    for table in ("desk_log", "clerk_sessions", "clerks"):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_change_of_desk_log")


def _refuse_changes_of_the_trail() -> None:
    """Lines of the trail are only ever added; the database itself refuses anything else."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER desk_log_no_{verb.lower()} BEFORE {verb} ON desk_log "
                "BEGIN SELECT RAISE(ABORT, 'desk_log is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_change_of_desk_log() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'desk_log is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER desk_log_append_only BEFORE UPDATE OR DELETE ON desk_log "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_desk_log()"
    )

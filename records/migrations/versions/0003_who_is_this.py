"""Identity checks, consents to them, faces as numbers, and who looked at those"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "identity_checks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("resident_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("item_id", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=16), nullable=False),
        sa.Column("identity_index", sa.String(length=64), nullable=False),
        sa.Column("whose", sa.LargeBinary(), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token_index", sa.String(length=64), nullable=True),
        sa.Column("browser_index", sa.String(length=64), nullable=True),
        sa.Column("challenge", sa.LargeBinary(), nullable=True),
        sa.Column("challenged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("faults", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name=op.f("fk_identity_checks_resident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_checks")),
        sa.UniqueConstraint("token_index", name=op.f("uq_identity_checks_token_index")),
    )
    op.create_index("ix_identity_checks_identity", "identity_checks", ["identity_index", "resident_id"])
    op.create_index("ix_identity_checks_status", "identity_checks", ["status"])
    op.create_index(op.f("ix_identity_checks_case_id"), "identity_checks", ["case_id"])
    op.create_table(
        "face_consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=16), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("by_guardian", sa.Boolean(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name=op.f("fk_face_consents_resident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_face_consents")),
    )
    op.create_index(op.f("ix_face_consents_resident_id"), "face_consents", ["resident_id"])
    op.create_table(
        "face_templates",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("resident_id", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=16), nullable=False),
        sa.Column("identity_index", sa.String(length=64), nullable=False),
        sa.Column("encoder", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name=op.f("fk_face_templates_resident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_face_templates")),
    )
    op.create_index("ix_face_templates_identity", "face_templates", ["resident_id", "identity_index"])
    op.create_index(op.f("ix_face_templates_expires_at"), "face_templates", ["expires_at"])
    op.create_table(
        "face_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=32), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("resident_id", sa.String(length=32), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_face_log")),
    )
    op.create_index(op.f("ix_face_log_resident_id"), "face_log", ["resident_id"])
    op.create_table(
        "cohort_templates",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("encoder", sa.String(length=32), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", "encoder", name=op.f("pk_cohort_templates")),
    )
    _refuse_changes_of_the_log()


def downgrade() -> None:
    """Take the tables away; what was checked is forgotten."""
    for table in ("cohort_templates", "face_log", "face_templates", "face_consents", "identity_checks"):
        op.drop_table(table)


def _refuse_changes_of_the_log() -> None:
    """Lines of the log are only ever added; the database itself refuses anything else."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER face_log_no_{verb.lower()} BEFORE {verb} ON face_log "
                "BEGIN SELECT RAISE(ABORT, 'face_log is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_change_of_face_log() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'face_log is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER face_log_append_only BEFORE UPDATE OR DELETE ON face_log "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_face_log()"
    )

"""Versions of the catalogue, and the one each case began with"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "catalogue_versions",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_versions")),
        sa.UniqueConstraint("content_hash", name=op.f("uq_catalogue_versions_content_hash")),
    )
    op.create_table(
        "catalogue_publications",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("version_id", _NUMBER, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"], ["catalogue_versions.id"], name=op.f("fk_catalogue_publications_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_publications")),
    )
    op.create_index(op.f("ix_catalogue_publications_version_id"), "catalogue_publications", ["version_id"])
    op.add_column("cases", sa.Column("catalogue_version", _NUMBER, nullable=True))


def downgrade() -> None:
    """Take the versions away; every case is read by the present catalogue again."""
    op.drop_column("cases", "catalogue_version")
    op.drop_table("catalogue_publications")
    op.drop_table("catalogue_versions")

"""Tables of the published catalogue: every version there was, and when each was served."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, UtcDateTime, now

_RowNumber = BigInteger().with_variant(Integer, "sqlite")


class CatalogueVersion(Base):
    """The catalogue's files as they once were. `content` is what `versions.packed` made of them."""

    __tablename__ = "catalogue_versions"

    id: Mapped[int] = mapped_column(_RowNumber, primary_key=True, autoincrement=True)
    content_hash: Mapped[str] = mapped_column(String(64), unique=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class CataloguePublication(Base):
    """A version became the one that is served: who did it, and why. The newest row is what was good last."""

    __tablename__ = "catalogue_publications"

    id: Mapped[int] = mapped_column(_RowNumber, primary_key=True, autoincrement=True)
    version_id: Mapped[int] = mapped_column(_RowNumber, ForeignKey("catalogue_versions.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    by: Mapped[str] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(String(200))

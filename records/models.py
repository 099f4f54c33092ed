"""The ground floor's own table."""

from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base
from records.encryption import EncryptedText


class Installation(Base):
    """The one row that tells whether this database and the key at hand belong together."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    check: Mapped[str] = mapped_column(EncryptedText("installation.check"))

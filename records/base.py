"""The declarative base of every room's tables."""

from datetime import UTC, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, MetaData
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

CHINA = ZoneInfo("Asia/Shanghai")
"""The time zone of every street office."""
ERASED_WITH_TALK = "erased with talk"
"""In a table's `info`: its rows, found by their `conversation_id`, go when what was said there is deleted."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, always aware and in UTC; SQLite, which has no zones, keeps it naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments: they mean different things on different machines."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all tables, with constraint names that migrations can refer to."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def new_id() -> str:
    """A fresh random identifier, 32 hexadecimal digits."""
    return uuid4().hex


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)

"""Days and hours of China in SQL, the same in both databases."""

from datetime import date
from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement


class ChinaHour(FunctionElement[str]):
    """The hour in which a stored moment lies, as 2026-11-25 09. China has had no summer time since 1991."""

    type = String()
    inherit_cache = True

    def __init__(self, moment: ColumnElement[Any] | Any) -> None:
        super().__init__(moment)


@compiles(ChinaHour, "sqlite")
def _in_sqlite(element: ChinaHour, compiler: Any, **options: Any) -> str:
    return f"strftime('%Y-%m-%d %H', {compiler.process(element.clauses, **options)}, '+8 hours')"


@compiles(ChinaHour, "postgresql")
def _in_postgresql(element: ChinaHour, compiler: Any, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    return f"to_char(({moment}) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24')"


def day_and_hour(told: str) -> tuple[date, int]:
    """What `ChinaHour` gave, taken apart."""
    return date.fromisoformat(told[:10]), int(told[11:])

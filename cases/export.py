"""Cases as a table for the city's back office: CSV that Excel opens, and that is nothing but text to it."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.drafts import masked_name
from cases.models import Case
from cases.states import Status
from cases.wording import identity_told
from records.base import CHINA
from services_catalog.loader import Catalog

COLUMNS = (
    "办件编号", "事项", "主管单位", "状态", "结果", "收件时间", "受理时间", "承诺办结日", "办结时间", "等材料的工作日",
    "转办单位", "身份核验", "窗口",
)  # fmt: skip
NAME = "申请人"
"""The column that is only there when it is asked for."""

_OUTCOMES = {"granted": "准予", "denied": "不予批准"}
_ACTIVE = ("=", "+", "-", "@", "\t", "\r")
"""What a table program takes for the beginning of a formula."""
_AT_ONCE = 500


async def rows(
    session: AsyncSession, catalog: Catalog, first: date, last: date, *, with_names: bool = False
) -> AsyncIterator[list[str]]:
    """The cases received from `first` to `last`, in that order, a list of columns each, the headings before them.

    No personal data, unless the masked name is asked for.
    """
    yield [*COLUMNS, *([NAME] if with_names else [])]
    began = datetime.combine(first, time(), CHINA)
    ended = datetime.combine(last + timedelta(days=1), time(), CHINA)
    seen: tuple[datetime, str] | None = None
    while True:
        wanted = select(Case).where(Case.received_at >= began, Case.received_at < ended)
        if seen is not None:
            wanted = wanted.where((Case.received_at > seen[0]) | ((Case.received_at == seen[0]) & (Case.id > seen[1])))
        found = list(await session.scalars(wanted.order_by(Case.received_at, Case.id).limit(_AT_ONCE)))
        for case in found:
            yield _row(case, catalog, with_names=with_names)
        if len(found) < _AT_ONCE or found[-1].received_at is None:
            return
        seen = found[-1].received_at, found[-1].id
        session.expunge_all()


def line(values: list[str]) -> str:
    """A line of CSV; a value that a table program would calculate is quoted, so that it stays text."""
    written = io.StringIO()
    csv.writer(written).writerow([f"'{value}" if value.startswith(_ACTIVE) else value for value in values])
    return written.getvalue()


def _row(case: Case, catalog: Catalog, *, with_names: bool) -> list[str]:
    item = catalog.items.get(case.item_id)
    window = catalog.windows.get(case.window or "")
    values = [
        case.number or "",
        case.item_id if item is None else item.name,
        "" if item is None else item.agency,
        Status(case.status).told,
        _OUTCOMES.get(case.outcome or "", ""),
        _moment(case.received_at),
        _moment(case.accepted_at),
        case.due_on.isoformat() if case.due_on else "",
        _moment(case.ended_at),
        str(case.paused_days),
        case.referred_to or "",
        identity_told(case.identity, to_check=case.identity_to_check),
        "" if window is None else window.name,
    ]
    return [*values, masked_name(case)] if with_names else values


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"

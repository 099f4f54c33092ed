"""The cases that the office still works on, in the order in which something has to be done."""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, TextClause, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.wording import phrase
from cases import terms
from cases.models import OPEN_CASES, Case
from cases.notices import Told
from cases.states import Status
from cases.wording import day_in_china
from cases.working import Act, By, NotWorked
from services_catalog.schema import Item

MOST_AT_ONCE = 100
"""Cases of one bulk action."""

_COLUMNS: tuple[Any, ...] = (
    Case.id, Case.number, Case.item_id, Case.status, Case.received_at, Case.act_by, Case.due_on, Case.counted_from,
    Case.handler_id, Case.identity_to_check, Case.supplement_complete, Case.proposed_by,
)  # fmt: skip


@dataclass(frozen=True)
class OpenCase:
    """A line of the queue. `act_by` is when the office has to do the next thing, `due_on` when the case is decided."""

    id: str
    number: str
    item_id: str
    status: Status
    received_at: datetime
    act_by: date | None
    due_on: date | None
    warning: terms.Warning
    handler_id: str | None
    identity_to_check: bool
    supplement_complete: bool
    proposed_by: str | None


@dataclass(frozen=True)
class Counts:
    """How many open cases there are: of each status, over their time, near its end, and worked on by nobody."""

    by_status: Mapping[Status, int]
    over: int
    soon: int
    untaken: int

    @property
    def all(self) -> int:
        """All of them."""
        return sum(self.by_status.values())


@dataclass(frozen=True)
class Done:
    """What became of one case in a bulk action: what its resident is told, or why nothing was done."""

    case_id: str
    case: Case | None = None
    told: Told | None = None
    refused: str | None = None


async def waiting(
    session: AsyncSession,
    today: date,
    *,
    windows: Collection[str] | None,
    items: Collection[str] | None = None,
    limit: int = 200,
) -> list[OpenCase]:
    """The open cases of those windows and items, or of all, the most urgent first.

    What waits for its resident comes last, until all that was missing came. A case whose window is not known is
    everybody's. Closed cases cost nothing: the query reads the index of open ones alone.
    """
    wanted = select(*_COLUMNS).where(*_open(windows, items))
    urgent = wanted.order_by(Case.act_by.nulls_last(), Case.received_at).limit(limit)
    return [_line(row, today) for row in (await session.execute(urgent)).all()]


async def counts(
    session: AsyncSession,
    today: date,
    *,
    windows: Collection[str] | None = None,
    items: Collection[str] | None = None,
) -> Counts:
    """How many open cases there are of those windows and items, or of all."""
    is_untaken = Case.handler_id.is_(None).label("is_untaken")
    received_at = func.min(Case.received_at).label("received_at")
    alike = (Case.status, Case.act_by, Case.counted_from, is_untaken)
    columns: tuple[Any, ...] = (*alike, received_at, func.count().label("cases"))
    grouped = select(*columns).where(*_open(windows, items)).group_by(*alike)
    by_status: Counter[Status] = Counter()
    by_warning: Counter[terms.Warning] = Counter()
    untaken = 0
    for row in (await session.execute(grouped)).all():
        by_status[Status(row.status)] += row.cases
        began = row.counted_from or day_in_china(row.received_at)
        by_warning[terms.warning(began, row.act_by, today)] += row.cases
        untaken += row.cases if row.is_untaken else 0
    return Counts(dict(by_status), by_warning[terms.Warning.OVER], by_warning[terms.Warning.SOON], untaken)


async def bulk(
    session: AsyncSession,
    seen: Mapping[str, Status],
    act: Callable[[Act], Awaitable[Told | None]],
    by: By,
    items: Mapping[str, Item],
    today: date,
) -> Sequence[Done]:
    """Do the same to many cases, each as the clerk saw it; what cannot be done to one says why and hinders no other.

    At most `MOST_AT_ONCE` are done. A refused act has changed nothing, so all are committed together.
    """
    done = []
    for case_id, status in list(seen.items())[:MOST_AT_ONCE]:
        case = await session.get(Case, case_id)
        item = None if case is None else items.get(case.item_id)
        if case is None or item is None:
            done.append(Done(case_id, refused=phrase("utter_case_gone")))
            continue
        try:
            told = await act(Act(session, case, item, by, status, today))
        except NotWorked as error:
            done.append(Done(case_id, case, refused=error.told))
        else:
            done.append(Done(case_id, case, told))
    return done


def _line(row: Row[Any], today: date) -> OpenCase:
    began = row.counted_from or day_in_china(row.received_at)
    return OpenCase(
        id=row.id,
        number=row.number or "",
        item_id=row.item_id,
        status=Status(row.status),
        received_at=row.received_at,
        act_by=row.act_by,
        due_on=row.due_on,
        warning=terms.warning(began, row.act_by, today),
        handler_id=row.handler_id,
        identity_to_check=row.identity_to_check,
        supplement_complete=row.supplement_complete,
        proposed_by=row.proposed_by,
    )


def _open(windows: Collection[str] | None, items: Collection[str] | None) -> list[ColumnElement[bool] | TextClause]:
    """The condition, the open cases in the very words of their index."""
    conditions: list[ColumnElement[bool] | TextClause] = [text(OPEN_CASES)]
    if windows is not None:
        conditions.append(or_(Case.window.in_(windows), Case.window.is_(None)))
    if items is not None:
        conditions.append(Case.item_id.in_(items))
    return conditions

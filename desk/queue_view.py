"""The queue as one clerk sees it: what waits for them first, what they have, what others have, and the cases."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import duty
from bot.conversation.handoffs import Stage, Urgency
from bot.conversation.models import Conversation, Handoff, HeldReply
from cases import open_cases
from cases.open_cases import OpenCase
from desk.models import Clerk
from desk.rights import DeskClerk, may_see
from desk.views import Busy, CaseRow, Counts, HandoffRow, HeldRow, Named, Person, QueueView
from desk.wording import said
from records.base import now
from services_catalog.loader import Catalog

if TYPE_CHECKING:
    from desk.room import DeskRoom

LISTED = 100
"""Entries of each list that are shown; the counts tell of the rest."""
MOST_CASES = 2_000
"""Open cases that are read at once, the most urgent first; more are not listed and not counted."""
USED_FOR_S = 2.0
"""Seconds after which what was read is read anew, though nothing here said that it changed."""
LIMIT_S = 300
"""Seconds within which somebody who waits should have a clerk."""

_SHOWN = (
    Handoff.id,
    Handoff.conversation_id,
    Handoff.stage,
    Handoff.reason,
    Handoff.item_id,
    Handoff.window,
    Handoff.department,
    Handoff.urgency,
    Handoff.urgent_for,
    Handoff.waiting_since,
    Handoff.offered_to,
    Handoff.clerk_id,
    Handoff.unanswered_since,
    Handoff.meet_at,
    Conversation.channel,
)
"""What a row shows: nothing encrypted is among it, so that a thousand rows cost little."""


OpenRow = Row[*tuple[Any, ...]]
"""An open handoff, as `_SHOWN` reads it."""


@dataclass(frozen=True)
class Reading:
    """What was read for all desks at once: open handoffs, cases, who is there, names; `version` is the hub's."""

    version: int
    at: float
    rows: Sequence[OpenRow]
    cases: Sequence[OpenCase]
    held: Sequence[HeldReply]
    there: Sequence[duty.Colleague]
    busy: Mapping[str, int]
    names: Mapping[str, str]
    shown: dict[int, HandoffRow] = field(default_factory=dict)
    """Rows as everybody sees them, made when the first desk shows them."""


class Readings:
    """The last reading, used again until the queue changes: fifty desks that ask at once cost one."""

    def __init__(self) -> None:
        self._last: Reading | None = None
        self._reading = asyncio.Lock()

    async def now(self, room: "DeskRoom") -> Reading:
        """The queue as it stands."""
        async with self._reading:
            if self._last is None or self._last.version != room.hub.version or self._is_old(self._last):
                self._last = await _read(room)
            return self._last

    def _is_old(self, reading: Reading) -> bool:
        return time.monotonic() - reading.at > USED_FOR_S


async def _read(room: "DeskRoom") -> Reading:
    version = room.hub.version
    handoffs = (
        select(*_SHOWN)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(Handoff.closed_at.is_(None))
        .order_by(Handoff.urgency.desc(), Handoff.waiting_since)
    )
    held = select(HeldReply).where(HeldReply.decided_at.is_(None)).order_by(HeldReply.made_at).limit(LISTED)
    async with room.sessions() as session:
        return Reading(
            version=version,
            at=time.monotonic(),
            rows=(await session.execute(handoffs)).all(),
            cases=await open_cases.waiting(session, room.today, windows=None, limit=MOST_CASES),
            held=(await session.scalars(held)).all(),
            there=await duty.who_is_there(session),
            busy=await duty.load(session),
            names=await names_of(session),
        )


async def queue_of(room: "DeskRoom", clerk: DeskClerk) -> QueueView:
    """All that waits and is within the clerk's rights."""
    catalog, reading = room.catalog(), await room.readings.now(room)
    viewers = room.hub.viewers()
    waiting, mine, others = _parted(reading.rows, clerk, catalog.restricted)
    held = [row for row in reading.held if _may_work(clerk, row.item_id, None, catalog)]
    cases = [case for case in reading.cases if _may_work(clerk, case.item_id, case.handler_id, catalog)]
    moment = now()
    return QueueView(
        now=moment,
        me={"id": clerk.id, "name": clerk.name, "role": clerk.role.value},
        on_duty=any(each.clerk_id == clerk.id for each in reading.there),
        open=room.office.opening.open_at(moment),
        colleagues=[
            Busy(id=each.clerk_id, name=each.name, talks=reading.busy.get(each.clerk_id, 0))
            for each in reading.there
            if each.clerk_id != clerk.id
        ],
        waiting=[_row_for(clerk, r, reading, catalog, viewers) for r in waiting[:LISTED]],
        mine=[_row_for(clerk, r, reading, catalog, viewers) for r in mine[:LISTED]],
        others=[_row_for(clerk, r, reading, catalog, viewers) for r in others[:LISTED]],
        held=[_held_row(row, catalog) for row in held],
        cases=[case_row(case, catalog, reading.names) for case in cases[:LISTED]],
        counts=Counts(waiting=len(waiting), mine=len(mine), others=len(others), held=len(held), cases=len(cases)),
        windows=[Named(id=each.id, name=each.name) for each in catalog.windows.values()],
    )


def _parted(rows: Sequence[OpenRow], clerk: DeskClerk, restricted: frozenset[str]) -> tuple[list[OpenRow], ...]:
    """What waits, danger first and then what is offered to the clerk; what the clerk has; what others have.

    The rows come in the queue's order, and keep it.
    """
    danger, offered, waiting, mine, others = (list[OpenRow]() for _ in range(5))
    rights: dict[tuple[str | None, str | None], bool] = {}
    for row in rows:
        if row.clerk_id == clerk.id:
            mine.append(row)
            continue
        about = row.window, row.department
        if about not in rights:
            rights[about] = may_see(clerk, *about, restricted)
        if not rights[about]:
            continue
        if row.clerk_id is not None:
            others.append(row)
        elif row.urgency >= Urgency.DANGER:
            danger.append(row)
        else:
            (offered if row.offered_to == clerk.id else waiting).append(row)
    return danger + offered + waiting, mine, others


async def handoff_row(session: AsyncSession, room: "DeskRoom", clerk: DeskClerk, handoff: Handoff) -> HandoffRow:
    """One handoff as in the queue."""
    row = (
        await session.execute(
            select(*_SHOWN)
            .join(Conversation, Conversation.id == Handoff.conversation_id)
            .where(Handoff.id == handoff.id)
        )
    ).one()
    shown = _row_of(row, room.catalog(), await names_of(session))
    return _own(clerk, row, shown, room.hub.viewers())


def _row_for(
    clerk: DeskClerk, row: OpenRow, reading: Reading, catalog: Catalog, viewers: Mapping[int, list[str]]
) -> HandoffRow:
    shown = reading.shown.get(row.id)
    if shown is None:
        shown = reading.shown[row.id] = _row_of(row, catalog, reading.names)
    return _own(clerk, row, shown, viewers)


def _own(clerk: DeskClerk, row: OpenRow, shown: HandoffRow, viewers: Mapping[int, list[str]]) -> HandoffRow:
    """The row with what one clerk sees otherwise than all: that it is offered to them, and who else looks."""
    for_me = row.offered_to == clerk.id and row.stage == Stage.WAITING
    others = [name for name in viewers.get(row.id, ()) if name != clerk.name]
    return shown.model_copy(update={"for_me": for_me, "viewers": others}) if for_me or others else shown


def _row_of(row: OpenRow, catalog: Catalog, names: Mapping[str, str]) -> HandoffRow:
    """A row of the queue in words."""
    item = catalog.items.get(row.item_id or "")
    window = catalog.windows.get(row.window or "")
    return HandoffRow(
        id=row.id,
        conversation_id=row.conversation_id,
        stage=row.stage,
        stage_told=said(f"stage_{row.stage}"),
        channel=row.channel,
        item=None if item is None else item.call_it,
        window=None if window is None else window.name,
        reason=said(f"reason_{row.reason}"),
        urgency=row.urgency,
        urgent_for=[said(f"urgent_{each}") for each in row.urgent_for.split(",") if each],
        waiting_since=row.waiting_since,
        limit_s=LIMIT_S,
        for_me=False,
        clerk=person(row.clerk_id, names),
        unanswered_since=row.unanswered_since,
        meet_at=row.meet_at,
        viewers=[],
    )


def case_row(case: OpenCase, catalog: Catalog, names: Mapping[str, str]) -> CaseRow:
    """An open case in a list."""
    item = catalog.items.get(case.item_id)
    return CaseRow(
        id=case.id,
        number=case.number,
        item=case.item_id if item is None else item.call_it,
        status=case.status.value,
        status_told=case.status.told,
        received_at=case.received_at,
        due_on=case.due_on,
        warning=case.warning.value,
        handler=person(case.handler_id, names),
        identity_to_check=case.identity_to_check,
        supplement_complete=case.supplement_complete,
    )


def person(clerk_id: str | None, names: Mapping[str, str]) -> Person | None:
    """A clerk by id; one whose account is gone is called as such."""
    return None if clerk_id is None else Person(id=clerk_id, name=names.get(clerk_id, said("clerk_gone")))


async def names_of(session: AsyncSession) -> dict[str, str]:
    """What every clerk is called."""
    return {row.id: row.name for row in await session.execute(select(Clerk.id, Clerk.name))}


def _may_work(clerk: DeskClerk, item_id: str, holder: str | None, catalog: Catalog) -> bool:
    item = catalog.items.get(item_id)
    window, department = (None, None) if item is None else (item.window, item.department)
    return may_see(clerk, window, department, catalog.restricted, holder=holder)


def _held_row(row: HeldReply, catalog: Catalog) -> HeldRow:
    item = catalog.items.get(row.item_id)
    return HeldRow(
        id=row.id,
        conversation_id=row.conversation_id,
        item=row.item_id if item is None else item.call_it,
        asked=row.asked,
        bubbles=[bubble.get("text", "") for bubble in row.bubbles],
        made_at=row.made_at,
    )

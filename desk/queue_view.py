"""The queue as one clerk sees it: what waits for them first, what they have, what others have, and the cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import duty
from bot.conversation.handoffs import Stage, Urgency
from bot.conversation.models import Conversation, Handoff, HeldReply
from cases import open_cases
from cases.open_cases import OpenCase
from desk.models import Clerk
from desk.rights import DeskClerk, may_see, may_supervise, may_take
from desk.room import DeskRoom
from desk.views import Busy, CaseRow, Counts, HandoffRow, HeldRow, Named, Person, QueueView
from desk.wording import said
from records.base import now
from services_catalog.loader import Catalog

LISTED = 200
"""Entries of each list that are shown; the counts tell of the rest."""
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


@dataclass(frozen=True)
class Seen:
    """What all rows of one answer are shown with."""

    clerk: DeskClerk
    catalog: Catalog
    names: Mapping[str, str]
    viewers: Mapping[int, list[str]]


async def queue_of(session: AsyncSession, room: DeskRoom, clerk: DeskClerk) -> QueueView:
    """All that waits and is within the clerk's rights."""
    catalog = room.catalog()
    rows = (
        await session.execute(
            select(*_SHOWN)
            .join(Conversation, Conversation.id == Handoff.conversation_id)
            .where(Handoff.closed_at.is_(None))
            .order_by(Handoff.urgency.desc(), Handoff.waiting_since)
        )
    ).all()
    visible = [r for r in rows if may_see(clerk, r.window, r.department, catalog.restricted, holder=r.clerk_id)]
    held = await _held(session, clerk, catalog)
    windows = None if "*" in clerk.windows or may_supervise(clerk) else clerk.windows
    listed = await open_cases.waiting(session, room.today, windows=windows, limit=LISTED)
    cases = [case for case in listed if _may_work(clerk, case, catalog)]
    names = await names_of(session)
    seen = Seen(clerk, catalog, names, room.hub.viewers())
    there = await duty.who_is_there(session)
    busy = await duty.load(session)
    waiting = [r for r in visible if r.clerk_id is None]
    waiting.sort(key=lambda r: (r.urgency < Urgency.DANGER, r.offered_to != clerk.id, -r.urgency, r.waiting_since))
    mine = [r for r in visible if r.clerk_id == clerk.id]
    others = [r for r in visible if r.clerk_id not in (None, clerk.id)]
    moment = now()
    return QueueView(
        now=moment,
        me={"id": clerk.id, "name": clerk.name, "role": clerk.role.value},
        on_duty=any(each.clerk_id == clerk.id for each in there),
        open=room.office.opening.open_at(moment),
        colleagues=[
            Busy(id=each.clerk_id, name=each.name, talks=busy.get(each.clerk_id, 0))
            for each in there
            if each.clerk_id != clerk.id
        ],
        waiting=[row_of(r, seen) for r in waiting[:LISTED]],
        mine=[row_of(r, seen) for r in mine[:LISTED]],
        others=[row_of(r, seen) for r in others[:LISTED]],
        held=held,
        cases=[case_row(case, catalog, names) for case in cases],
        counts=Counts(
            waiting=len(waiting),
            mine=len(mine),
            others=len(others),
            held=len(held),
            cases=(await open_cases.counts(session, room.today, windows=windows)).all,
        ),
        windows=[Named(id=each.id, name=each.name) for each in catalog.windows.values()],
    )


async def handoff_row(session: AsyncSession, room: DeskRoom, clerk: DeskClerk, handoff: Handoff) -> HandoffRow:
    """One handoff as in the queue."""
    row = (
        await session.execute(
            select(*_SHOWN)
            .join(Conversation, Conversation.id == Handoff.conversation_id)
            .where(Handoff.id == handoff.id)
        )
    ).one()
    return row_of(row, Seen(clerk, room.catalog(), await names_of(session), room.hub.viewers()))


def row_of(row: Row[*tuple[Any, ...]], seen: Seen) -> HandoffRow:
    """A row of the queue in words."""
    item = seen.catalog.items.get(row.item_id or "")
    window = seen.catalog.windows.get(row.window or "")
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
        for_me=row.offered_to == seen.clerk.id and row.stage == Stage.WAITING,
        clerk=person(row.clerk_id, seen.names),
        unanswered_since=row.unanswered_since,
        meet_at=row.meet_at,
        viewers=[name for name in seen.viewers.get(row.id, []) if name != seen.clerk.name],
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


def _may_work(clerk: DeskClerk, case: OpenCase, catalog: Catalog) -> bool:
    item = catalog.items.get(case.item_id)
    window, department = (None, None) if item is None else (item.window, item.department)
    return may_take(clerk, window, department, catalog.restricted) or case.handler_id == clerk.id


async def _held(session: AsyncSession, clerk: DeskClerk, catalog: Catalog) -> list[HeldRow]:
    rows = await session.scalars(
        select(HeldReply).where(HeldReply.decided_at.is_(None)).order_by(HeldReply.made_at).limit(LISTED)
    )
    held = []
    for row in rows:
        item = catalog.items.get(row.item_id)
        if item is not None and may_take(clerk, item.window, item.department, catalog.restricted):
            texts = [bubble.get("text", "") for bubble in row.bubbles]
            held.append(
                HeldRow(
                    id=row.id,
                    conversation_id=row.conversation_id,
                    item=item.call_it,
                    asked=row.asked,
                    bubbles=texts,
                    made_at=row.made_at,
                )
            )
    return held

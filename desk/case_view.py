"""A case as clerks see it: what was applied for, what came, what was told, who did what, and what can be done now."""

from datetime import date, datetime

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.beginnings import catalog_for
from cases.links import notice_link
from cases.materials import wanted_of
from cases.models import Case, CaseEvent, WantedMaterial
from cases.notices import NoticeKind, notices_of
from cases.states import Status
from desk.case_acts import KINDS, possible
from desk.packet import answers_of, case_line, files_of, materials_of, sure_of
from desk.queue_view import names_of
from desk.rights import DeskClerk
from desk.room import DeskRoom
from desk.views import AnswerRow, CaseRow, FileRow, MaterialRow
from desk.wording import said
from services_catalog.schema import Item


class DeferredRow(BaseModel):
    """A material promised for a day."""

    material: str
    promised_on: date
    handed_in_at: datetime | None


class NoticeRow(BaseModel):
    """Something told in writing."""

    id: str
    kind_told: str
    made_at: datetime
    href: str


class HistoryRow(BaseModel):
    """One line of the history."""

    at: datetime
    who: str
    what: str
    why: str


class Proposed(BaseModel):
    """What a first clerk proposes."""

    granted: bool
    by: str
    why: str


class ActRow(BaseModel):
    """Something that can be done."""

    key: str
    label: str
    danger: bool
    needs: list[str]


class CaseView(CaseRow):
    """The whole case."""

    accepted_at: datetime | None
    window: str
    identity_told: str
    answers: list[AnswerRow]
    materials: list[MaterialRow]
    deferred: list[DeferredRow]
    files: list[FileRow]
    missing: list[str]
    supplement_until: date | None
    notices: list[NoticeRow]
    history: list[HistoryRow]
    four_eyes: bool
    proposed: Proposed | None
    outcome_told: str | None
    acts: list[ActRow]


async def view_of(session: AsyncSession, room: DeskRoom, clerk: DeskClerk, case: Case, item: Item) -> CaseView:
    """The case as that clerk sees it."""
    catalog, names = room.catalog(), await names_of(session)
    events = list(await session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)))
    promised = select(WantedMaterial).where(WantedMaterial.case_id == case.id, WantedMaterial.deferred)
    window = catalog.windows.get(item.window)
    return CaseView(
        **case_line(case, catalog, names, room.today).model_dump(),
        accepted_at=case.accepted_at,
        window=item.window if window is None else window.name,
        identity_told=sure_of(case),
        answers=answers_of(await catalog_for(case, room.published), case),
        materials=materials_of(item, case),
        deferred=[
            DeferredRow(material=each.material, promised_on=each.due_on, handed_in_at=each.handed_in_at)
            for each in await session.scalars(promised.order_by(WantedMaterial.id))
        ],
        files=await files_of(session, case.resident_id, case.id),
        missing=[each.material for each in await wanted_of(session, case.id) if not each.deferred],
        supplement_until=case.supplement_until,
        notices=[
            NoticeRow(
                id=each.id,
                kind_told=NoticeKind(each.kind).heading,
                made_at=each.made_at,
                href=notice_link(room.voice.public_url, room.voice.link_key, each),
            )
            for each in await notices_of(session, case.id)
        ],
        history=[_line(event, names) for event in events],
        four_eyes=item.four_eyes,
        proposed=_proposed(case, events, names),
        outcome_told=None if case.outcome is None else said(f"outcome_{case.outcome}"),
        acts=[
            ActRow(key=key, label=KINDS[key].label, danger=KINDS[key].danger, needs=list(KINDS[key].needs))
            for key in possible(clerk, case, item)
        ]
        + _enrolment(case, item),
    )


def _line(event: CaseEvent, names: dict[str, str]) -> HistoryRow:
    who = said(f"actor_{event.actor}")
    if event.clerk_id is not None:
        who = names.get(event.clerk_id, said("clerk_gone"))
    what = said(f"event_{event.action}")
    if event.action == "status" and event.to_status is not None:
        what = Status(event.to_status).told
    return HistoryRow(at=event.at, who=who, what=what, why=event.note or "")


def _proposed(case: Case, events: list[CaseEvent], names: dict[str, str]) -> Proposed | None:
    if case.proposed_by is None:
        return None
    why = next((each.note for each in reversed(events) if each.action.startswith("proposed_")), None)
    by = names.get(case.proposed_by, said("clerk_gone"))
    return Proposed(granted=case.proposed_outcome == "granted", by=by, why=why or "")


def _enrolment(case: Case, item: Item) -> list[ActRow]:
    """Taking a picture at the counter, for items that are proved by face."""
    if not item.identity.face or Status(case.status).is_end:
        return []
    return [ActRow(key="enrol", label=said("enrol"), danger=False, needs=["photo"])]

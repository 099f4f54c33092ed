"""The packet 转人工单: what a clerk reads of a handoff in ten seconds, with what is sensitive masked."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from actions.handoff import ELDER_FROM
from bot.conversation.handoffs import Stage
from bot.conversation.models import Conversation, Handoff, HandoffNote
from cases import cards, drafts, form, terms, tracking
from cases.age import age_on
from cases.answers import Answer
from cases.beginnings import catalog_for
from cases.models import Case, StoredFile
from cases.open_cases import OpenCase
from cases.states import Status
from cases.wording import day_in_china
from desk import canned
from desk.queue_view import case_row, handoff_row, names_of
from desk.rights import DeskClerk, may_supervise, may_take
from desk.room import DeskRoom
from desk.thread import thread_of
from desk.video.calls import offers_video
from desk.views import AnswerRow, CaseRow, FileRow, ItemFacts, MaterialRow, NoteRow, Packet, Who
from desk.wording import said
from kyc import profile
from services_catalog.loader import Catalog
from services_catalog.schema import ApplicantKind, FormField, Item

CASES_SHOWN = 10
FILES_SHOWN = 30


async def packet_of(session: AsyncSession, room: DeskRoom, clerk: DeskClerk, handoff: Handoff) -> Packet:
    """The packet, as that clerk may read it."""
    catalog = room.catalog()
    conversation = await session.get_one(Conversation, handoff.conversation_id)
    case = await drafts.find(session, handoff.case_id or "")
    item = catalog.items.get(handoff.item_id or "")
    names = await names_of(session)
    others = await tracking.own_cases(session, conversation.resident_id, CASES_SHOWN)
    lines = await thread_of(session, conversation.id)
    return Packet(
        handoff=await handoff_row(session, room, clerk, handoff),
        who=await _who(session, room, conversation, handoff, case),
        item=None if item is None else _facts(catalog, item),
        why=said(f"reason_{handoff.reason}"),
        tried=_tried(handoff),
        answers=[] if case is None else answers_of(await catalog_for(case, room.published), case),
        materials=[] if item is None else materials_of(item, case),
        files=await files_of(session, conversation.resident_id, handoff.case_id),
        thread=lines.entries,
        more=lines.more,
        notes=await _notes(session, conversation.id, names),
        case=None if case is None or case.number is None else case_line(case, catalog, names, room.today),
        draft=case is not None and case.status == Status.DRAFT,
        other_cases=[
            case_line(each, catalog, names, room.today)
            for each in others
            if each.id != handoff.case_id and _may_read(clerk, each, catalog)
        ],
        canned=canned.filled(_values(room, clerk, case, item)),
        may=_may(room, clerk, handoff, case),
    )


def answers_of(catalog: Catalog, case: Case) -> list[AnswerRow]:
    """The answers of a case in the form's order, masked where the field is sensitive."""
    item = catalog.items.get(case.item_id)
    if item is None:
        return []
    kind = ApplicantKind(case.applicant_kind or ApplicantKind.SELF)
    fields = form.questions(catalog, item, kind, drafts.values_of(case))
    given = [(field, drafts.answer_of(case, field.key)) for field in fields]
    return [_answer(case, field, answer) for field, answer in given if answer is not None]


def materials_of(item: Item, case: Case | None) -> list[MaterialRow]:
    """The materials the item asks this applicant for."""
    kind = ApplicantKind(case.applicant_kind) if case is not None and case.applicant_kind else None
    return [
        MaterialRow(
            name=each.name,
            form=each.form.value,
            state=_state(each.waived, deferrable=each.deferrable),
            note="；".join(filter(None, (each.waived, each.only_if, each.note))),
            deferrable=each.deferrable,
        )
        for each in item.materials
        if each.only_for is None or kind is None or each.only_for.includes(kind)
    ]


async def files_of(session: AsyncSession, resident_id: str, case_id: str | None) -> list[FileRow]:
    """What the resident sent for the case, and what belongs to none yet; the newest first."""
    sent = (
        select(StoredFile)
        .where(StoredFile.resident_id == resident_id, (StoredFile.case_id == case_id) | StoredFile.case_id.is_(None))
        .order_by(StoredFile.created_at.desc())
        .limit(FILES_SHOWN)
    )
    return [
        FileRow(id=row.id, name=row.name, media_type=row.media_type, size=row.size, at=row.created_at)
        for row in await session.scalars(sent)
    ]


def sure_of(case: Case) -> str:
    """How sure it is who applies."""
    return said("sure_to_check" if case.identity_to_check else f"sure_{case.identity}")


def _answer(case: Case, field: FormField, answer: Answer) -> AnswerRow:
    return AnswerRow(
        key=field.key,
        label=field.label,
        shown=answer.masked if field.sensitive else answer.shown,
        provenance=said(f"provenance_{case.answers[field.key].provenance}"),
        hidden=field.sensitive and answer.masked != answer.shown,
    )


def _state(waived: str | None, *, deferrable: bool) -> str:
    if waived:
        return said("material_waived")
    return said("material_deferrable" if deferrable else "material_needed")


async def _who(
    session: AsyncSession, room: DeskRoom, conversation: Conversation, handoff: Handoff, case: Case | None
) -> Who:
    """Whom it is about: by the case, else by what the resident told before; all of it masked."""
    shown: dict[str, str | None] = {}
    for key in ("name", "id_number", "phone"):
        answer = None if case is None else drafts.answer_of(case, key)
        if answer is not None:
            shown[key] = answer.masked
        else:
            known = await profile.known(session, conversation.resident_id, "self", key)
            shown[key] = None if known is None else known.masked
    person = said("person_self") if case is None or case.person == form.SELF else case.person
    if person == form.UNNAMED:
        person = said("person_other")
    number = None if case is None else drafts.answer_of(case, "id_number")
    age = None if number is None else age_on(number.value, room.today)
    if age is not None and age >= ELDER_FROM:
        person = said("person_elder", person=person, age=age)
    nobody = case is None and not any(shown.values())
    return Who(
        name=shown["name"],
        id_number=shown["id_number"],
        phone=shown["phone"],
        person=person,
        how_sure=said("sure_nobody" if nobody else "sure_declared") if case is None else sure_of(case),
        contact=None if handoff.contact is None else f"{handoff.contact[:3]}****{handoff.contact[-4:]}",
    )


def _facts(catalog: Catalog, item: Item) -> ItemFacts:
    window, promised = catalog.windows.get(item.window), item.time_limit.promised
    told = None
    if promised is not None:
        told = said("promised_days", days=promised.days) if promised.days else said("promised_now")
    return ItemFacts(
        id=item.id,
        name=item.name,
        call_it=item.call_it,
        window=item.window if window is None else window.name,
        promised=told,
        level_told=said(f"level_{item.identity.level}"),
    )


def _tried(handoff: Handoff) -> list[str]:
    """What the bot did before it gave up."""
    tried, lines = handoff.tried or {}, list[str]()
    if tried.get("misses"):
        lines.append(said("tried_misses", count=tried["misses"]))
    if tried.get("asking"):
        lines.append(said("tried_step", step=tried["step"], total=tried["total"], asking=tried["asking"]))
    if tried.get("offered"):
        lines.append(said("tried_offered", choices="、".join(tried["offered"])))
    return lines


async def _notes(session: AsyncSession, conversation_id: str, names: dict[str, str]) -> list[NoteRow]:
    rows = select(HandoffNote).where(HandoffNote.conversation_id == conversation_id).order_by(HandoffNote.id)
    return [
        NoteRow(id=row.id, name=names.get(row.clerk_id, said("clerk_gone")), text=row.body, at=row.at)
        for row in await session.scalars(rows)
    ]


def case_line(case: Case, catalog: Catalog, names: dict[str, str], today: date) -> CaseRow:
    """A case in a list, from its row."""
    return case_row(
        OpenCase(
            id=case.id,
            number=case.number or "",
            item_id=case.item_id,
            status=Status(case.status),
            received_at=case.received_at or case.created_at,
            act_by=case.act_by,
            due_on=case.due_on,
            warning=terms.warning(
                case.counted_from or day_in_china(case.received_at or case.created_at), case.act_by, today
            ),
            handler_id=case.handler_id,
            identity_to_check=case.identity_to_check,
            supplement_complete=case.supplement_complete,
            proposed_by=case.proposed_by,
        ),
        catalog,
        names,
    )


def _may_read(clerk: DeskClerk, case: Case, catalog: Catalog) -> bool:
    item = catalog.items.get(case.item_id)
    return item is not None and may_take(clerk, item.window, item.department, catalog.restricted)


def _values(room: DeskRoom, clerk: DeskClerk, case: Case | None, item: Item | None) -> dict[str, str | None]:
    """The variables of canned replies."""
    window = None if item is None else room.catalog().windows.get(item.window)
    return {
        "item": None if item is None else item.call_it,
        "number": None if case is None else case.number,
        "promised": None if case is None or item is None or case.number is None else cards.promise(case, item),
        "window": None if window is None else window.name,
        "hours": room.office.hours,
        "me": clerk.name,
    }


def _may(room: DeskRoom, clerk: DeskClerk, handoff: Handoff, case: Case | None) -> list[str]:
    """What the clerk may do with the handoff now."""
    may = ["note"]
    mine = handoff.clerk_id == clerk.id
    if handoff.stage in (Stage.WAITING, Stage.CALL, Stage.VISIT) or (handoff.stage == Stage.LENT and mine):
        may.append("claim")
    if handoff.stage == Stage.TAKEN and mine:
        may += ["say", "release", "transfer", "collect", "begin", "return", "close", "reveal"]
        if case is not None and (case.number is None or case.identity_to_check):
            may.append("verify")
        if offers_video(room.catalog(), handoff.item_id):
            may.append("video")
    if not mine and handoff.clerk_id is not None and may_supervise(clerk):
        may.append("takeover")
    return may

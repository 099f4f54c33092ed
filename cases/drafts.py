"""Drafts: a case being filled in, one answer at a time, taken up again days later."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.answers import Answer
from cases.models import Case, CaseAnswer
from cases.states import Actor, Status, log, move
from records.base import now

SKIPPED = Answer(value="", shown="（没有填）", masked="（没有填）", certain=True)


async def open_draft(session: AsyncSession, resident_id: str, item_id: str, version: int | None = None) -> Case:
    """A new draft of a case for an item, to be asked and read as it stands in that version of the catalogue."""
    case = Case(
        resident_id=resident_id, item_id=item_id, status=Status.DRAFT.value, catalogue_version=version, answers={}
    )
    session.add(case)
    await session.flush()
    log(session, case, "opened", Actor.RESIDENT)
    return case


async def find(session: AsyncSession, case_id: str) -> Case | None:
    """The case with that id, its answers loaded."""
    return await session.get(Case, case_id)


async def latest_draft(session: AsyncSession, resident_id: str, item_id: str | None = None) -> Case | None:
    """The draft a resident worked on last, of one item or of any."""
    drafts = select(Case).where(Case.resident_id == resident_id, Case.status == Status.DRAFT.value)
    if item_id is not None:
        drafts = drafts.where(Case.item_id == item_id)
    return (await session.scalars(drafts.order_by(Case.updated_at.desc()).limit(1))).one_or_none()


def answer_of(case: Case, key: str) -> Answer | None:
    """The answer a case holds for a field."""
    stored = case.answers.get(key)
    return None if stored is None else Answer(**stored.answer, certain=True)


def values_of(case: Case) -> dict[str, str]:
    """The stored values of all answers, by field key; empty for a skipped field."""
    return {key: stored.answer["value"] for key, stored in case.answers.items()}


def masked_name(case: Case) -> str:
    """The name of whom a case is for, with all but its first character hidden; empty where none was given."""
    name = answer_of(case, "name")
    return "" if name is None else name.value[:1] + "*" * (len(name.value) - 1)


def keep(case: Case, key: str, answer: Answer, provenance: str) -> None:
    """Store an answer, or a correction of it."""
    body = {"value": answer.value, "shown": answer.shown, "masked": answer.masked}
    stored = case.answers.get(key)
    if stored is None:
        case.answers[key] = CaseAnswer(field_key=key, answer=body, provenance=provenance)
    else:
        stored.answer, stored.provenance, stored.answered_at = body, provenance, now()
    case.updated_at = now()


def discard(session: AsyncSession, case: Case) -> None:
    """Give a draft up; what was answered is deleted, that it was opened remains.

    What was sent for it is deleted by `files.erase_files_of`.
    """
    case.answers.clear()
    move(session, case, Status.WITHDRAWN, Actor.RESIDENT)

"""What residents are told in writing: kept as it was told, said as one message, and set as a PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.wording import phrase
from cases.document import NoticeDocument
from cases.drafts import masked_name
from cases.models import Case, CaseNotice
from cases.wording import in_china
from records.base import new_id, now
from services_catalog.schema import Item


class NoticeKind(StrEnum):
    """What a notice is."""

    RECEIPT = "receipt"
    MISSING = "missing"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    DECIDED = "decided"
    RETURNED = "returned"

    @property
    def heading(self) -> str:
        """What stands above it."""
        return phrase(_TITLES[self])


_TITLES = {
    NoticeKind.RECEIPT: "utter_notice_title_receipt",
    NoticeKind.MISSING: "utter_notice_title_missing",
    NoticeKind.ACCEPTED: "utter_notice_title_accepted",
    NoticeKind.DEFERRED: "utter_notice_title_deferred",
    NoticeKind.REFUSED: "utter_notice_title_refused",
    NoticeKind.DECIDED: "utter_notice_title_decided",
    NoticeKind.RETURNED: "utter_notice_title_returned",
}


@dataclass(frozen=True)
class Told:
    """What a resident is told of a case: in words, and in writing where the law or the office asks for it."""

    text: str
    notice: CaseNotice | None = None


def notice(
    session: AsyncSession,
    case: Case,
    item: Item,
    kind: NoticeKind,
    paragraphs: Sequence[str],
    *,
    clerk: tuple[str, str] | None = None,
    materials: Sequence[str] = (),
    why: str = "",
) -> CaseNotice:
    """Keep a notice, with the session's commit. `clerk` is the id and the name of whoever made it.

    What it says is kept in words, so that it reads the same whatever is changed in wording or catalogue later.
    """
    body: dict[str, Any] = {
        "item": item.name,
        "agency": item.agency,
        "applicant": masked_name(case),
        "clerk": "" if clerk is None else clerk[1],
        "paragraphs": list(paragraphs),
        "materials": list(materials),
        "why": why,
    }
    made = CaseNotice(
        id=new_id(),
        case_id=case.id,
        kind=kind.value,
        body=body,
        clerk_id=None if clerk is None else clerk[0],
        made_at=now(),
    )
    session.add(made)
    return made


async def notices_of(session: AsyncSession, case_id: str) -> list[CaseNotice]:
    """All notices of a case, newest first."""
    mine = select(CaseNotice).where(CaseNotice.case_id == case_id).order_by(CaseNotice.made_at.desc(), CaseNotice.id)
    return list(await session.scalars(mine))


def document_of(made: CaseNotice, number: str, street: str, office: str) -> NoticeDocument:
    """A notice as it is printed. `office` is where and when somebody is there."""
    return NoticeDocument(
        title=NoticeKind(made.kind).heading,
        street=street,
        agency=made.body["agency"],
        number=number,
        item=made.body["item"],
        applicant=made.body["applicant"],
        made_on=in_china(made.made_at),
        clerk=made.body["clerk"],
        paragraphs=made.body["paragraphs"],
        materials=made.body["materials"],
        office=office,
        validity=phrase("utter_notice_validity"),
    )

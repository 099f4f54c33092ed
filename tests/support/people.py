"""Residents and cases put into a database directly, for tests below the conversation."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from cases import drafts
from cases.answers import Answer
from cases.models import Case
from kyc.profile import create_resident
from services_catalog.schema import ApplicantKind, FieldType, FormField

ID_NUMBER = "110101199003077539"
PHONE = "13812345678"
NAME = "王秀英"

TYPED = {
    FieldType.PERSON_NAME: NAME,
    FieldType.ID_NUMBER: ID_NUMBER,
    FieldType.PHONE: PHONE,
    FieldType.DATE: "1990年3月7日",
    FieldType.ADDRESS: "文三路100号3幢2单元501室",
    FieldType.AMOUNT: "2000",
    FieldType.NUMBER: "3",
    FieldType.YES_NO: "是",
    FieldType.BANK_ACCOUNT: "6222021234567890123",
    FieldType.TEXT: "都写清楚了",
}


def typed_answer(field: FormField) -> str:
    """What a resident types for a field: its example where the catalogue gives one."""
    if field.choices:
        return field.choices[0]
    return field.example or TYPED[field.type]


def answer(value: str) -> Answer:
    """An answer shown as it is stored, and masked."""
    return Answer(value, value, "*" * len(value), certain=True)


async def draft_of(
    session: AsyncSession, item_id: str, answers: Mapping[str, str], kind: ApplicantKind = ApplicantKind.SELF
) -> Case:
    """A new resident's draft with these answers."""
    resident = await create_resident(session)
    case = await drafts.open_draft(session, resident.id, item_id)
    case.applicant_kind = kind.value
    for key, value in answers.items():
        drafts.keep(case, key, answer(value), "typed")
    return case

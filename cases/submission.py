"""From draft to received case: number, promised day, first line of its public life."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.wording import phrase
from cases import terms
from cases.models import Case, CaseCounter
from cases.notices import NoticeKind, notice
from cases.states import Actor, Status, log
from cases.workdays import deadline
from records.base import now
from records.database import rows_changed
from records.encryption import blind_index
from services_catalog.schema import FormField, Item

PHONE_INDEX = "last four digits of a phone"


def phone_index(digits: str) -> str:
    """The lookup key of a phone's last four digits."""
    return blind_index(digits[-4:], PHONE_INDEX)


async def submit(
    session: AsyncSession,
    case: Case,
    item: Item,
    fields: Iterable[FormField],
    street_code: str,
    today: date,
    *,
    identity: str = "declared",
    identity_to_check: bool = False,
) -> bool:
    """File a draft as a received case. True if this call filed it; a case filed before stays as it is.

    `identity` is the way it was proved, and `identity_to_check` tells that somebody still has to look.
    `fields` are those the form asks now; what was answered to any other is dropped, such as the phone of a
    proxy who applies no longer. The receipt is a notice like others.

    The number is 9 digits of the street, the day as YYYYMMDD, and a running number of 5 digits.
    """
    claim = (
        update(Case).where(Case.id == case.id, Case.status == Status.DRAFT.value).values(status=Status.RECEIVED.value)
    )
    if await rows_changed(session, claim) != 1:
        return False
    asked = {field.key for field in fields}
    for key in [key for key in case.answers if key not in asked]:
        del case.answers[key]
    running = await _next_running_number(session, today)
    case.number = f"{street_code}{today:%Y%m%d}{running:05d}"
    case.received_at = now()
    case.identity, case.identity_to_check = identity, identity_to_check
    if item.time_limit.promised is not None:
        due = deadline(today, item.time_limit.promised.days)
        case.promised_on, case.promise_is_estimate = due.day, due.is_estimate
    case.window, case.act_by = item.window, terms.told_by(today)
    case.phone_index = _index_of(case, "phone")
    case.proxy_phone_index = _index_of(case, "proxy_phone")
    log(session, case, "status", Actor.RESIDENT, before=Status.DRAFT, after=Status.RECEIVED)
    notice(session, case, item, NoticeKind.RECEIPT, [phrase("utter_notice_receipt"), phrase("utter_notice_clock")])
    return True


def _index_of(case: Case, key: str) -> str | None:
    stored = case.answers.get(key)
    return phone_index(stored.answer["value"]) if stored and stored.answer["value"] else None


async def _next_running_number(session: AsyncSession, today: date) -> int:
    insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    counted = (
        insert(CaseCounter)
        .values(day=today, last=1)
        .on_conflict_do_update(index_elements=["day"], set_={"last": CaseCounter.last + 1})
        .returning(CaseCounter.last)
    )
    return (await session.execute(counted)).scalar_one()

"""What a resident is shown of a filed case."""

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.wording import phrase
from cases.accepting import due_told
from cases.deciding import DENIED
from cases.materials import wanted_of
from cases.models import Case, CaseNotice
from cases.notices import notices_of
from cases.states import Status
from cases.tracking import reached
from cases.wording import day_told
from records.base import CHINA
from services_catalog.schema import Item

WAY = (Status.RECEIVED, Status.ACCEPTED, Status.REVIEW, Status.DONE)
"""The usual way of a case, as shown before it is walked."""


class Reached(BaseModel):
    """A status on the way, and when it was reached."""

    label: str
    done: bool
    at: str | None


class CaseFacts(BaseModel):
    """A case as residents read it. `promised` is None once it has ended, or where nothing is promised."""

    number: str
    status: str
    timeline: list[Reached]
    promised: str | None
    next_step: str


async def case_card(session: AsyncSession, case: Case, item: Item, *, own: bool = True) -> CaseFacts:
    """The facts of a filed case. Why it ended as it did is told to its `own` resident alone: whoever else knows number
    and phone is told where it stands."""
    await session.flush()
    walked = await reached(session, case)
    timeline = [
        Reached(label=step.status.told, done=True, at=f"{step.at.astimezone(CHINA):%m月%d日 %H:%M}") for step in walked
    ]
    status = Status(case.status)
    if not status.is_end:
        seen = {step.status for step in walked}
        timeline += [Reached(label=way.told, done=False, at=None) for way in WAY if way not in seen]
    return CaseFacts(
        number=case.number or "",
        status=_status_told(case, status),
        timeline=timeline,
        promised=None if status.is_end else promise(case, item),
        next_step=await _next_step(session, case, item, own=own),
    )


async def latest_notice(session: AsyncSession, case: Case) -> CaseNotice | None:
    """What was told in writing last."""
    return next(iter(await notices_of(session, case.id)), None)


def promise(case: Case, item: Item) -> str | None:
    """The promised day in words, true on whatever day it is read; None where the catalogue promises nothing.

    The clock runs from acceptance, so until then it is told what would be if the case were accepted on its receipt.
    """
    if case.status == Status.SUPPLEMENT:
        return phrase("utter_case_clock_stands")
    if case.counted_from is not None:
        return None if case.due_on is None else due_told(case)
    if item.time_limit.promised is None or case.promised_on is None or case.received_at is None:
        return None
    if item.time_limit.promised.days == 0:
        return "材料齐全的话，当场办结"
    received, day = case.received_at.astimezone(CHINA).date(), case.promised_on
    year = f"{day.year}年" if day.year != received.year else ""
    estimate = "（明年放假安排还没公布，按周一到周五估算）" if case.promise_is_estimate else ""
    return f"收件当天（{received.month}月{received.day}日）受理的话，{year}{day.month}月{day.day}日前办好{estimate}"


def _status_told(case: Case, status: Status) -> str:
    if status is Status.DONE:
        return phrase("utter_case_status_denied" if case.outcome == DENIED else "utter_case_status_granted")
    return status.told


async def _next_step(session: AsyncSession, case: Case, item: Item, *, own: bool) -> str:
    """What comes next, or what came of it."""
    status = Status(case.status)
    waits = await wanted_of(session, case.id)
    promised = [phrase("utter_case_promised", material=each.material, day=day_told(each.due_on)) for each in waits]
    if status is Status.SUPPLEMENT and case.supplement_complete:
        return phrase("utter_case_next_complete")
    if status is Status.SUPPLEMENT and case.supplement_until is not None:
        missing = "、".join(each.material for each in waits if not each.deferred)
        return phrase("utter_case_next_missing", materials=missing, day=day_told(case.supplement_until))
    if promised:
        return phrase("utter_case_next_deferred", lines="、".join(promised))
    if status is Status.RECEIVED:
        return item.next_step
    if status in (Status.ACCEPTED, Status.REVIEW):
        return (
            phrase("utter_case_next_review")
            if case.referred_to is None
            else phrase("utter_case_next_referred", place=case.referred_to)
        )
    if status is Status.WITHDRAWN:
        return phrase("utter_case_next_withdrawn")
    return await _ended(session, case, status, own=own)


async def _ended(session: AsyncSession, case: Case, status: Status, *, own: bool) -> str:
    made = await latest_notice(session, case)
    why = made.body["why"] if made is not None and own else ""
    if status is Status.DONE and case.outcome != DENIED:
        return why or phrase("utter_case_next_granted")
    parts = [phrase("utter_case_why", why=why) if why else phrase("utter_case_why_in_notice")]
    parts.append(phrase("utter_notice_again" if status is Status.RETURNED else "utter_case_remedies"))
    return "".join(parts)

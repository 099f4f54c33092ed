"""What a resident is shown of a filed case."""

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from cases.states import Status
from cases.tracking import reached
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
    """A case as residents read it."""

    number: str
    status: str
    timeline: list[Reached]
    promised: str | None


async def case_card(session: AsyncSession, case: Case, item: Item) -> CaseFacts:
    """The facts of a filed case."""
    await session.flush()
    walked = await reached(session, case)
    timeline = [
        Reached(label=step.status.told, done=True, at=f"{step.at.astimezone(CHINA):%m月%d日 %H:%M}") for step in walked
    ]
    if not Status(case.status).is_end:
        seen = {step.status for step in walked}
        timeline += [Reached(label=status.told, done=False, at=None) for status in WAY if status not in seen]
    return CaseFacts(
        number=case.number or "",
        status=Status(case.status).told,
        timeline=timeline,
        promised=promise(case, item),
    )


def promise(case: Case, item: Item) -> str | None:
    """The promised day in words, true on whatever day it is read; None where the catalogue promises nothing."""
    if item.time_limit.promised is None or case.promised_on is None or case.received_at is None:
        return None
    if item.time_limit.promised.days == 0:
        return "材料齐全的话，当场办结"
    received, day = case.received_at.astimezone(CHINA).date(), case.promised_on
    year = f"{day.year}年" if day.year != received.year else ""
    estimate = "（明年放假安排还没公布，按周一到周五估算）" if case.promise_is_estimate else ""
    return f"收件当天（{received.month}月{received.day}日）受理的话，{year}{day.month}月{day.day}日前办好{estimate}"

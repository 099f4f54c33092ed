"""Cases on a clerk's desk, for tests that work them."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case, CaseEvent, CaseNotice, WantedMaterial
from cases.states import Status
from cases.submission import submit
from cases.working import Act, By
from records.base import CHINA
from services_catalog.loader import Catalog
from tests.cases.asked import fields_of
from tests.support.people import ID_NUMBER, NAME, PHONE, draft_of

STREET = "330105001"
MONDAY = date(2026, 6, 1)
"""The day on which cases are received; the week has no holidays."""
LI, WU = By("li", "李敏"), By("wu", "吴刚")
AGED, DEFERRABLE, TWO_EYES, DISTRICT = "gaoling-jintie", "gaoling-jintie", "linshi-jiuzhu", "canji-zheng-shenling"


async def received(session: AsyncSession, catalog: Catalog, item_id: str = AGED, on: date = MONDAY) -> Case:
    """A case received on that day, committed."""
    case = await draft_of(session, item_id, {"name": NAME, "id_number": ID_NUMBER, "phone": PHONE})
    await submit(session, case, catalog.items[item_id], fields_of(catalog, case), STREET, on)
    case.received_at = datetime.combine(on, time(10), CHINA)
    await session.commit()
    return case


def act(session: AsyncSession, catalog: Catalog, case: Case, by: By = LI, today: date = MONDAY) -> Act:
    """An act of a clerk who sees the case as it is."""
    return Act(session, case, catalog.items[case.item_id], by, Status(case.status), today)


def later(days: int) -> date:
    """So many calendar days after the case was received."""
    return MONDAY + timedelta(days=days)


async def history(session: AsyncSession, case: Case) -> list[tuple[str, str | None, str | None]]:
    """Action, clerk and reason of every line, in order."""
    await session.flush()
    lines = await session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id))
    return [(line.action, line.clerk_id, line.note) for line in lines]


async def kinds_of_notices(session: AsyncSession, case: Case) -> list[str]:
    """The kinds of the notices made for a case, sorted."""
    await session.flush()
    return sorted(await session.scalars(select(CaseNotice.kind).where(CaseNotice.case_id == case.id)))


async def open_materials(session: AsyncSession, case: Case) -> list[str]:
    """What the case waits for."""
    await session.flush()
    waiting = select(WantedMaterial).where(WantedMaterial.case_id == case.id).order_by(WantedMaterial.id)
    return [each.material for each in await session.scalars(waiting) if each.is_open]

"""Materials that a case still waits for, and what happens when one comes."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case, WantedMaterial
from cases.states import Actor, Status, log
from cases.working import By
from records.base import now
from records.database import rows_changed


def want(session: AsyncSession, case: Case, materials: Sequence[tuple[str, date]], *, deferred: bool) -> None:
    """Wait for materials, each until its day, with the session's commit."""
    session.add_all(
        WantedMaterial(case_id=case.id, material=name, deferred=deferred, due_on=day) for name, day in materials
    )


async def wanted_of(session: AsyncSession, case_id: str) -> list[WantedMaterial]:
    """What a case waits for, told as missing or promised, in the order in which it was told."""
    waiting = select(WantedMaterial).where(WantedMaterial.case_id == case_id, WantedMaterial.is_open)
    return list(await session.scalars(waiting.order_by(WantedMaterial.id)))


async def deferred_of(session: AsyncSession, case_id: str) -> list[WantedMaterial]:
    """What was promised for later and has not come."""
    return [each for each in await wanted_of(session, case_id) if each.deferred]


async def wait_no_longer_for_missing(session: AsyncSession, case_id: str) -> None:
    """The clerk takes the case as complete: what was told as missing came, or can be done without."""
    missing = update(WantedMaterial).where(
        WantedMaterial.case_id == case_id, WantedMaterial.is_open, WantedMaterial.deferred.is_(False)
    )
    await rows_changed(session, missing.values(is_open=False))


async def material_arrived(
    session: AsyncSession, case: Case, name: str, file_id: str | None, today: date, by: By | None = None
) -> bool:
    """Note that a material the case waits for came: from the resident, or over the counter to the clerk `by`.

    False where the case does not wait for it, or no longer. Once nothing that was missing is left, the case is
    `supplement_complete`, and the office's turn comes.
    """
    await session.flush()
    waiting = await wanted_of(session, case.id)
    found = [each.id for each in waiting if each.material == name]  # perhaps promised, and told as missing later
    mine = update(WantedMaterial).where(WantedMaterial.id.in_(found), WantedMaterial.is_open)
    if not found or not await rows_changed(session, mine.values(is_open=False, handed_in_at=now(), file_id=file_id)):
        return False
    actor = Actor.RESIDENT if by is None else Actor.CLERK
    log(session, case, "material", actor, name, clerk_id=None if by is None else by.id)
    if not any(each.id not in found and not each.deferred for each in waiting):
        complete = update(Case).where(Case.id == case.id, Case.status == Status.SUPPLEMENT.value)
        await rows_changed(session, complete.values(supplement_complete=True, act_by=today))
    return True

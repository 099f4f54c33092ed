"""Which catalogue a case is read by: what is asked and shown of it stays as it was when it began."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from services_catalog.loader import Catalog
from services_catalog.published import Began, Published

MOST = 30
"""How many of a resident's cases are looked at in a turn, the latest first; older ones are shown by the present
catalogue there."""


async def begun_by(session: AsyncSession, resident_id: str) -> list[Began]:
    """What the resident's cases began with, each once."""
    rows = (
        select(Case.catalogue_version, Case.item_id)
        .where(Case.resident_id == resident_id, Case.catalogue_version.is_not(None))
        .group_by(Case.catalogue_version, Case.item_id)
        .order_by(func.max(Case.updated_at).desc())
        .limit(MOST)
    )
    return [(version, item_id) for version, item_id in await session.execute(rows) if version is not None]


async def catalog_for(case: Case, published: Published) -> Catalog:
    """The catalogue that one case is read by."""
    present = published.served
    if case.catalogue_version is None:
        return present.catalog
    begun = await published.as_begun([(case.catalogue_version, case.item_id)], present)
    return catalog_of(case, begun, present.catalog)


def catalog_of(case: Case, begun: Mapping[Began, Catalog], present: Catalog) -> Catalog:
    """The catalogue that the case is read by, among those that were looked up before."""
    if case.catalogue_version is None:
        return present
    return begun.get((case.catalogue_version, case.item_id), present)

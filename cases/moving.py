"""Handing a resident's cases over to the same resident known by another channel."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case, StoredFile


async def hand_cases_to(session: AsyncSession, gone: str, kept: str) -> None:
    """Every case and every file of the resident `gone` belongs to `kept`. The cases' history is as it was."""
    for table in (Case, StoredFile):
        moved = update(table).where(table.resident_id == gone).values(resident_id=kept)
        await session.execute(moved, execution_options={"synchronize_session": "fetch"})

"""What a resident has told and confirmed, and whether they agreed to our keeping it (免填单)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from kyc.models import Consent, ProfileEntry, Resident
from records.base import now

NOTICE_VERSION = "2026-11"
"""Version of the notice `utter_consent_ask`; change both together, and residents are asked again."""


@dataclass(frozen=True)
class Known:
    """A remembered answer: the value, how to show it, and the item it was told for."""

    value: str
    masked: str
    source: str
    confirmed_at: datetime


async def create_resident(session: AsyncSession) -> Resident:
    """A new resident, known by nothing yet."""
    resident = Resident()
    session.add(resident)
    await session.flush()
    return resident


async def has_consented(session: AsyncSession, resident_id: str) -> bool:
    """Whether the resident agreed to the present notice and did not withdraw."""
    given = select(Consent.id).where(
        Consent.resident_id == resident_id,
        Consent.version == NOTICE_VERSION,
        Consent.withdrawn_at.is_(None),
    )
    return (await session.execute(given.limit(1))).first() is not None


def record_consent(session: AsyncSession, resident_id: str) -> None:
    """Note that the resident agreed to the present notice."""
    session.add(Consent(resident_id=resident_id, version=NOTICE_VERSION))


async def known(session: AsyncSession, resident_id: str, person: str, key: str) -> Known | None:
    """What is remembered of `person` under `key`, if anything."""
    entry = await _entry(session, resident_id, person, key)
    return None if entry is None else Known(entry.value, entry.masked, entry.source, entry.confirmed_at)


async def remember(
    session: AsyncSession, resident_id: str, person: str, key: str, *, value: str, masked: str, source: str
) -> None:
    """Keep a confirmed answer for later forms. A blank never erases what is known."""
    if not value.strip():
        return
    entry = await _entry(session, resident_id, person, key)
    if entry is None:
        session.add(
            ProfileEntry(resident_id=resident_id, person=person, key=key, value=value, masked=masked, source=source)
        )
        return
    entry.value, entry.masked, entry.source, entry.confirmed_at = value, masked, source, now()


async def forget(session: AsyncSession, resident_id: str) -> None:
    """Delete what is remembered of a resident and withdraw their consent."""
    await session.execute(delete(ProfileEntry).where(ProfileEntry.resident_id == resident_id))
    for consent in await session.scalars(
        select(Consent).where(Consent.resident_id == resident_id, Consent.withdrawn_at.is_(None))
    ):
        consent.withdrawn_at = now()


async def _entry(session: AsyncSession, resident_id: str, person: str, key: str) -> ProfileEntry | None:
    wanted = select(ProfileEntry).where(
        ProfileEntry.resident_id == resident_id, ProfileEntry.person == person, ProfileEntry.key == key
    )
    return (await session.scalars(wanted)).one_or_none()

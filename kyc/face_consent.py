"""Consent to having one's face looked at: given apart from everything else, on record, and withdrawn by a word."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from kyc import checks, vault
from kyc.models import FaceConsent
from records.base import now

NOTICE_VERSION = "2026-11"
"""Version of the notice `utter_verify_notice_...`; change both together, and residents are asked again."""
CHILD_UNDER = 14
"""Years; below, a guardian agrees (Personal Information Protection Law of China, article 31)."""


def agree(session: AsyncSession, resident_id: str, person: str, *, by_guardian: bool) -> None:
    """Note a consent to the present notice, with the session's commit."""
    session.add(FaceConsent(resident_id=resident_id, person=person, version=NOTICE_VERSION, by_guardian=by_guardian))


async def stands(session: AsyncSession, resident_id: str, person: str) -> bool:
    """Whether consent to the present notice was given and not withdrawn."""
    given = select(FaceConsent.id).where(
        FaceConsent.resident_id == resident_id,
        FaceConsent.person == person,
        FaceConsent.version == NOTICE_VERSION,
        FaceConsent.withdrawn_at.is_(None),
    )
    return (await session.execute(given.limit(1))).first() is not None


async def withdraw(session: AsyncSession, resident_id: str, *, actor: str) -> int:
    """Withdraw every consent of a resident, and with it all that rests on it: what was checked counts no longer, links
    lead nowhere, kept faces are deleted. Gives how many faces. Raises NotDeleted."""
    await checks.forget(session, resident_id)
    mine = update(FaceConsent).where(FaceConsent.resident_id == resident_id, FaceConsent.withdrawn_at.is_(None))
    await session.execute(mine.values(withdrawn_at=now()))
    return await vault.forget(session, resident_id, actor=actor, reason="consent withdrawn")

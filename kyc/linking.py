"""Joining two channels of one resident by a one-time code, so that drafts and profile are shared."""

import re
import secrets
import unicodedata
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from kyc import face_consent
from kyc.models import Consent, LinkCode, ProfileEntry
from records.base import now
from records.database import rows_changed
from records.encryption import blind_index

DIGITS = 8
VALID_FOR = timedelta(minutes=10)

_CODE = re.compile(rf"(?:关联|绑定)\s*(?:码|账号|帐号)?\s*[:：是]?\s*(\d(?:[\s-]{{0,2}}\d){{{DIGITS - 1}}})(?!\s*\d)")


def link_code_in(text: str) -> str | None:
    """The digits of a code in a message such as 关联 1234 5678, or None."""
    found = _CODE.search(unicodedata.normalize("NFKC", text))
    return None if found is None else re.sub(r"\D", "", found[1])


async def issue(session: AsyncSession, resident_id: str, conversation_id: str) -> str:
    """A new code of the resident, in place of any older one; good for ten minutes and one use."""
    await session.execute(delete(LinkCode).where((LinkCode.resident_id == resident_id) | (LinkCode.expires_at < now())))
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    session.add(
        LinkCode(
            code_index=_index(code),
            resident_id=resident_id,
            conversation_id=conversation_id,
            expires_at=now() + VALID_FOR,
        )
    )
    await session.flush()
    return code


async def find(session: AsyncSession, code: str) -> LinkCode | None:
    """The code, while it is good."""
    good = select(LinkCode).where(LinkCode.code_index == _index(code), LinkCode.expires_at > now())
    return (await session.scalars(good)).one_or_none()


async def redeem(session: AsyncSession, code: str) -> LinkCode | None:
    """Use a code up; of several who try at once, one gets it."""
    found = await find(session, code)
    if found is None:
        return None
    used = delete(LinkCode).where(LinkCode.code_index == found.code_index, LinkCode.expires_at > now())
    return found if await rows_changed(session, used) == 1 else None


async def withdraw(session: AsyncSession, resident_id: str) -> None:
    """Make the code a resident was given useless: the talk it was given in is gone."""
    await session.execute(delete(LinkCode).where(LinkCode.resident_id == resident_id))


async def merge_profiles(session: AsyncSession, gone: str, kept: str) -> None:
    """What is remembered of `gone` is remembered of `kept`, unless something is remembered there already."""
    known = {
        (entry.person, entry.key)
        for entry in await session.scalars(select(ProfileEntry).where(ProfileEntry.resident_id == kept))
    }
    for entry in (await session.scalars(select(ProfileEntry).where(ProfileEntry.resident_id == gone))).all():
        if (entry.person, entry.key) in known:
            await session.delete(entry)
        else:
            entry.resident_id = kept
    await session.execute(update(Consent).where(Consent.resident_id == gone).values(resident_id=kept))
    await withdraw(session, gone)
    # A face and a check belong to one person; whether both channels are the same person's, nobody has looked.
    await face_consent.withdraw(session, gone, actor="linking")


def _index(code: str) -> str:
    return blind_index(code, "link code")

"""What is known of a resident, in one piece: to be handed to them, or deleted, on their word."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from actions.erasing import erase_resident
from bot.conversation.history import thread
from bot.conversation.models import Conversation
from cases.models import Case, CaseNotice, StoredFile
from kyc import vault
from kyc.models import Consent, FaceConsent, FaceLog, IdentityCheck, ProfileEntry, Resident

MOST_SAID = 10_000


async def find_resident(session: AsyncSession, name: str) -> str | None:
    """The id of a resident, by itself or by the number of one of their cases."""
    by_case = select(Case.resident_id).where(Case.number == name)
    wanted = select(Resident.id).where(or_(Resident.id == name, Resident.id.in_(by_case)))
    return await session.scalar(wanted)


async def exported(session: AsyncSession, resident_id: str) -> dict[str, Any]:
    """All that is kept of a resident. Faces are numbers that say nothing to anybody: it is told why and since when.

    That it was looked at is on record, with the session's commit.
    """
    session.add(FaceLog(actor="command", act="exported", resident_id=resident_id, count=1, reason="resident export"))
    return {
        "resident": resident_id,
        "conversations": [await _conversation(session, row) for row in await _all(session, Conversation, resident_id)],
        "profile": [
            {"person": row.person, "key": row.key, "value": row.value, "told_for": row.source, "at": row.confirmed_at}
            for row in await _all(session, ProfileEntry, resident_id)
        ],
        "consents": [
            {"version": row.version, "given_at": row.given_at, "withdrawn_at": row.withdrawn_at}
            for row in await _all(session, Consent, resident_id)
        ],
        "face_consents": [
            {"person": row.person, "version": row.version, "by_guardian": row.by_guardian, "given_at": row.given_at,
             "withdrawn_at": row.withdrawn_at}
            for row in await _all(session, FaceConsent, resident_id)
        ],
        "faces": [
            {"person": person, "source": source, "kept_since": since, "kept_until": until}
            for person, source, since, until in await vault.kept_of(session, resident_id)
        ],
        "identity_checks": [
            {"person": row.person, "way": row.way, "status": row.status, "at": row.created_at, "item": row.item_id}
            for row in await _all(session, IdentityCheck, resident_id)
        ],
        "cases": [
            {"number": row.number, "item": row.item_id, "status": row.status, "received_at": row.received_at,
             "identity": row.identity, "answers": {key: each.answer["value"] for key, each in row.answers.items()}}
            for row in await _all(session, Case, resident_id)
        ],
        "notices": [
            {"number": number, "kind": row.kind, "at": row.made_at, "told": row.body["paragraphs"],
             "materials": row.body["materials"]}
            for number, row in await _notices(session, resident_id)
        ],
        "files": [
            {"name": row.name, "kind": row.media_type, "bytes": row.size, "at": row.created_at}
            for row in await _all(session, StoredFile, resident_id)
        ],
    }  # fmt: skip


async def erase(session: AsyncSession, resident_id: str, files_dir: Path) -> None:
    """Delete all that may be deleted, with the session's commit: filed cases stay, as the law asks."""
    await erase_resident(session, resident_id, files_dir)


def written(export: dict[str, Any]) -> str:
    """An export as JSON."""
    return json.dumps(export, ensure_ascii=False, indent=1, default=_moment)


async def _conversation(session: AsyncSession, row: Conversation) -> dict[str, Any]:
    said = await thread(session, row.id, MOST_SAID)
    lines = [
        {"at": each.at, "by": "resident" if each.bubble is None else each.speaker,
         "text": each.incoming.text if each.incoming is not None else "" if each.bubble is None else each.bubble.text}
        for each in said
    ]  # fmt: skip
    return {"channel": row.channel, "since": row.created_at, "said": lines}


async def _notices(session: AsyncSession, resident_id: str) -> list[tuple[str | None, CaseNotice]]:
    theirs = select(Case.number, CaseNotice).join(Case, Case.id == CaseNotice.case_id)
    found = await session.execute(theirs.where(Case.resident_id == resident_id).order_by(CaseNotice.made_at))
    return [(number, notice) for number, notice in found.all()]


async def _all(session: AsyncSession, table: Any, resident_id: str) -> Any:
    return (await session.scalars(select(table).where(table.resident_id == resident_id))).all()


def _moment(value: object) -> str:
    assert isinstance(value, datetime | date)
    return value.isoformat()

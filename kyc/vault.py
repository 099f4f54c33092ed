"""The only way to faces that are kept: templates, encrypted by a key of their own. Every use leaves a line."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from kyc.faces.encoder import Vector
from kyc.faces.scoring import SMALLEST_COHORT, Cohort
from kyc.models import CohortTemplate, FaceLog, FaceTemplate
from records.base import now
from records.database import rows_changed


class NotDeleted(Exception):
    """Faces that should be gone are still there."""


async def keep(
    session: AsyncSession,
    resident_id: str,
    person: str,
    identity: str,
    *,
    encoder: str,
    vector: Vector,
    source: str,
    until: datetime,
    actor: str,
) -> None:
    """Keep a face, in place of any of the same identity from the same source, with the session's commit."""
    await session.execute(
        delete(FaceTemplate).where(
            FaceTemplate.resident_id == resident_id,
            FaceTemplate.identity_index == identity,
            FaceTemplate.source == source,
        )
    )
    session.add(
        FaceTemplate(
            resident_id=resident_id,
            person=person,
            identity_index=identity,
            encoder=encoder,
            source=source,
            vector=_bytes_of(vector),
            expires_at=until,
        )
    )
    _note(session, actor, "kept", resident_id, 1, source)


async def has_reference(session: AsyncSession, resident_id: str, identity: str, encoder: str) -> bool:
    """Whether a face of that identity is kept; it is not looked at."""
    return (
        await session.execute(select(FaceTemplate.id).where(_of(resident_id, identity, encoder)).limit(1))
    ).first() is not None


async def references(
    session: AsyncSession, resident_id: str, identity: str, encoder: str, *, actor: str, reason: str
) -> tuple[Vector, ...]:
    """The kept faces of an identity, for one comparison; who looked and why is on record with the session's commit."""
    rows = (await session.scalars(select(FaceTemplate).where(_of(resident_id, identity, encoder)))).all()
    _note(session, actor, "read", resident_id, len(rows), reason)
    return tuple(_vector_of(row.vector) for row in rows)


async def forget(session: AsyncSession, resident_id: str, *, actor: str, reason: str) -> int:
    """Delete every face kept for a resident, with the session's commit; gives how many. Raises NotDeleted."""
    theirs = FaceTemplate.resident_id == resident_id
    gone = await rows_changed(session, delete(FaceTemplate).where(theirs))
    if await session.scalar(select(func.count()).select_from(FaceTemplate).where(theirs)):
        raise NotDeleted
    if gone:
        _note(session, actor, "deleted", resident_id, gone, reason)
    return gone


async def purge(session: AsyncSession, *, actor: str) -> int:
    """Delete the faces whose time is over, with the session's commit; gives how many. Raises NotDeleted."""
    moment = now()
    gone = await rows_changed(session, delete(FaceTemplate).where(FaceTemplate.expires_at <= moment))
    if await session.scalar(select(func.count()).select_from(FaceTemplate).where(FaceTemplate.expires_at <= moment)):
        raise NotDeleted
    if gone:
        _note(session, actor, "purged", None, gone, "time is over")
    return gone


async def kept_of(session: AsyncSession, resident_id: str) -> Sequence[tuple[str, str, datetime, datetime]]:
    """What is kept of a resident, without the faces: person, source, since when, until when."""
    rows = select(FaceTemplate.person, FaceTemplate.source, FaceTemplate.created_at, FaceTemplate.expires_at)
    found = await session.execute(rows.where(FaceTemplate.resident_id == resident_id))
    return [(person, source, since, until) for person, source, since, until in found]


async def add_to_cohort(session: AsyncSession, name: str, encoder: str, vector: Vector, *, actor: str) -> None:
    """Keep a face that others' likeness is measured by, in place of any of that name, with the session's commit."""
    await drop_from_cohort(session, name, encoder, actor=actor)
    session.add(CohortTemplate(name=name, encoder=encoder, vector=_bytes_of(vector)))
    _note(session, actor, "cohort added", None, 1, name[:64])


async def drop_from_cohort(session: AsyncSession, name: str, encoder: str | None, *, actor: str) -> int:
    """Delete faces of that name, of one encoder or of all, with the session's commit; gives how many."""
    theirs = delete(CohortTemplate).where(CohortTemplate.name == name)
    if encoder is not None:
        theirs = theirs.where(CohortTemplate.encoder == encoder)
    gone = await rows_changed(session, theirs)
    if gone:
        _note(session, actor, "cohort dropped", None, gone, name[:64])
    return gone


async def in_cohort(session: AsyncSession) -> Sequence[tuple[str, str, datetime]]:
    """Who is in the cohort, without the faces: made-up name, encoder, since when."""
    rows = select(CohortTemplate.name, CohortTemplate.encoder, CohortTemplate.added_at).order_by(CohortTemplate.name)
    return [(name, encoder, since) for name, encoder, since in await session.execute(rows)]


async def cohort(session: AsyncSession, encoder: str, *, actor: str) -> Cohort | None:
    """The faces others' likeness is measured by; None where there are too few to say anything."""
    rows = (await session.scalars(select(CohortTemplate.vector).where(CohortTemplate.encoder == encoder))).all()
    if len(rows) < SMALLEST_COHORT:
        return None
    _note(session, actor, "cohort read", None, len(rows), encoder)
    return Cohort(np.stack([_vector_of(row) for row in rows]))


def _of(resident_id: str, identity: str, encoder: str) -> ColumnElement[bool]:
    return and_(
        FaceTemplate.resident_id == resident_id,
        FaceTemplate.identity_index == identity,
        FaceTemplate.encoder == encoder,
        FaceTemplate.expires_at > now(),
    )


def _bytes_of(vector: Vector) -> bytes:
    return vector.astype("<f4").tobytes()


def _vector_of(stored: bytes) -> Vector:
    return np.frombuffer(stored, dtype="<f4").astype(np.float32)


def _note(session: AsyncSession, actor: str, act: str, resident_id: str | None, count: int, reason: str) -> None:
    session.add(FaceLog(actor=actor, act=act, resident_id=resident_id, count=count, reason=reason))

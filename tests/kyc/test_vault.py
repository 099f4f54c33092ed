"""Faces are kept apart, for a time, each use on record, and gone when they are to be gone."""

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kyc import face_consent, vault
from kyc.models import FaceConsent, FaceLog, FaceTemplate
from kyc.profile import create_resident
from records.base import now
from records.database import Database

FACE = np.linspace(0, 1, 128, dtype=np.float32)
YEAR = timedelta(days=365)


async def _kept(database: Database, person: str = "self", lasts: timedelta = YEAR, source: str = "card") -> str:
    async with database.session() as session:
        resident = await create_resident(session)
        await vault.keep(
            session,
            resident.id,
            person,
            f"id of {person}",
            encoder="e",
            vector=FACE,
            source=source,
            until=now() + lasts,
            actor="test",
        )
        await session.commit()
        return resident.id


async def _log(database: Database) -> list[tuple[str, str, int]]:
    async with database.session() as session:
        return [
            (line.actor, line.act, line.count) for line in await session.scalars(select(FaceLog).order_by(FaceLog.id))
        ]


async def test_a_face_comes_back_as_it_was_kept_and_whoever_looked_is_on_record(database: Database) -> None:
    resident = await _kept(database)
    async with database.session() as session:
        (found,) = await vault.references(session, resident, "id of self", "e", actor="capture page", reason="check 1")
        await session.commit()
    assert (found == FACE).all()
    assert await _log(database) == [("test", "kept", 1), ("capture page", "read", 1)]


@pytest.mark.parametrize(("person", "encoder"), [("母亲", "e"), ("self", "another")])
async def test_faces_of_others_and_of_other_encoders_are_not_given(
    database: Database, person: str, encoder: str
) -> None:
    resident = await _kept(database)
    async with database.session() as session:
        assert await vault.references(session, resident, f"id of {person}", encoder, actor="x", reason="y") == ()
        assert not await vault.has_reference(session, resident, f"id of {person}", encoder)
        assert await vault.has_reference(session, resident, "id of self", "e")


async def test_a_newer_face_of_the_same_source_takes_the_place_of_the_older(database: Database) -> None:
    resident = await _kept(database)
    async with database.session() as session:
        for source in ("card", "check"):
            await vault.keep(
                session,
                resident,
                "self",
                "id of self",
                encoder="e",
                vector=FACE,
                source=source,
                until=now() + YEAR,
                actor="test",
            )
            await session.flush()
        assert sorted(source for _, source, _, _ in await vault.kept_of(session, resident)) == ["card", "check"]


async def test_what_is_over_is_not_given_and_the_purge_deletes_just_that(database: Database) -> None:
    over = await _kept(database, lasts=-timedelta(seconds=1))
    stays = await _kept(database)
    async with database.session() as session:
        assert not await vault.has_reference(session, over, "id of self", "e")
        assert await vault.purge(session, actor="purge") == 1
        assert await vault.purge(session, actor="purge") == 0
        await session.commit()
        assert [row.resident_id for row in await session.scalars(select(FaceTemplate))] == [stays]
    assert (await _log(database))[-1] == ("purge", "purged", 1)


async def test_withdrawing_consent_deletes_the_faces(database: Database) -> None:
    resident = await _kept(database)
    other = await _kept(database)
    async with database.session() as session:
        face_consent.agree(session, resident, "self", by_guardian=False)
        await session.flush()
        assert await face_consent.stands(session, resident, "self")
        assert await face_consent.withdraw(session, resident, actor="resident") == 1
        await session.commit()
        assert not await face_consent.stands(session, resident, "self")
        assert [row.resident_id for row in await session.scalars(select(FaceTemplate))] == [other]
        (consent,) = await session.scalars(select(FaceConsent))
        assert consent.withdrawn_at is not None


async def test_the_record_of_who_looked_cannot_be_changed(database: Database) -> None:
    await _kept(database)
    for change in ("UPDATE face_log SET actor = 'nobody'", "DELETE FROM face_log"):
        async with database.session() as session:
            with pytest.raises(DBAPIError, match="append-only"):
                await session.execute(text(change))
    assert await _log(database) == [("test", "kept", 1)]

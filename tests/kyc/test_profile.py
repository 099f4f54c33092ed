from sqlalchemy import select

from kyc.models import Consent, ProfileEntry
from kyc.profile import NOTICE_VERSION, create_resident, forget, has_consented, known, record_consent, remember
from records.database import Database
from tests.support.people import NAME, PHONE


async def test_consent_is_given_once_for_the_present_notice(database: Database) -> None:
    async with database.session() as session:
        resident, stranger = await create_resident(session), await create_resident(session)
        assert not await has_consented(session, resident.id)
        record_consent(session, resident.id)
        await session.commit()
        assert await has_consented(session, resident.id)
        assert not await has_consented(session, stranger.id)


async def test_consent_to_an_earlier_notice_does_not_count(database: Database) -> None:
    async with database.session() as session:
        resident = await create_resident(session)
        session.add(Consent(resident_id=resident.id, version="2025-01"))
        await session.commit()
        assert NOTICE_VERSION != "2025-01"
        assert not await has_consented(session, resident.id)


async def test_what_is_remembered_comes_back_with_its_source(database: Database) -> None:
    async with database.session() as session:
        resident = await create_resident(session)
        assert await known(session, resident.id, "self", "phone") is None
        await remember(session, resident.id, "self", "phone", value=PHONE, masked="138****5678", source="高龄津贴")
        await session.commit()
        entry = await known(session, resident.id, "self", "phone")
        assert entry is not None
        assert (entry.value, entry.masked, entry.source) == (PHONE, "138****5678", "高龄津贴")


async def test_a_newer_answer_replaces_and_a_blank_never_erases(database: Database) -> None:
    async with database.session() as session:
        resident = await create_resident(session)
        for value, source in ((PHONE, "a"), ("13900000000", "b"), ("", "c"), ("  ", "d"), ("\n", "e")):
            await remember(session, resident.id, "self", "phone", value=value, masked=value, source=source)
            await session.commit()
        entry = await known(session, resident.id, "self", "phone")
        assert entry is not None
        assert (entry.value, entry.source) == ("13900000000", "b")
        assert len(list(await session.scalars(select(ProfileEntry)))) == 1


async def test_people_and_residents_are_kept_apart(database: Database) -> None:
    async with database.session() as session:
        one, two = await create_resident(session), await create_resident(session)
        for resident, person, value in ((one, "self", "甲"), (one, "母亲", "乙"), (two, "self", "丙")):
            await remember(session, resident.id, person, "name", value=value, masked=value, source="x")
        await session.commit()
        for resident, person, value in ((one, "self", "甲"), (one, "母亲", "乙"), (two, "self", "丙")):
            entry = await known(session, resident.id, person, "name")
            assert entry is not None
            assert entry.value == value
        assert await known(session, two.id, "母亲", "name") is None


async def test_forgetting_deletes_the_profile_and_withdraws_consent_of_that_resident_alone(database: Database) -> None:
    async with database.session() as session:
        one, two = await create_resident(session), await create_resident(session)
        for resident in (one, two):
            record_consent(session, resident.id)
            await remember(session, resident.id, "self", "name", value=NAME, masked="王**", source="x")
            await remember(session, resident.id, "母亲", "name", value=NAME, masked="王**", source="x")
        await session.commit()
        await forget(session, one.id)
        await session.commit()
        assert not await has_consented(session, one.id)
        assert await known(session, one.id, "self", "name") is None
        assert await known(session, one.id, "母亲", "name") is None
        assert await has_consented(session, two.id)
        assert await known(session, two.id, "self", "name") is not None
        withdrawn = await session.scalars(select(Consent).where(Consent.resident_id == one.id))
        assert all(consent.withdrawn_at is not None for consent in withdrawn)
        record_consent(session, one.id)
        await session.commit()
        assert await has_consented(session, one.id)

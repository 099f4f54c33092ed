"""A link is good for ten minutes, one use and one browser; a challenge for one answer, not too soon and not too late."""

import asyncio
from datetime import timedelta

from sqlalchemy import select, update

from kyc import checks
from kyc.checks import CheckStatus, LinkFault, LinkRefused, Subject
from kyc.levels import Level, Way
from kyc.liveness.challenge import VALID_FOR_S, Challenge, drawn
from kyc.models import IdentityCheck
from kyc.profile import create_resident
from records.base import now
from records.database import Database

MONTH = timedelta(days=30)


async def _subject(database: Database, person: str = "self") -> Subject:
    async with database.session() as session:
        resident = await create_resident(session)
        await session.commit()
    return Subject(resident.id, "c" * 32, person, f"id of {person}", "您本人", "gaoling-renzheng", "case")


async def _link(database: Database, subject: Subject) -> str:
    async with database.session() as session:
        token = await checks.begin_before_camera(session, subject)
        await session.commit()
        return token


async def _refused(database: Database, token: str, browser: str | None = None) -> LinkFault | None:
    async with database.session() as session:
        try:
            await checks.of_link(session, token, browser)
        except LinkRefused as refused:
            return refused.fault
        return None


async def _change(database: Database, **values: object) -> None:
    async with database.session() as session:
        await session.execute(update(IdentityCheck).values(**values))
        await session.commit()


async def test_a_link_is_good_until_it_is_over(database: Database) -> None:
    token = await _link(database, await _subject(database))
    assert await _refused(database, token) is None
    await _change(database, expires_at=now() - timedelta(seconds=1))
    assert await _refused(database, token) is LinkFault.EXPIRED
    assert await _refused(database, "forged") is LinkFault.UNKNOWN


async def test_the_token_is_kept_as_a_hash_only(database: Database) -> None:
    token = await _link(database, await _subject(database))
    async with database.session() as session:
        (check,) = await session.scalars(select(IdentityCheck))
    assert token not in (check.token_index, check.id)


async def test_a_newer_link_ends_the_older_and_leaves_those_of_others(database: Database) -> None:
    subject, other = await _subject(database), await _subject(database)
    first, others = await _link(database, subject), await _link(database, other)
    second = await _link(database, subject)
    assert await _refused(database, first) is LinkFault.UNKNOWN
    assert await _refused(database, second) is None
    assert await _refused(database, others) is None


async def test_a_link_belongs_to_the_browser_that_agreed_first(database: Database) -> None:
    token = await _link(database, await _subject(database))

    async def claims() -> str | None:
        async with database.session() as session:
            try:
                browser = await checks.claim_browser(session, await checks.of_link(session, token, None))
            except LinkRefused:
                return None
            await session.commit()
            return browser

    got = [browser for browser in await asyncio.gather(*(claims() for _ in range(4))) if browser is not None]
    assert len(got) == 1
    assert await _refused(database, token, got[0]) is None
    assert await _refused(database, token, None) is LinkFault.ELSEWHERE
    assert await _refused(database, token, "another") is LinkFault.ELSEWHERE


async def _take(database: Database, token: str, challenge_id: str) -> tuple[Challenge, float] | LinkFault:
    async with database.session() as session:
        try:
            taken = await checks.take_challenge(session, await checks.of_link(session, token, None), challenge_id)
        except LinkRefused as refused:
            return refused.fault
        await session.commit()
        return taken


async def _with_challenge(database: Database) -> tuple[str, Challenge]:
    token, challenge = await _link(database, await _subject(database)), drawn()
    async with database.session() as session:
        checks.put_challenge(await checks.of_link(session, token, None), challenge)
        await session.commit()
    return token, challenge


async def test_a_challenge_is_answered_once_whoever_is_first(database: Database) -> None:
    token, challenge = await _with_challenge(database)
    results = await asyncio.gather(*(_take(database, token, challenge.id) for _ in range(4)))
    taken = [each for each in results if not isinstance(each, LinkFault)]
    assert len(taken) == 1
    assert taken[0][0] == challenge
    assert await _take(database, token, challenge.id) is LinkFault.USED


async def test_an_older_challenge_and_a_forged_one_are_refused(database: Database) -> None:
    token, challenge = await _with_challenge(database)
    assert await _take(database, token, "forged") is LinkFault.USED
    await _change(database, challenged_at=now() - timedelta(seconds=VALID_FOR_S + 1))
    assert await _take(database, token, challenge.id) is LinkFault.EXPIRED


async def test_a_check_that_passed_counts_for_its_level_its_person_and_its_time(database: Database) -> None:
    subject = await _subject(database)
    async with database.session() as session:
        await checks.passed_by_card(session, subject, MONTH)
        await session.commit()
        mine = subject.resident_id
        assert await checks.counting(session, mine, "id of self", Level.DOCUMENT) is Way.CARD
        assert await checks.counting(session, mine, "id of self", Level.FACE) is None
        assert await checks.counting(session, mine, "id of 母亲", Level.DOCUMENT) is None
    await _change(database, valid_until=now())
    async with database.session() as session:
        assert await checks.counting(session, mine, "id of self", Level.DOCUMENT) is None


async def test_after_a_kill_frames_are_taken_again_and_what_was_decided_is_still_to_be_told(database: Database) -> None:
    token, challenge = await _with_challenge(database)
    await _take(database, token, challenge.id)
    async with database.session() as session:
        await checks.reopen_after_kill(session)
        await session.commit()
        check = await checks.of_link(session, token, None)
        assert check.status == CheckStatus.OPEN
        checks.decide(check, CheckStatus.PASSED, MONTH)
        await session.commit()
        assert [each.id for each in await checks.unannounced(session)] == [check.id]
    assert await _refused(database, token) is LinkFault.USED

"""The clock returns what did not come in time: once, told once, and never what a clerk or the resident was quicker with."""

import asyncio

from sqlalchemy import select

from bot.conversation.models import Conversation, OutboxMessage
from bot.conversation.people import conversation_of
from cases.accepting import accept, accept_with_deferred, notice_of_missing
from cases.deciding import refer
from cases.materials import material_arrived
from cases.models import Case
from cases.sweeping import Swept, sweep
from cases.telling import Voice
from cases.working import CaseChanged
from records.database import Database
from services_catalog.loader import Catalog
from tests.cases.at_work import LI, act, history, kinds_of_notices, later, received

VOICE = Voice("https://x.cn", b"k" * 32)
BANK_CARD = "本人银行卡或社保卡金融账户"


async def _swept(database: Database, catalog: Catalog, days: int) -> Swept:
    async with database.session() as session:
        swept = await sweep(session, catalog.items, VOICE, later(days))
        await session.commit()
        return swept


async def test_a_supplement_that_did_not_come_is_returned_once_and_told_once(
    sqlite_database: Database, catalog: Catalog
) -> None:
    thread = await conversation_of(sqlite_database.session, "web", "somebody")
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        (await session.get_one(Conversation, thread)).resident_id = case.resident_id
        await notice_of_missing(act(session, catalog, case), ["户口簿", "近照"], "", later(7))
        await session.commit()
    assert (await _swept(sqlite_database, catalog, 7)).returned == 0, "the last day is in time"
    swept = [await _swept(sqlite_database, catalog, day) for day in (8, 8, 9)]
    assert [each.returned for each in swept] == [1, 0, 0]
    assert [conversation.id for conversation in swept[0].conversations] == [thread]
    async with sqlite_database.session() as session:
        case = await session.get_one(Case, case.id)
        assert case.status == "returned"
        assert (await history(session, case))[-1] == ("lapsed", None, "到2026年6月8日没有交来户口簿、近照。")
        assert await kinds_of_notices(session, case) == ["missing", "receipt", "returned"]
        [said] = await session.scalars(select(OutboxMessage))
        assert "没有交来户口簿、近照" in said.body["text"]


async def test_a_promise_that_was_not_kept_ends_an_accepted_case_and_one_under_review(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with sqlite_database.session() as session:
        accepted, under_review, kept = [await received(session, catalog) for _ in range(3)]
        for case in (accepted, under_review, kept):
            await accept_with_deferred(act(session, catalog, case), [(BANK_CARD, later(3))])
        await refer(act(session, catalog, under_review), "区里")
        await material_arrived(session, kept, BANK_CARD, None, later(3), LI)
        await session.commit()
    assert (await _swept(sqlite_database, catalog, 4)).returned == 2
    async with sqlite_database.session() as session:
        cases = [await session.get_one(Case, case.id) for case in (accepted, under_review, kept)]
        assert [case.status for case in cases] == ["returned", "returned", "accepted"]


async def test_what_came_in_full_in_time_is_the_clerks_to_look_at(sqlite_database: Database, catalog: Catalog) -> None:
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        await notice_of_missing(act(session, catalog, case), ["户口簿"], "", later(7))
        await material_arrived(session, case, "户口簿", None, later(7))
        await session.commit()
    assert (await _swept(sqlite_database, catalog, 30)).returned == 0


async def test_a_clerk_and_the_clock_at_once_do_one_thing(database: Database, catalog: Catalog) -> None:
    async with database.session() as session:
        case = await received(session, catalog)
        await notice_of_missing(act(session, catalog, case), ["户口簿"], "", later(3))
        await session.commit()

    async def clerk() -> bool:
        async with database.session() as session:
            mine = await session.get_one(Case, case.id)
            try:
                await accept(act(session, catalog, mine, today=later(4)))
            except CaseChanged:
                return False
            await session.commit()
            return True

    accepted, swept = await asyncio.gather(clerk(), _swept(database, catalog, 4))
    async with database.session() as session:
        status = (await session.get_one(Case, case.id)).status
    assert status == ("accepted" if accepted else "returned")
    assert swept.returned == (0 if accepted else 1)


async def test_many_overdue_cases_are_returned_some_at_a_time(sqlite_database: Database, catalog: Catalog) -> None:
    async with sqlite_database.session() as session:
        for _ in range(5):
            case = await received(session, catalog)
            await notice_of_missing(act(session, catalog, case), ["户口簿"], "", later(3))
            await session.commit()
    returned = []
    for _ in range(4):
        async with sqlite_database.session() as session:
            returned.append((await sweep(session, catalog.items, VOICE, later(9), limit=2)).returned)
            await session.commit()
    assert returned == [2, 2, 1, 0]

"""The running service: what is overdue is returned and heard of in the chat, and the city hears of every step."""

import asyncio

from app.back_office import office_told, sending_news, sweep_once
from app.fakes.back_office import FakeBackOffice
from bot.conversation.models import Conversation
from cases.accepting import notice_of_missing
from cases.back_office import BackOffice, reporting
from records.database import Database
from services_catalog.loader import Catalog
from tests.cases.at_work import act, later, received
from tests.support.hall import OFFICE, opened


async def test_a_resident_who_watches_hears_at_once_that_a_case_was_returned(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with opened(sqlite_database, catalog, {}) as hall:
        resident = await hall.resident()
        async with sqlite_database.session() as session:
            case = await received(session, catalog)
            (await session.get_one(Conversation, resident.conversation)).resident_id = case.resident_id
            await notice_of_missing(act(session, catalog, case), ["户口簿"], "", later(3))
            await session.commit()
        with hall.pipeline._live.watch(resident.conversation) as news:
            assert await sweep_once(sqlite_database.session, catalog, hall.pipeline, OFFICE, later(9)) == 1
            assert news.is_set()
        assert "退回了" in await resident.listen()
        assert await sweep_once(sqlite_database.session, catalog, hall.pipeline, OFFICE, later(9)) == 0


async def test_news_are_sent_by_themselves(sqlite_database: Database, catalog: Catalog) -> None:
    async with FakeBackOffice().serving() as city:
        reporting(sqlite_database.session)
        async with sqlite_database.session() as session:
            await received(session, catalog)
        task = asyncio.create_task(sending_news(sqlite_database.session, BackOffice(city.url, city.secret)))
        try:
            await asyncio.wait_for(city.heard.wait(), 20)
        finally:
            task.cancel()
            await asyncio.wait({task})
        assert [told["event"] for told in city.told] == ["status"]


def test_a_notice_tells_where_to_ask() -> None:
    assert office_told(OFFICE) == "咨询：示范街道便民服务中心，工作日 9:00-17:00，0571-88888888"

"""News for the city's back office: stored with the change, sent signed and in order, again until they arrive."""

import hmac
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy import select

from app.fakes.back_office import FakeBackOffice
from cases.accepting import accept
from cases.back_office import GIVEN_UP_AFTER, BackOffice, given_up, reporting, revive, send_due, signature
from cases.deciding import decide, review
from cases.models import BackOfficeNews
from records.base import now
from records.database import Database
from services_catalog.loader import Catalog
from tests.cases.at_work import LI, act, received
from tests.support.people import ID_NUMBER, NAME, PHONE


@pytest.fixture
async def city() -> AsyncIterator[FakeBackOffice]:
    async with FakeBackOffice().serving() as fake:
        yield fake


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


async def _decided(database: Database, catalog: Catalog) -> None:
    async with database.session() as session:
        case = await received(session, catalog)
        for work in (accept, review):
            await work(act(session, catalog, case))
            await session.commit()
        await decide(act(session, catalog, case), True, "请来领")
        await session.commit()


async def _send(
    database: Database, client: httpx.AsyncClient, city: FakeBackOffice, moment: datetime | None = None
) -> int:
    return await send_due(database.session, client, BackOffice(city.url, city.secret), moment or now())


async def test_every_step_is_told_in_order_and_no_answer_of_the_resident(
    database: Database, catalog: Catalog, city: FakeBackOffice, client: httpx.AsyncClient
) -> None:
    reporting(database.session)
    await _decided(database, catalog)
    while await _send(database, client, city):
        pass
    assert [(told["event"], told["to"]) for told in city.told] == [
        ("status", "received"), ("accepted", "accepted"), ("review", "review"), ("granted", "done"),
    ]  # fmt: skip
    assert city.told[-1]["outcome"] == "granted"
    assert city.told[-1]["clerk"] == LI.id
    for secret in (NAME, ID_NUMBER, PHONE):
        assert secret not in str(city.told)
    assert city.calls == 4


async def test_without_a_back_office_nothing_is_kept_for_it(sqlite_database: Database, catalog: Catalog) -> None:
    await _decided(sqlite_database, catalog)
    async with sqlite_database.session() as session:
        assert (await session.scalars(select(BackOfficeNews))).all() == []


async def test_what_is_undone_is_no_news(sqlite_database: Database, catalog: Catalog) -> None:
    reporting(sqlite_database.session)
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        await accept(act(session, catalog, case))
        await session.rollback()
        assert len((await session.scalars(select(BackOfficeNews))).all()) == 1


async def test_a_failure_is_tried_again_after_doubling_pauses_and_holds_only_its_own_case_back(
    sqlite_database: Database, catalog: Catalog, city: FakeBackOffice, client: httpx.AsyncClient
) -> None:
    reporting(sqlite_database.session)
    await _decided(sqlite_database, catalog)
    city.fails = [500, 503]
    start = now()
    assert await _send(sqlite_database, client, city, start) == 1
    async with sqlite_database.session() as session:
        await received(session, catalog)
    assert await _send(sqlite_database, client, city, start + timedelta(seconds=4)) == 1, "the other case's"
    assert city.told == [], "it failed, too"
    assert await _send(sqlite_database, client, city, start + timedelta(seconds=6)) == 1
    assert len(city.told) == 1
    async with sqlite_database.session() as session:
        [second] = [n for n in await session.scalars(select(BackOfficeNews)) if n.attempts and n.sent_at is None]
        assert (second.failure, second.attempts) == ("HTTP 503", 1)


async def test_a_kill_between_sending_and_noting_it_sends_it_again_under_the_same_key(
    sqlite_database: Database, catalog: Catalog, city: FakeBackOffice, client: httpx.AsyncClient
) -> None:
    reporting(sqlite_database.session)
    async with sqlite_database.session() as session:
        await received(session, catalog)
    await _send(sqlite_database, client, city)
    async with sqlite_database.session() as session:
        [news] = await session.scalars(select(BackOfficeNews))
        news.sent_at = None  # as if the process had died before it was noted
        await session.commit()
    assert await _send(sqlite_database, client, city) == 1
    assert (city.calls, len(city.told)) == (2, 1)


async def test_after_two_days_it_is_given_up_listed_and_can_be_sent_again(
    sqlite_database: Database, catalog: Catalog, client: httpx.AsyncClient
) -> None:
    reporting(sqlite_database.session)
    async with sqlite_database.session() as session:
        await received(session, catalog)
    nowhere = BackOffice("http://127.0.0.1:9/news", "s" * 16)
    for after in (timedelta(), GIVEN_UP_AFTER + timedelta(hours=1)):
        assert await send_due(sqlite_database.session, client, nowhere, now() + after) == 1
    async with sqlite_database.session() as session:
        [dead] = await given_up(session)
        assert (dead.failure, dead.attempts) == ("ConnectError", 2)
        assert await revive(session) == 1
        await session.commit()
        assert await given_up(session) == []
    assert await send_due(sqlite_database.session, client, nowhere, now()) == 1


def test_the_signature_covers_moment_and_body() -> None:
    signed = signature("secret", 1700000000, b"{}")
    assert signed == "t=1700000000,v1=" + hmac.new(b"secret", b"1700000000.{}", "sha256").hexdigest()
    assert len({signed, signature("secret", 1700000001, b"{}"), signature("other", 1700000000, b"{}")}) == 3


async def test_the_fake_believes_nothing_unsigned(city: FakeBackOffice, client: httpx.AsyncClient) -> None:
    for header in ({}, {"X-1call-Signature": "t=1,v1=ab"}, {"X-1call-Signature": "nonsense"}):
        assert (await client.post(city.url, json={}, headers=header)).status_code == 401

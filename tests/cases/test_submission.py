import asyncio
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from cases import tracking
from cases.cards import case_card, promise
from cases.drafts import find, values_of
from cases.models import Case, CaseEvent
from cases.states import Status
from cases.submission import submit
from records.database import Database
from services_catalog.loader import Catalog
from services_catalog.schema import ApplicantKind
from tests.cases.asked import fields_of
from tests.support.people import ID_NUMBER, NAME, PHONE, draft_of

ITEM = "gaoling-jintie"
STREET = "330105001"
TODAY = date(2026, 11, 20)
ANSWERS = {"name": NAME, "id_number": ID_NUMBER, "phone": PHONE}


async def _new_draft(database: Database) -> str:
    async with database.session() as session:
        case = await draft_of(session, ITEM, ANSWERS)
        await session.commit()
        return case.id


async def _file(database: Database, catalog: Catalog, case_id: str, today: date = TODAY) -> bool:
    async with database.session() as session:
        case = await find(session, case_id)
        assert case is not None
        filed = await submit(session, case, catalog.items[ITEM], fields_of(catalog, case), STREET, today)
        await session.commit()
        return filed


async def test_twenty_submissions_at_once_get_consecutive_numbers(database: Database, catalog: Catalog) -> None:
    drafts = [await _new_draft(database) for _ in range(20)]
    assert all(await asyncio.gather(*(_file(database, catalog, case_id) for case_id in drafts)))
    async with database.session() as session:
        numbers = sorted((await session.scalars(select(Case.number))).all(), key=str)
    assert numbers == [f"{STREET}20261120{running:05d}" for running in range(1, 21)]


async def test_one_draft_submitted_ten_times_at_once_is_one_case(database: Database, catalog: Catalog) -> None:
    case_id = await _new_draft(database)
    filed = await asyncio.gather(*(_file(database, catalog, case_id) for _ in range(10)))
    assert filed.count(True) == 1
    async with database.session() as session:
        case = await session.get_one(Case, case_id)
        assert case.number == f"{STREET}2026112000001"
        events = await session.scalars(select(CaseEvent.to_status).where(CaseEvent.to_status.is_not(None)))
        assert list(events) == ["received"]


async def test_numbers_start_again_each_day(database: Database, catalog: Catalog) -> None:
    first, second = await _new_draft(database), await _new_draft(database)
    await _file(database, catalog, first)
    await _file(database, catalog, second, date(2026, 11, 23))
    async with database.session() as session:
        assert set(await session.scalars(select(Case.number))) == {f"{STREET}2026112000001", f"{STREET}2026112300001"}


async def test_a_submission_that_is_rolled_back_leaves_a_draft_and_its_number_to_the_next(
    database: Database, catalog: Catalog
) -> None:
    first, second = await _new_draft(database), await _new_draft(database)
    async with database.session() as session:
        case = await session.get_one(Case, first)
        await submit(session, case, catalog.items[ITEM], fields_of(catalog, case), STREET, TODAY)
        await session.rollback()
    await _file(database, catalog, second)
    async with database.session() as session:
        assert (await session.get_one(Case, first)).status == Status.DRAFT
        assert (await session.get_one(Case, second)).number == f"{STREET}2026112000001"


async def test_a_filed_case_is_received_with_its_promised_day(database: Database, catalog: Catalog) -> None:
    case_id = await _new_draft(database)
    await _file(database, catalog, case_id)
    item = catalog.items[ITEM]
    async with database.session() as session:
        case = await session.get_one(Case, case_id)
        card = await case_card(session, case, item)
        assert (card.number, card.status) == (case.number, "已收件")
        assert [(step.label, step.done) for step in card.timeline] == [
            ("已收件", True), ("受理", False), ("审核", False), ("办结", False),
        ]  # fmt: skip
        assert card.promised == promise(case, item)
        assert case.promised_on is not None
        assert (case.identity, case.identity_to_check) == ("declared", False)


async def test_a_case_is_found_by_its_number_and_its_phones_last_digits_only_together(
    database: Database, catalog: Catalog
) -> None:
    first, second = await _new_draft(database), await _new_draft(database)
    await _file(database, catalog, first)
    await _file(database, catalog, second)
    async with database.session() as session:
        number = (await session.get_one(Case, first)).number or ""
        found = await tracking.find_by_number(session, number, "5678")
        assert found is not None
        assert found.id == first
        for wrong_number, digits in (
            (number, "5679"), (number, ""), (number, "1234"), ("", "5678"), (number[:-1] + "9", "5678"),
        ):  # fmt: skip
            assert await tracking.find_by_number(session, wrong_number, digits) is None


async def test_a_proxys_phone_finds_the_case_too_and_a_missing_phone_finds_nothing(
    database: Database, catalog: Catalog
) -> None:
    async with database.session() as session:
        answers = {"name": NAME, "phone": "", "proxy_phone": "13900001111"}
        case = await draft_of(session, ITEM, answers, ApplicantKind.FAMILY)
        await submit(session, case, catalog.items[ITEM], fields_of(catalog, case), STREET, TODAY)
        await session.commit()
        number = case.number or ""
        assert await tracking.find_by_number(session, number, "1111") is not None
        assert await tracking.find_by_number(session, number, "") is None


async def test_what_is_no_longer_asked_is_neither_filed_nor_found_by(database: Database, catalog: Catalog) -> None:
    async with database.session() as session:
        case = await draft_of(session, ITEM, {**ANSWERS, "proxy_phone": "13900001111"}, ApplicantKind.FAMILY)
        await session.commit()
        case.applicant_kind = ApplicantKind.SELF.value
        await submit(session, case, catalog.items[ITEM], fields_of(catalog, case), STREET, TODAY)
        await session.commit()
        case_id, number = case.id, case.number or ""
    async with database.session() as session:
        case = await session.get_one(Case, case_id)
        assert values_of(case) == ANSWERS
        assert case.proxy_phone_index is None
        assert await tracking.find_by_number(session, number, "1111") is None
        assert await tracking.find_by_number(session, number, "5678") is not None


async def test_a_case_filed_before_keeps_its_answers(sqlite_database: Database, catalog: Catalog) -> None:
    case_id = await _new_draft(sqlite_database)
    await _file(sqlite_database, catalog, case_id)
    async with sqlite_database.session() as session:
        case = await session.get_one(Case, case_id)
        assert not await submit(session, case, catalog.items[ITEM], [], STREET, TODAY)
        assert values_of(case) == ANSWERS


@pytest.mark.parametrize(
    ("due", "told"),
    [
        (date(2026, 12, 18), "收件当天（11月22日）受理的话，12月18日前办好"),
        (date(2027, 1, 5), "收件当天（11月22日）受理的话，2027年1月5日前办好"),
    ],
)
def test_the_promise_names_the_day_it_counts_from_in_china(catalog: Catalog, due: date, told: str) -> None:
    item = next(i for i in catalog.items.values() if i.time_limit.promised and i.time_limit.promised.days)
    received = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
    case = Case(item_id=item.id, received_at=received, promised_on=due, promise_is_estimate=False)
    assert promise(case, item) == told


async def test_a_draft_is_never_found_by_tracking(database: Database) -> None:
    await _new_draft(database)
    async with database.session() as session:
        assert await tracking.find_by_number(session, "", "5678") is None


@pytest.mark.parametrize(("limit", "expected"), [(5, 3), (2, 2)])
async def test_own_cases_are_the_filed_ones_newest_first(
    sqlite_database: Database, catalog: Catalog, limit: int, expected: int
) -> None:
    async with sqlite_database.session() as session:
        owner = await draft_of(session, ITEM, ANSWERS)
        await session.commit()
        numbers = []
        for _ in range(3):
            case = await draft_of(session, ITEM, ANSWERS)
            case.resident_id = owner.resident_id
            await submit(session, case, catalog.items[ITEM], fields_of(catalog, case), STREET, TODAY)
            await session.commit()
            numbers.append(case.number)
        stranger = await draft_of(session, ITEM, ANSWERS)
        await submit(session, stranger, catalog.items[ITEM], fields_of(catalog, stranger), STREET, TODAY)
        await session.commit()
        own = await tracking.own_cases(session, owner.resident_id, limit)
        assert [case.number for case in own] == numbers[::-1][:expected]

"""Clerks work cases: what they may do, what is written down, and when the clock runs."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta

import pytest

from cases.accepting import accept, accept_with_deferred, notice_of_missing
from cases.deciding import decide, propose, refer, refuse, return_case, review, settle, withdraw
from cases.identifying import confirm_identity, reject_identity
from cases.materials import material_arrived
from cases.models import Case
from cases.notices import Told
from cases.states import Status
from cases.workdays import deadline
from cases.working import Act, By, CaseChanged, NotAllowed, give_up, take
from kyc.checks import counting
from kyc.levels import Level, Way, identity_index
from records.base import CHINA
from records.database import Database
from services_catalog.loader import Catalog
from tests.cases.at_work import (
    DISTRICT,
    LI,
    MONDAY,
    TWO_EYES,
    WU,
    act,
    history,
    kinds_of_notices,
    later,
    open_materials,
    received,
)
from tests.support.people import ID_NUMBER

BANK_CARD = "本人银行卡或社保卡金融账户"
PROMISED = 5
"""Working days that the item of these tests promises."""


async def test_from_receipt_to_the_decision_every_step_is_written_down_with_who_and_why(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        case.identity_to_check = False
        await take(act(session, catalog, case))
        told = await notice_of_missing(act(session, catalog, case), ["户口簿", "近照"], "照片要白底", later(7))
        assert all(part in told.text for part in ("户口簿", "近照", "照片要白底", "2026年6月8日", case.number or ""))
        await material_arrived(session, case, "户口簿", "f1", later(1))
        assert not case.supplement_complete
        await material_arrived(session, case, "近照", None, later(2), WU)
        assert case.supplement_complete
        await accept(act(session, catalog, case, today=later(3)))
        await review(act(session, catalog, case, today=later(3)))
        told = await decide(act(session, catalog, case, WU, later(4)), True, "请带身份证到窗口领")
        await session.commit()
        assert "办好了" in told.text
        assert (case.status, case.outcome, case.handler_id) == ("done", "granted", None)
        assert await history(session, case) == [
            ("opened", None, None),
            ("status", None, None),
            ("taken", "li", None),
            ("missing", "li", "户口簿；近照；照片要白底"),
            ("material", None, "户口簿"),
            ("material", "wu", "近照"),
            ("accepted", "li", None),
            ("review", "li", None),
            ("granted", "wu", "请带身份证到窗口领"),
        ]
        assert await kinds_of_notices(session, case) == ["accepted", "decided", "missing", "receipt"]


async def test_the_clock_runs_from_acceptance_and_not_from_receipt(sqlite_database: Database, catalog: Catalog) -> None:
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        told = await accept(act(session, catalog, case, today=later(3)))
        assert case.due_on == deadline(later(3), PROMISED).day == date(2026, 6, 11)
        assert "2026年6月11日" in told.text


async def test_what_is_left_lying_for_more_than_five_working_days_counts_from_its_receipt(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with sqlite_database.session() as session:
        in_time, late, told_late = [await received(session, catalog) for _ in range(3)]
        await accept(act(session, catalog, in_time, today=later(7)))
        await accept(act(session, catalog, late, today=later(8)))
        assert (in_time.counted_from, late.counted_from) == (later(7), MONDAY)
        await notice_of_missing(act(session, catalog, told_late, today=later(8)), ["户口簿"], "", later(15))
        await accept(act(session, catalog, told_late, today=later(10)))
        assert (told_late.counted_from, told_late.paused_days) == (MONDAY, 2)


async def test_days_that_a_case_waits_for_its_resident_do_not_count(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        await accept(act(session, catalog, case))
        await review(act(session, catalog, case))
        await notice_of_missing(act(session, catalog, case, today=later(1)), ["户口簿"], "", later(30))
        assert (case.due_on, case.act_by) == (None, None)
        await accept(act(session, catalog, case, today=later(15)))
        assert case.paused_days == 10
        assert case.due_on == deadline(MONDAY, PROMISED + 10).day


async def test_only_what_the_catalogue_calls_deferrable_may_follow_later_and_nothing_is_granted_before(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        case.identity_to_check = False
        for material, day in (("居民身份证", later(5)), ("没有这样的材料", later(5)), (BANK_CARD, MONDAY)):
            with pytest.raises(NotAllowed):
                await accept_with_deferred(act(session, catalog, case), [(material, day)])
        told = await accept_with_deferred(act(session, catalog, case), [(BANK_CARD, later(5))])
        assert BANK_CARD in told.text
        await review(act(session, catalog, case))
        with pytest.raises(NotAllowed, match="utter_case_waits_for_materials"):
            await decide(act(session, catalog, case), True, "")
        assert await material_arrived(session, case, BANK_CARD, "f", later(2))
        assert not await material_arrived(session, case, BANK_CARD, "f", later(2)), "once is enough"
        await decide(act(session, catalog, case), True, "")
        assert await kinds_of_notices(session, case) == ["decided", "deferred", "receipt"]


async def test_where_money_is_decided_one_clerk_proposes_and_another_decides_the_same(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with sqlite_database.session() as session:
        case = await received(session, catalog, TWO_EYES)
        case.identity_to_check = False
        await accept(act(session, catalog, case))
        await review(act(session, catalog, case))
        with pytest.raises(NotAllowed, match="utter_case_not_proposed"):
            await decide(act(session, catalog, case), True, "")
        await propose(act(session, catalog, case), True, "情况属实")
        with pytest.raises(NotAllowed, match="utter_case_four_eyes"):
            await decide(act(session, catalog, case), True, "")
        with pytest.raises(NotAllowed, match="utter_case_differs"):
            await decide(act(session, catalog, case, WU), False, "不同意")
        await propose(act(session, catalog, case, WU), False, "收入超了")
        told = await decide(act(session, catalog, case, LI), False, "收入超过标准")
        assert case.outcome == "denied"
        assert all(part in told.text for part in ("收入超过标准", "六十日", "复议", "六个月", "起诉"))


async def test_what_the_district_decides_is_referred_before_a_decision_is_noted(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with sqlite_database.session() as session:
        case = await received(session, catalog, DISTRICT)
        case.identity_to_check = False
        await accept(act(session, catalog, case))
        await review(act(session, catalog, case))
        with pytest.raises(NotAllowed, match="utter_case_not_referred"):
            await decide(act(session, catalog, case), True, "")
        told = await refer(act(session, catalog, case), "区残联", "要评残")
        assert "区残联" in told.text
        await decide(act(session, catalog, case), True, "")
        assert ("referred", "li", "区残联：要评残") in await history(session, case)


async def test_a_refusal_names_reasons_and_remedies(sqlite_database: Database, catalog: Catalog) -> None:
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        with pytest.raises(NotAllowed, match="utter_case_why_needed"):
            await refuse(act(session, catalog, case), " \u202e ")
        told = await refuse(act(session, catalog, case), "户籍不在本区")
        assert told.notice is not None
        assert all(part in told.text for part in ("户籍不在本区", "复议", "起诉"))
        assert (case.status, case.act_by) == ("refused", None)


async def test_a_case_whose_materials_do_not_come_is_returned_and_a_wish_withdraws_it(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with sqlite_database.session() as session:
        first, second = await received(session, catalog), await received(session, catalog)
        await notice_of_missing(act(session, catalog, first), ["户口簿"], "", later(3))
        await return_case(act(session, catalog, first), "您说不办了")
        await withdraw(act(session, catalog, second), "本人打电话来说不办了")
        await session.commit()
        assert (first.status, second.status) == ("returned", "withdrawn")
        assert await open_materials(session, first) == []
        assert (await history(session, second))[-1] == ("withdrawn", "li", "本人打电话来说不办了")


async def test_an_item_settled_on_the_spot_is_settled_in_one_go(sqlite_database: Database, catalog: Catalog) -> None:
    spot = next(
        item
        for item in catalog.items.values()
        if item.time_limit.promised and item.time_limit.promised.days == 0 and item.settled_by_street
    )
    async with sqlite_database.session() as session:
        case = await received(session, catalog, spot.id)
        case.identity_to_check = True
        with pytest.raises(NotAllowed, match="utter_case_identity_open"):
            await settle(act(session, catalog, case))
        assert case.status == "received"
        case.identity_to_check = False
        await settle(act(session, catalog, case), "当场给您")
        assert [action for action, _by, _why in await history(session, case)][-3:] == ["accepted", "review", "granted"]
        slow = await received(session, catalog)
        with pytest.raises(NotAllowed, match="utter_case_not_at_once"):
            await settle(act(session, catalog, slow))


async def test_an_identity_confirmed_by_a_clerk_counts_for_the_same_number_and_one_rejected_bars_a_grant(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        case.identity_to_check = True
        await reject_identity(act(session, catalog, case), "不是本人")
        assert (case.identity, case.identity_to_check) == ("rejected", True)
        await accept(act(session, catalog, case))
        await review(act(session, catalog, case))
        with pytest.raises(NotAllowed, match="utter_case_identity_open"):
            await decide(act(session, catalog, case), True, "")
        with pytest.raises(NotAllowed, match="utter_case_not_in_person"):
            await confirm_identity(act(session, catalog, case), Way.FACE, timedelta(days=30))
        await confirm_identity(act(session, catalog, case), Way.COUNTER, timedelta(days=30))
        assert (case.identity, case.identity_to_check) == ("counter", False)
        await session.flush()
        assert await counting(session, case.resident_id, identity_index(ID_NUMBER), Level.FACE) is Way.COUNTER
        await decide(act(session, catalog, case), True, "")


async def test_a_case_is_taken_by_one_and_given_up_by_the_same(sqlite_database: Database, catalog: Catalog) -> None:
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        await take(act(session, catalog, case, LI))
        with pytest.raises(NotAllowed, match="utter_case_taken"):
            await take(act(session, catalog, case, WU))
        with pytest.raises(NotAllowed, match="utter_case_not_yours"):
            await give_up(act(session, catalog, case, WU))
        await take(act(session, catalog, case, WU), over=True)
        assert case.handler_id == "wu"
        await give_up(act(session, catalog, case, WU))
        assert case.handler_id is None


async def test_a_stale_page_changes_nothing_and_tells_where_the_case_stands(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        seen = act(session, catalog, case)
        await accept(seen)
        lines = len(await history(session, case))
        with pytest.raises(CaseChanged) as refused:
            await refuse(seen, "户籍不在本区")
        assert refused.value.status is Status.ACCEPTED
        assert "受理" in refused.value.told
        assert len(await history(session, case)) == lines


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (accept, lambda act: refuse(act, "户籍不在本区")),
        (accept, accept),
        (take, take),
        (take, lambda act: notice_of_missing(act, ["户口簿"], "", later(7))),
    ],
)
async def test_of_two_clerks_at_once_exactly_one_wins(
    database: Database,
    catalog: Catalog,
    one: Callable[[Act], Awaitable[Told | None]],
    other: Callable[[Act], Awaitable[Told | None]],
) -> None:
    async with database.session() as session:
        case_id = (await received(session, catalog)).id
    both_have_read = asyncio.Barrier(2)

    async def press(by: By, work: Callable[[Act], Awaitable[Told | None]]) -> bool:
        async with database.session() as session:
            case = await session.get_one(Case, case_id)
            await both_have_read.wait()
            try:
                await work(act(session, catalog, case, by))
            except CaseChanged:
                return False
            await session.commit()
            return True

    won = await asyncio.gather(press(LI, one), press(WU, other))
    assert sorted(won) == [False, True]
    async with database.session() as session:
        case = await session.get_one(Case, case_id)
        assert (case.version, len(await history(session, case))) == (1, 3)


async def test_a_draft_and_a_closed_case_are_nobodys_work(sqlite_database: Database, catalog: Catalog) -> None:
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        await refuse(act(session, catalog, case), "户籍不在本区")
        for work in (take, accept, review):
            with pytest.raises(NotAllowed, match="utter_case_not_now"):
                await work(act(session, catalog, case))
        assert not await material_arrived(session, case, "户口簿", None, MONDAY)


@pytest.mark.parametrize("names", [[], [" "], [f"材料{n}" for n in range(21)]])
async def test_a_notice_names_what_is_missing_and_a_day_that_can_be_met(
    sqlite_database: Database, catalog: Catalog, names: list[str]
) -> None:
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        with pytest.raises(NotAllowed, match="utter_case_list_needed"):
            await notice_of_missing(act(session, catalog, case), names, "", later(7))
        with pytest.raises(NotAllowed, match="utter_case_day_past"):
            await notice_of_missing(act(session, catalog, case), ["户口簿"], "", MONDAY)


async def test_a_case_received_late_at_night_in_china_is_received_on_that_day(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        case.received_at = datetime.combine(MONDAY, time(23, 30), CHINA)
        await accept(act(session, catalog, case, today=later(8)))
        assert case.counted_from == MONDAY

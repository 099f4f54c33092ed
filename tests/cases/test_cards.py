"""What a resident reads of a case is true in every status."""

from sqlalchemy.ext.asyncio import AsyncSession

from cases.accepting import accept, accept_with_deferred, notice_of_missing
from cases.cards import CaseFacts, case_card
from cases.deciding import decide, refer, refuse, review, withdraw
from cases.materials import material_arrived
from cases.models import Case
from records.database import Database
from services_catalog.loader import Catalog
from tests.cases.at_work import act, later, received

BANK_CARD = "本人银行卡或社保卡金融账户"


async def _card(session: AsyncSession, catalog: Catalog, case: Case, *, own: bool = True) -> CaseFacts:
    return await case_card(session, case, catalog.items[case.item_id], own=own)


async def test_the_promised_day_is_that_of_acceptance_once_it_was_accepted(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        assert "收件当天（6月1日）受理的话" in ((await _card(session, catalog, case)).promised or "")
        await accept(act(session, catalog, case, today=later(3)))
        card = await _card(session, catalog, case)
        assert (card.status, card.promised) == ("受理", "2026年6月11日前办好")
        assert card.next_step.startswith("正在办")
        assert [step.label for step in card.timeline] == ["已收件", "受理", "审核", "办结"]


async def test_in_supplement_it_tells_what_is_still_missing_and_that_the_clock_stands(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        await notice_of_missing(act(session, catalog, case), ["户口簿", "近照"], "", later(7))
        await material_arrived(session, case, "近照", None, later(1))
        card = await _card(session, catalog, case)
        assert "还差户口簿，请在2026年6月8日前交来" in card.next_step
        assert card.promised == "在等材料，这些日子不算在办理时间里"
        await material_arrived(session, case, "户口簿", None, later(1))
        assert (await _card(session, catalog, case)).next_step == "材料交来了，工作人员在看。"


async def test_what_was_promised_for_later_is_told_until_it_comes(sqlite_database: Database, catalog: Catalog) -> None:
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        await accept_with_deferred(act(session, catalog, case), [(BANK_CARD, later(3))])
        assert f"{BANK_CARD}（2026年6月4日前补交）" in (await _card(session, catalog, case)).next_step
        await material_arrived(session, case, BANK_CARD, None, later(1))
        await refer(act(session, catalog, case), "区民政局")
        assert "区民政局" in (await _card(session, catalog, case)).next_step


async def test_a_refusal_tells_remedies_to_everybody_and_reasons_to_its_resident_alone(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        await refuse(act(session, catalog, case), "户籍不在本区")
        mine, theirs = await _card(session, catalog, case), await _card(session, catalog, case, own=False)
        assert "户籍不在本区" in mine.next_step
        assert "户籍不在本区" not in theirs.next_step
        for card in (mine, theirs):
            assert (card.status, card.promised) == ("不予受理", None)
            assert "六十日内申请行政复议" in card.next_step
            assert [step.label for step in card.timeline] == ["已收件", "不予受理"]


async def test_a_decision_tells_its_outcome(sqlite_database: Database, catalog: Catalog) -> None:
    async with sqlite_database.session() as session:
        granted, denied, withdrawn = [await received(session, catalog) for _ in range(3)]
        for case in (granted, denied):
            case.identity_to_check = False
            await accept(act(session, catalog, case))
            await review(act(session, catalog, case))
        await decide(act(session, catalog, granted), True, "请带身份证来领")
        await decide(act(session, catalog, denied), False, "不到年龄")
        await withdraw(act(session, catalog, withdrawn), "打电话来说不办了")
        cards = [await _card(session, catalog, case) for case in (granted, denied, withdrawn)]
        assert [card.status for card in cards] == ["办结，准予", "办结，不予批准", "撤回"]
        assert cards[0].next_step == "请带身份证来领"
        assert "不到年龄" in cards[1].next_step
        assert "行政复议" in cards[1].next_step

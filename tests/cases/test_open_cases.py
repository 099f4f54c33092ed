"""The queue of cases: what has to be done next comes first, and closed cases cost nothing."""

from typing import Any

from sqlalchemy import event, text

from cases.accepting import accept, notice_of_missing
from cases.deciding import refuse, review
from cases.materials import material_arrived
from cases.models import Case
from cases.open_cases import bulk, counts, waiting
from cases.states import Status
from cases.terms import Warning
from cases.working import take
from records.database import Database
from services_catalog.loader import Catalog
from tests.cases.at_work import LI, MONDAY, WU, act, history, later, received

ELSEWHERE = "canji-zheng-shenling"


async def test_the_most_urgent_comes_first_and_what_waits_for_its_resident_last(
    database: Database, catalog: Catalog
) -> None:
    async with database.session() as session:
        missing, fresh, old, due = [await received(session, catalog, on=later(n)) for n in (0, 4, 1, 3)]
        await notice_of_missing(act(session, catalog, missing, today=later(4)), ["户口簿"], "", later(10))
        await accept(act(session, catalog, due, today=later(4)))
        closed = await received(session, catalog)
        await refuse(act(session, catalog, closed), "不归这里管")
        await session.commit()
        queue = await waiting(session, later(8), windows=None)
        assert [each.id for each in queue] == [old.id, due.id, fresh.id, missing.id]
        assert [each.warning for each in queue] == [Warning.SOON, Warning.OK, Warning.OK, Warning.OK]
        await material_arrived(session, missing, "户口簿", None, later(8))
        await session.commit()
        [first, *_] = await waiting(session, later(8), windows=None, limit=1)
        assert (first.id, first.supplement_complete, first.status) == (missing.id, True, Status.SUPPLEMENT)


async def test_windows_and_items_narrow_it_and_a_case_without_a_window_is_everybodys(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with sqlite_database.session() as session:
        mine, lost = await received(session, catalog), await received(session, catalog)
        await received(session, catalog, ELSEWHERE)
        lost.window = None
        await session.commit()
        window = catalog.items[mine.item_id].window
        assert {each.id for each in await waiting(session, MONDAY, windows={"another"})} == {lost.id}
        seen = await waiting(session, MONDAY, windows={window}, items={mine.item_id})
        assert {each.id for each in seen} == {mine.id, lost.id}
        assert (await counts(session, MONDAY, windows={window}, items={mine.item_id})).all == 2


async def test_counts_tell_status_urgency_and_how_many_nobody_works_on(database: Database, catalog: Catalog) -> None:
    async with database.session() as session:
        cases = [await received(session, catalog) for _ in range(3)]
        await take(act(session, catalog, cases[0]))
        await accept(act(session, catalog, cases[1], today=later(7)))
        await session.commit()
        found = await counts(session, later(8))
        assert found.by_status == {Status.RECEIVED: 2, Status.ACCEPTED: 1}
        assert (found.all, found.over, found.soon, found.untaken) == (3, 2, 0, 2)


async def test_the_queue_reads_the_index_of_open_cases_alone(sqlite_database: Database) -> None:
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        statements.append((statement, parameters))

    event.listen(sqlite_database.engine.sync_engine, "before_cursor_execute", note)
    async with sqlite_database.session() as session:
        await waiting(session, MONDAY, windows={"chuangkou-1"})
        await counts(session, MONDAY)
    event.remove(sqlite_database.engine.sync_engine, "before_cursor_execute", note)
    async with sqlite_database.engine.connect() as connection:
        for statement, parameters in statements:
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            told = " ".join(plan.scalars(3))
            assert "USING INDEX ix_cases_open" in told, told
    assert len(statements) == 2


async def test_postgresql_reads_the_index_of_open_cases_alone(postgres_database: Database, catalog: Catalog) -> None:
    async with postgres_database.session() as session:
        await received(session, catalog)
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = await session.execute(
            text(
                "EXPLAIN SELECT id FROM cases WHERE status IN ('received', 'supplement', 'accepted', 'review') "
                "ORDER BY act_by, received_at LIMIT 200"
            )
        )
        assert "ix_cases_open" in " ".join(plan.scalars())


async def test_a_bulk_action_does_what_can_be_done_and_says_why_of_the_rest(
    database: Database, catalog: Catalog
) -> None:
    async with database.session() as session:
        cases = [await received(session, catalog) for _ in range(3)]
        await accept(act(session, catalog, cases[1]))
        await session.commit()
    seen = {case.id: Status.RECEIVED for case in cases} | {"unknown": Status.RECEIVED}
    async with database.session() as session:
        done = await bulk(session, seen, accept, WU, catalog.items, MONDAY)
        await session.commit()
        assert [each.refused is None for each in done] == [True, False, True, False]
        assert done[0].told is not None
        assert "受理" in (done[1].refused or "")
    async with database.session() as session:
        lines = [await history(session, await session.get_one(Case, case.id)) for case in cases]
        assert [line[-1][:2] for line in lines] == [("accepted", "wu"), ("accepted", "li"), ("accepted", "wu")]
        again = await bulk(session, {cases[0].id: Status.ACCEPTED}, review, LI, catalog.items, MONDAY)
        assert again[0].told is None
        assert again[0].refused is None

"""Whatever clerks, residents and the clock do to a case, in any order: one decision, by two where it must be, a whole
history, and a clock that stands while the resident is waited for."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.accepting import accept, accept_with_deferred, notice_of_missing
from cases.deciding import decide, propose, refer, refuse, return_case, review, settle, withdraw
from cases.materials import material_arrived
from cases.models import Case, CaseEvent
from cases.notices import Told
from cases.states import Status
from cases.sweeping import sweep
from cases.telling import Voice
from cases.terms import NOTICE_DAYS, working_days
from cases.working import Act, By, NotWorked, give_up, take
from records.database import Database
from services_catalog.loader import Catalog
from tests.cases.at_work import DISTRICT, LI, MONDAY, TWO_EYES, WU, act, received
from tests.support.databases import SqliteTemplate

DEFERRABLE = {TWO_EYES: "本人银行卡或社保卡金融账户", DISTRICT: "近期2寸免冠白底彩照"}
VOICE = Voice("https://x.cn", b"k" * 32)
WORKS: dict[str, Callable[[Act], Awaitable[Told | None]]] = {
    "take": lambda a: take(a, over=True),
    "give up": give_up,
    "missing": lambda a: notice_of_missing(a, ["户口簿"], "", a.today + timedelta(days=3)),
    "accept": accept,
    "defer": lambda a: accept_with_deferred(a, [(DEFERRABLE[a.item.id], a.today + timedelta(days=4))]),
    "review": review,
    "refer": lambda a: refer(a, "区里"),
    "propose yes": lambda a: propose(a, True, "符合"),
    "propose no": lambda a: propose(a, False, "不符合"),
    "grant": lambda a: decide(a, True, ""),
    "deny": lambda a: decide(a, False, "不符合"),
    "settle": settle,
    "refuse": lambda a: refuse(a, "不归这里管"),
    "return": lambda a: return_case(a, "没有交来"),
    "withdraw": lambda a: withdraw(a, "不办了"),
}
STEPS = st.tuples(
    st.sampled_from([*WORKS, "arrives", "sweep", "next day"]), st.sampled_from([LI, WU]), st.sampled_from(Status)
)
Step = tuple[str, By, Status]
BEGINNINGS = ((), ("accept", "review"), ("missing", "next day"), ("defer",), ("accept", "refer", "propose yes"))
"""Ways into the depth of a case, which chance alone would seldom find."""


@dataclass
class Seen:
    """What was observed along the way, by the rules of this test alone; `ran` is for how many working days the clock
    ran so far."""

    today: date = MONDAY
    ran: int | None = None
    lines: list[tuple[str, str | None, str | None, str | None]] = field(default_factory=list)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    item_id=st.sampled_from(sorted(DEFERRABLE)),
    beginning=st.sampled_from(BEGINNINGS),
    steps=st.lists(STEPS, max_size=25),
    stale=st.booleans(),
)
def test_in_any_order(
    sqlite_template: SqliteTemplate,
    tmp_path: Path,
    catalog: Catalog,
    item_id: str,
    beginning: tuple[str, ...],
    steps: list[Step],
    stale: bool,
) -> None:
    async def run() -> None:
        database = Database(sqlite_template.copy(tmp_path / "onecall.db"))
        try:
            await _live(database, catalog, item_id, beginning, steps, stale)
        finally:
            await database.close()

    asyncio.run(run())


async def _live(
    database: Database, catalog: Catalog, item_id: str, beginning: tuple[str, ...], steps: list[Step], stale: bool
) -> None:
    async with database.session() as session:
        case_id = (await received(session, catalog, item_id)).id
    seen = Seen()
    led_in = [(step, LI, None) for step in beginning]
    for step, by, page in [*led_in, *steps]:
        async with database.session() as session:
            case = await session.get_one(Case, case_id)
            before, proposal = Status(case.status), (case.proposed_outcome, case.proposed_by)
            if step == "next day":
                _pass_a_day(seen, case)
            elif step == "arrives":
                await material_arrived(session, case, "户口簿", None, seen.today)
            elif step == "sweep":
                await sweep(session, catalog.items, VOICE, seen.today)
            else:
                mine = act(session, catalog, case, by, seen.today)
                mine = replace(mine, seen=page) if stale and page is not None else mine
                try:
                    await WORKS[step](mine)
                except NotWorked as error:
                    assert error.told
                    assert not session.new and not session.dirty, "what is refused has changed nothing"
                else:
                    assert mine.seen is before, "a stale page changed something"
            await session.commit()
        async with database.session() as session:
            case = await session.get_one(Case, case_id)
            await _check_history(session, case, seen)
            _check_ends(case, by, before, proposal, item_id)
            _check_clock(case, catalog, seen)


def _pass_a_day(seen: Seen, case: Case) -> None:
    tomorrow = seen.today + timedelta(days=1)
    if seen.ran is not None and case.status in (Status.ACCEPTED, Status.REVIEW):
        seen.ran += working_days(seen.today, tomorrow)
    seen.today = tomorrow


async def _check_history(session: AsyncSession, case: Case, seen: Seen) -> None:
    """It only grows, joins without a gap, and ends where the case is."""
    events = list(await session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)))
    lines = [(event.action, event.from_status, event.to_status, event.clerk_id) for event in events]
    assert lines[: len(seen.lines)] == seen.lines
    seen.lines = lines
    moves = [event for event in events if event.to_status is not None]
    assert [move.from_status for move in moves[1:]] == [move.to_status for move in moves[:-1]]
    assert moves[-1].to_status == case.status
    assert all(event.clerk_id for event in events if event.actor == "clerk")


def _check_ends(case: Case, by: By, before: Status, proposal: tuple[str | None, str | None], item_id: str) -> None:
    """One decision at most, by two where it must be; nothing follows an end, and nobody works on it."""
    assert (case.outcome is not None) == (case.status == Status.DONE)
    if before.is_end:
        assert case.status == before
    elif case.status == Status.DONE and item_id == TWO_EYES:
        assert proposal[0] == case.outcome
        assert proposal[1] not in (None, by.id)
    elif case.status == Status.DONE:
        assert case.referred_at is not None
    if Status(case.status).is_end:
        assert (case.handler_id, case.act_by) == (None, None)


def _check_clock(case: Case, catalog: Catalog, seen: Seen) -> None:
    """By the promised day exactly the promised working days will have run, none of them in wait for the resident."""
    if case.counted_from is None:
        return
    if seen.ran is None:
        seen.ran = working_days(case.counted_from, seen.today)
        assert seen.ran == 0 or (case.counted_from == MONDAY and seen.ran > NOTICE_DAYS)
    promised = catalog.items[case.item_id].time_limit.promised
    assert promised is not None
    if case.status in (Status.ACCEPTED, Status.REVIEW):
        assert case.due_on is not None
        assert working_days(seen.today, case.due_on) == max(0, promised.days - seen.ran)

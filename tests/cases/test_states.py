from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case, CaseEvent
from cases.states import TRANSITIONS, Actor, Status, TransitionRefused, move
from records.database import Database
from tests.support.people import draft_of

BY_RESIDENT = {(Status.DRAFT, Status.RECEIVED)} | {
    (status, Status.WITHDRAWN)
    for status in (Status.DRAFT, Status.RECEIVED, Status.SUPPLEMENT, Status.ACCEPTED, Status.REVIEW)
}
ENDS = {Status.DONE, Status.REFUSED, Status.RETURNED, Status.WITHDRAWN}


@given(st.lists(st.tuples(st.sampled_from(Status), st.sampled_from(Actor)), max_size=30))
def test_no_sequence_of_moves_leaves_the_table(steps: list[tuple[Status, Actor]]) -> None:
    session, case = AsyncSession(), Case(id="c", status=Status.DRAFT.value)
    for to, actor in steps:
        before = Status(case.status)
        allowed = actor in TRANSITIONS[before].get(to, frozenset())
        lines = len(session.new)
        try:
            move(session, case, to, actor)
        except TransitionRefused:
            assert not allowed
            assert case.status == before
            assert len(session.new) == lines
        else:
            assert allowed
            assert case.status == to
            assert len(session.new) == lines + 1


def test_a_resident_may_submit_and_withdraw_and_nothing_else() -> None:
    found = {
        (before, after)
        for before, afters in TRANSITIONS.items()
        for after, actors in afters.items()
        if Actor.RESIDENT in actors
    }
    assert found == BY_RESIDENT


def test_the_clock_only_returns_what_was_not_handed_in_in_time() -> None:
    found = {(b, a) for b, afters in TRANSITIONS.items() for a, actors in afters.items() if Actor.SYSTEM in actors}
    waiting = (Status.SUPPLEMENT, Status.ACCEPTED, Status.REVIEW)
    assert found == {(status, Status.RETURNED) for status in waiting}


def test_a_clerk_withdraws_what_was_filed_and_no_draft() -> None:
    found = {b for b, afters in TRANSITIONS.items() if Actor.CLERK in afters.get(Status.WITHDRAWN, ())}
    assert found == {Status.RECEIVED, Status.SUPPLEMENT, Status.ACCEPTED, Status.REVIEW}


def test_nothing_returns_to_a_draft_and_the_ends_are_ends() -> None:
    assert set(TRANSITIONS) == set(Status)
    assert {status for status in Status if status.is_end} == ENDS
    assert not any(Status.DRAFT in afters for afters in TRANSITIONS.values())


def test_from_every_status_an_end_and_from_the_draft_every_status_can_be_reached() -> None:
    def reachable(start: Status) -> set[Status]:
        seen, open_ones = {start}, [start]
        while open_ones:
            for after in TRANSITIONS[open_ones.pop()]:
                if after not in seen:
                    seen.add(after)
                    open_ones.append(after)
        return seen

    assert all(reachable(status) & ENDS for status in Status)
    assert reachable(Status.DRAFT) == set(Status)


def test_every_status_has_a_name_for_residents() -> None:
    assert len({status.told for status in Status}) == len(Status)


async def test_every_move_is_a_line_of_the_history_with_who_made_it(database: Database) -> None:
    async with database.session() as session:
        case = await draft_of(session, "gaoling-jintie", {})
        move(session, case, Status.RECEIVED, Actor.RESIDENT)
        move(session, case, Status.SUPPLEMENT, Actor.CLERK, "缺照片")
        move(session, case, Status.RETURNED, Actor.SYSTEM)
        await session.commit()
    async with database.session() as session:
        lines = await session.scalars(select(CaseEvent).order_by(CaseEvent.id))
        assert [(e.from_status, e.to_status, e.actor, e.note) for e in lines if e.action == "status"] == [
            ("draft", "received", "resident", None),
            ("received", "supplement", "clerk", "缺照片"),
            ("supplement", "returned", "system", None),
        ]

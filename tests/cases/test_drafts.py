from sqlalchemy import func, select

from cases import drafts
from cases.models import CaseAnswer, CaseEvent
from cases.states import Status
from records.database import Database
from tests.support.people import NAME, answer, draft_of


async def test_answers_are_kept_and_corrected(database: Database) -> None:
    async with database.session() as session:
        case = await draft_of(session, "gaoling-jintie", {"name": "王秀"})
        await session.commit()
        drafts.keep(case, "name", answer(NAME), "profile")
        await session.commit()
        case_id = case.id
    async with database.session() as session:
        found = await drafts.find(session, case_id)
        assert found is not None
        assert drafts.values_of(found) == {"name": NAME}
        assert found.answers["name"].provenance == "profile"
        kept = drafts.answer_of(found, "name")
        assert kept is not None
        assert (kept.value, kept.masked) == (NAME, "***")
        assert drafts.answer_of(found, "phone") is None


async def test_a_skipped_field_counts_as_answered_with_nothing(sqlite_database: Database) -> None:
    async with sqlite_database.session() as session:
        case = await draft_of(session, "gaoling-jintie", {})
        drafts.keep(case, "note", drafts.SKIPPED, "typed")
        assert drafts.values_of(case) == {"note": ""}


async def test_the_draft_worked_on_last_is_taken_up(database: Database) -> None:
    async with database.session() as session:
        first = await draft_of(session, "gaoling-jintie", {})
        await session.commit()
        second = await drafts.open_draft(session, first.resident_id, "yidi-beian")
        await session.commit()
        latest = await drafts.latest_draft(session, first.resident_id)
        assert latest is not None
        assert latest.id == second.id
        drafts.keep(first, "name", answer(NAME), "typed")
        await session.commit()
        latest = await drafts.latest_draft(session, first.resident_id)
        assert latest is not None
        assert latest.id == first.id
        of_item = await drafts.latest_draft(session, first.resident_id, "yidi-beian")
        assert of_item is not None
        assert of_item.id == second.id
        assert await drafts.latest_draft(session, "somebody else") is None


async def test_a_discarded_draft_keeps_its_history_and_no_answer(database: Database) -> None:
    async with database.session() as session:
        case = await draft_of(session, "gaoling-jintie", {"name": NAME})
        await session.commit()
        drafts.discard(session, case)
        await session.commit()
        assert case.status == Status.WITHDRAWN
        assert await session.scalar(select(func.count()).select_from(CaseAnswer)) == 0
        assert list(await session.scalars(select(CaseEvent.action).order_by(CaseEvent.id))) == ["opened", "status"]
        assert await drafts.latest_draft(session, case.resident_id) is None

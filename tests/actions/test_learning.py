"""What residents say, choose and correct becomes lessons; a lesson knows nobody."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.conversation.drift import Understanding
from bot.conversation.lessons import How, Status
from bot.conversation.models import Lesson, UnderstandingCount
from records.database import Database
from services_catalog.loader import Catalog
from tests.actions.conftest import SCRIPT
from tests.support.form_filling import begin
from tests.support.hall import Hall, Resident, opened
from tests.support.scripted_engine import Means

NEAR = {"gaoling-jintie": 0.9, "yanglao-fuwu-butie": 0.05}
TALK = {
    **SCRIPT,
    "那个老人家的钱": Means("ambiguous", 0.4),
    "老人每月的钱": Means("apply", items=NEAR),
    "我说的是养老服务的": Means("apply", items={"yanglao-fuwu-butie": 0.95}),
    "养老服务补贴": Means("apply", items={"yanglao-fuwu-butie": 0.95}),
    "办狗证": Means("apply", items={"yangquan-dengji": 0.97}),
    "我要办狗证": Means("apply", items={"yangquan-dengji": 0.97}),
    "不是这个": Means("deny"),
    "都不对": Means("none_of_these"),
    "今天天气": Means("out_of_scope"),
}


@pytest.fixture
async def hall(sqlite_database: Database, catalog: Catalog) -> AsyncIterator[Hall]:
    async with opened(sqlite_database, catalog, TALK) as hall:
        yield hall


async def lessons(resident: Resident) -> list[Lesson]:
    async with resident.hall.database.session() as session:
        return list(await session.scalars(select(Lesson).order_by(Lesson.created_at)))


async def told(resident: Resident) -> list[tuple[str | None, str, str | None, str | None]]:
    return [(row.text, row.how, row.item_id, row.intent) for row in await lessons(resident)]


async def counted(database: Database) -> dict[str, int]:
    async with database.session() as session:
        rows = await session.execute(
            select(UnderstandingCount.kind, func.sum(UnderstandingCount.number)).group_by(UnderstandingCount.kind)
        )
        return {row.kind: row[1] for row in rows}


async def test_what_was_not_understood_is_kept_with_what_was_guessed(resident: Resident) -> None:
    await resident.say("那个老人家的钱")
    (row,) = await lessons(resident)
    assert (row.text, row.how, row.item_id, row.status) == ("那个老人家的钱", How.MISSED, None, Status.OPEN)
    assert row.guessed == {"intent": "ambiguous", "confidence": 0.4, "items": {}}
    assert row.week.weekday() == 0


async def test_the_same_wish_in_other_words_tells_what_the_missed_ones_meant(resident: Resident) -> None:
    await resident.say("那个老人家的钱")
    await resident.say("办高龄补贴")
    assert await told(resident) == [("那个老人家的钱", How.REWORDED, "gaoling-jintie", "apply")]


async def test_the_choice_after_a_question_back_is_the_label(resident: Resident) -> None:
    await resident.say("办补贴")
    assert await lessons(resident) == []
    await resident.say("2")
    assert await told(resident) == [("办补贴", How.CHOSEN, "yanglao-fuwu-butie", "apply")]


async def test_none_of_these_is_kept_too_and_the_next_words_say_what_it_was(resident: Resident) -> None:
    await resident.say("办补贴")
    await resident.tap("都不是")
    assert await told(resident) == [("办补贴", How.CHOSEN, None, None)]
    await resident.say("办狗证")
    assert await told(resident) == [("办补贴", How.REWORDED, "yangquan-dengji", "apply")]


async def test_none_of_these_said_in_words_is_the_same(resident: Resident) -> None:
    await resident.say("办补贴")
    await resident.say("都不对")
    assert await told(resident) == [("办补贴", How.CHOSEN, None, None)]


async def test_who_says_not_this_after_the_bot_went_ahead_corrects_it(resident: Resident) -> None:
    await resident.say("老人每月的钱")
    await resident.say("不是这个")
    assert await told(resident) == [("老人每月的钱", How.CORRECTED, None, None)]
    assert (await counted(resident.hall.database))[Understanding.CORRECTED] == 1


async def test_not_this_is_a_correction_even_where_the_engine_makes_nothing_of_it(resident: Resident) -> None:
    await resident.say("老人每月的钱")
    await resident.say("不是这个事啊")
    assert await told(resident) == [("老人每月的钱", How.CORRECTED, None, None)]


async def test_of_two_wishes_the_missed_one_is_kept_and_the_next_words_do_not_explain_it(resident: Resident) -> None:
    await resident.say("我要办狗证，另外老人家那个钱怎么弄")
    await resident.say("养老服务补贴")
    assert await told(resident) == [("老人家那个钱怎么弄", How.MISSED, None, None)]


async def test_another_item_near_the_first_one_corrects_it(resident: Resident) -> None:
    await resident.say("老人每月的钱")
    await resident.say("我说的是养老服务的")
    assert await told(resident) == [("老人每月的钱", How.CORRECTED, "yanglao-fuwu-butie", "apply")]


async def test_another_item_that_has_nothing_to_do_with_it_corrects_nothing(resident: Resident) -> None:
    await resident.say("老人每月的钱")
    await resident.say("办狗证")
    await resident.say("谢谢")
    await resident.say("养老服务补贴")
    assert await lessons(resident) == []


async def test_who_only_does_not_want_it_now_corrects_nothing(resident: Resident) -> None:
    await resident.say("办高龄补贴")
    await resident.say("不要")
    await resident.say("办高龄补贴")
    await resident.tap("先不办")
    assert await lessons(resident) == []


async def test_who_goes_ahead_confirms_and_what_comes_later_is_not_about_it(resident: Resident) -> None:
    await resident.say("老人每月的钱")
    await resident.tap("同意，开始办")
    await resident.say("取消")
    await resident.tap("先存着，下次接着办")
    await resident.say("养老服务补贴")
    assert await lessons(resident) == []


async def test_what_is_said_in_a_form_is_never_kept_or_counted(resident: Resident) -> None:
    await begin(resident, "办高龄补贴")
    before = await counted(resident.hall.database)
    await resident.say("那个老人家的钱")
    await resident.say("要多久啊?")
    assert await lessons(resident) == []
    assert await counted(resident.hall.database) == before


async def test_a_question_without_its_item_is_asked_back_and_nothing_to_learn_from(resident: Resident) -> None:
    await resident.say("要什么材料")
    await resident.say("办高龄补贴")
    assert await lessons(resident) == []
    assert await counted(resident.hall.database) == {Understanding.ASKED: 1, Understanding.UNDERSTOOD: 1}


async def test_messages_are_counted_by_what_came_of_them(resident: Resident) -> None:
    for text in ("您好", "办高龄补贴", "办补贴", "1", "呃呃什么", "今天天气"):
        await resident.say(text)
    assert await counted(resident.hall.database) == {
        Understanding.UNDERSTOOD: 2, Understanding.ASKED: 1, Understanding.MISSED: 1, Understanding.OUTSIDE: 1,
    }  # fmt: skip


async def test_of_personal_words_only_placeholders_are_kept(resident: Resident) -> None:
    await resident.say("我叫王秀英，住3幢501室，电话13812345678，那个钱")
    await resident.say("我生日19450308，那个钱")
    assert [row.text for row in await lessons(resident)] == [
        "我叫【姓名】,住【门牌号】【门牌号】,电话【手机号】,那个钱"
    ]


async def test_a_message_without_words_is_no_lesson(resident: Resident) -> None:
    await resident.say("？？？")
    assert await lessons(resident) == []


async def test_lessons_have_no_column_that_leads_to_a_resident_or_a_conversation() -> None:
    columns: Any = Lesson.__table__.columns
    assert {column.name for column in columns} == {
        "id", "text", "guessed", "how", "item_id", "intent", "week", "status", "created_at",
    }  # fmt: skip
    assert not Lesson.__table__.foreign_keys


async def test_deleting_ones_data_forgets_what_was_guessed(resident: Resident) -> None:
    await resident.say("那个老人家的钱")
    await resident.say("删除我的资料")
    await resident.tap("删掉")
    assert (await resident.state()).guess is None

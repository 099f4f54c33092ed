"""A clerk who has the bot begin an item's form tells what a sentence meant that the bot missed."""

from typing import Any

from sqlalchemy import select

from app.runtime import Runtime
from bot.conversation.lessons import How
from bot.conversation.models import Lesson
from tests.desk.at_desk import AtDesk
from tests.support.hall import Resident


async def _lessons(room: Runtime) -> list[tuple[str | None, str, str | None]]:
    async with room.database.session() as session:
        return [
            (row.text, row.how, row.item_id)
            for row in await session.scalars(select(Lesson).order_by(Lesson.created_at))
        ]


async def test_the_item_a_clerk_begins_is_what_was_meant(resident: Resident, come: Any, room: Runtime) -> None:
    desk: AtDesk = await come()
    await resident.say("腿脚那个证的事")
    await resident.say("人工")
    path = await desk.take()
    assert await _lessons(room) == [("腿脚那个证的事", How.MISSED, None)]
    await desk.done(f"{path}/begin", item_id="canji-zheng-shenling")
    await room.pipeline.settled(resident.conversation)
    assert await _lessons(room) == [("腿脚那个证的事", How.CLERK, "canji-zheng-shenling")]
    assert (await resident.state()).guess is None


async def test_a_clerk_who_gives_the_word_back_names_nothing(resident: Resident, come: Any, room: Runtime) -> None:
    desk: AtDesk = await come()
    await resident.say("腿脚那个证的事")
    await resident.say("人工")
    path = await desk.take()
    await desk.done(f"{path}/return", summary="已经说清楚了")
    await room.pipeline.settled(resident.conversation)
    assert await _lessons(room) == [("腿脚那个证的事", How.MISSED, None)]
    assert (await resident.state()).guess is None
    await resident.say("还有家里老人那档子事")
    assert (await _lessons(room))[1:] == [("还有家里老人那档子事", How.MISSED, None)]

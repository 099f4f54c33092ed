"""News reach the desks that look, and nobody else."""

import asyncio

from app.runtime import Runtime
from desk.hub import MOST_KEPT, Desk, News
from desk.models import Role
from desk.rights import DeskClerk
from tests.support.hall import Resident

WANG = DeskClerk("wang", "王敏", Role.CLERK, frozenset({"*"}))
LI = DeskClerk("li", "李静", Role.CLERK, frozenset({"*"}))
PATIENCE_S = 20.0


async def _next(desk: Desk, kind: str) -> News:
    """The next news of that kind."""
    async with asyncio.timeout(PATIENCE_S):
        while (news := await desk.news.get()).kind != kind:
            pass
    return news


async def _all(desk: Desk) -> list[str]:
    """The kinds of all news that are there."""
    return [desk.news.get_nowait().kind for _ in range(desk.news.qsize())]


async def test_what_a_resident_says_reaches_the_desk_that_looks_and_the_queue_of_all(
    resident: Resident, room: Runtime
) -> None:
    await resident.say("人工")
    with room.hub.open(WANG) as looking, room.hub.open(LI) as other:
        await room.hub.look_at("wang", 1, resident.conversation)
        await resident.say("有人吗")
        news = await _next(looking, "thread")
        assert news.entries[0].text == "有人吗"
        await _next(other, "queue")
        assert "thread" not in await _all(other)


async def test_what_was_said_before_the_desk_looked_is_no_news(resident: Resident, room: Runtime) -> None:
    await resident.say("人工")
    with room.hub.open(WANG) as looking:
        await room.hub.look_at("wang", 1, resident.conversation)
        await resident.say("还在吗")
        assert (await _next(looking, "thread")).entries[0].text == "还在吗"


async def test_talk_with_the_bot_alone_is_no_news_of_the_queue(resident: Resident, room: Runtime) -> None:
    with room.hub.open(WANG) as desk:
        await resident.say("谢谢")
        room.hub.queue_changed()
        await _next(desk, "queue")
        assert await _all(desk) == []


async def test_who_looks_and_who_types_is_seen_by_others_and_ends(resident: Resident, room: Runtime) -> None:
    await resident.say("人工")
    with room.hub.open(WANG) as mine:
        with room.hub.open(LI):
            await room.hub.look_at("li", 1, resident.conversation)
            assert room.hub.viewers() == {1: ["李静"]}
            assert (await _next(mine, "viewers")).names == ("李静",)
        assert (await _next(mine, "viewers")).names == ()
        await room.hub.look_at("wang", 1, resident.conversation)
        room.live.type(resident.conversation, "resident")
        assert (await _next(mine, "typing")).who == "resident"


async def test_a_desk_that_does_not_read_is_told_to_look_again() -> None:
    desk = Desk(WANG)
    for _ in range(MOST_KEPT + 1):
        desk.tell(News("thread", "x"))
    assert await _all(desk) == ["queue"]

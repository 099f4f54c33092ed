"""Nobody is forgotten: whose clerk is gone waits for another one."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from app.runtime import Runtime
from bot.conversation import handoffs
from bot.conversation.models import Handoff, OnDuty
from desk.watch import LEFT_ALONE, Watch, look_after
from records.base import now
from tests.desk.at_desk import AtDesk
from tests.support.hall import Resident


def _watch(room: Runtime) -> Watch:
    return Watch(room.database.session, room.pipeline, room.hub, lambda: room.catalog)


async def _unanswered_for(room: Runtime, resident: Resident, time: timedelta) -> None:
    async with room.database.session() as session:
        mine = update(Handoff).where(Handoff.conversation_id == resident.conversation)
        await session.execute(mine.values(unanswered_since=now() - time))
        await session.commit()


async def _desk_closed(room: Runtime, desk: AtDesk) -> None:
    """The page was closed two minutes ago."""
    async with room.database.session() as session:
        gone = update(OnDuty).where(OnDuty.clerk_id == desk.id)
        await session.execute(gone.values(seen_at=now() - timedelta(minutes=2)))
        await session.commit()


async def _handoff(room: Runtime, resident: Resident) -> Handoff:
    async with room.database.session() as session:
        found = await handoffs.open_of(session, resident.conversation)
    assert found is not None
    return found


async def test_who_was_left_without_an_answer_waits_for_another_clerk_and_is_told(
    resident: Resident, come: Any, room: Runtime
) -> None:
    first: AtDesk = await come("王敏")
    await resident.say("人工")
    await first.take()
    await resident.say("在吗")
    await resident.listen()
    second: AtDesk = await come("张伟")
    await _desk_closed(room, first)
    await _unanswered_for(room, resident, LEFT_ALONE + timedelta(seconds=5))
    assert await look_after(_watch(room)) == 1
    assert "正在帮您找另一位" in await resident.listen()
    handoff = await _handoff(room, resident)
    assert (handoff.stage, handoff.clerk_id, handoff.offered_to) == ("waiting", None, second.id)
    assert await look_after(_watch(room)) == 0, "once"


async def test_who_waits_for_a_clerk_that_is_there_is_left_in_peace(
    resident: Resident, come: Any, room: Runtime
) -> None:
    desk: AtDesk = await come()
    await resident.say("人工")
    await desk.take()
    await _unanswered_for(room, resident, timedelta(hours=1))
    assert await look_after(_watch(room)) == 0


async def test_who_was_offered_to_somebody_gone_is_offered_anew(resident: Resident, come: Any, room: Runtime) -> None:
    first: AtDesk = await come("王敏")
    await resident.say("人工")
    assert (await _handoff(room, resident)).offered_to == first.id
    second: AtDesk = await come("张伟")
    await first.done("/duty", on=False)
    await look_after(_watch(room))
    assert (await _handoff(room, resident)).offered_to == second.id

"""Items whose answers a clerk approves: nothing goes out before, everything goes out once."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from app.runtime import Runtime
from services_catalog.loader import Catalog
from tests.desk.at_desk import AtDesk
from tests.support.hall import Resident

ASKED = "残疾证要什么材料"
ITEM = "canji-zheng-shenling"


@pytest.fixture
def catalog(catalog: Catalog) -> Catalog:
    """The catalogue, with one item whose answers are approved."""
    strict = catalog.items[ITEM].model_copy(update={"replies_approved": True})
    return replace(catalog, items=MappingProxyType({**catalog.items, ITEM: strict}))


async def _held(desk: AtDesk) -> dict[str, Any]:
    (row,) = (await desk.get("/queue"))["held"]
    return dict(row)


async def test_an_answer_waits_for_approval_and_goes_out_as_it_was(
    resident: Resident, come: Any, room: Runtime
) -> None:
    desk: AtDesk = await come()
    said = await resident.say(ASKED)
    assert "工作人员看过再发给您" in said and "身份证" not in said
    row = await _held(desk)
    assert row["asked"] == ASKED
    await desk.done(f"/held/{row['id']}", decision="approve")
    await room.pipeline.settled(resident.conversation)
    assert await resident.listen() == "\n".join(row["bubbles"])
    assert "开始办理" in [choice.label for choice in resident.choices]
    assert (await desk.get("/queue"))["held"] == []
    again = await desk.send(f"/held/{row['id']}", decision="approve")
    assert again.status_code == 409, "decided once"


async def test_a_clerk_may_say_it_otherwise_or_that_a_person_knows_better(
    resident: Resident, come: Any, room: Runtime
) -> None:
    desk: AtDesk = await come()
    await resident.say(ASKED)
    await desk.done(f"/held/{(await _held(desk))['id']}", decision="change", text="请先来窗口看一下")
    await room.pipeline.settled(resident.conversation)
    assert await resident.listen() == "请先来窗口看一下"
    await resident.say(ASKED)
    await desk.done(f"/held/{(await _held(desk))['id']}", decision="drop")
    await room.pipeline.settled(resident.conversation)
    assert "跟工作人员直接说" in await resident.listen()
    assert "找人工" in [choice.label for choice in resident.choices]


async def test_what_is_no_answer_about_the_item_goes_out_at_once(resident: Resident, room: Runtime) -> None:
    await resident.say(ASKED)
    assert "不客气" in await resident.say("谢谢")

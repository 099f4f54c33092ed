"""The graph that the proof is made on is the conversation there is: it is walked through the real one, at random.

And what the graph takes for granted is shown: whoever is not understood is soon offered a person, at every question.
"""

import random
from pathlib import Path

import pytest

from actions.form_turn import REFUSALS_UNTIL_HELP
from app.proof.flow import Aside, Flow, Move, Place, Step
from bot.conversation.incoming import Incoming
from bot.conversation.ownership import Owner
from bot.conversation.state import APPLICATION_FORM
from cases.drafts import values_of
from cases.files import store_file
from records.database import Database
from services_catalog.loader import Catalog
from tests.support.form_filling import PNG, begin
from tests.support.hall import Resident, opened
from tests.support.scripted_engine import Means

SCRIPT = {
    "人工": Means("human"),
    "取消": Means("cancel"),
    "返回": Means("go_back"),
    "先存着": Means("later"),
    "接着上次的办": Means("resume"),
}
LONGEST_WALK = 45
WALKED = ("canji-zheng-shenling", "jubao-zhuxiao", "fuju-shipei", "yanglao-zige-renzheng")
PERSON_ASKED = "人工"
ENDS = ("确认提交", "不办了，删掉")


@pytest.mark.parametrize("item_id", WALKED)
@pytest.mark.parametrize("seed", [1, 2])
async def test_the_conversation_goes_where_the_graph_says(
    sqlite_database: Database, catalog: Catalog, tmp_path: Path, item_id: str, seed: int
) -> None:
    flow, dice = Flow(catalog, catalog.items[item_id]), random.Random(f"{item_id}:{seed}")
    script = SCRIPT | {
        "办": Means("apply", items={item_id: 0.97}),
        f"办{item_id}": Means("apply", items={item_id: 0.97}),
    }
    async with opened(sqlite_database, catalog, script, files_dir=tmp_path) as hall:
        resident = await hall.resident()
        await resident.say(f"办{item_id}")
        await resident.tap("同意，开始办")
        place = flow.start()
        await _stands(resident, flow, place)
        for _ in range(LONGEST_WALK):
            move = _chosen(flow, place, dice)
            if move is None:
                break
            await _say(resident, flow, place, move, tmp_path)
            place = move.to
            if place.is_over:
                break
            await _stands(resident, flow, place)


async def _stands(resident: Resident, flow: Flow, place: Place) -> None:
    """The real conversation stands where the graph's does."""
    state, row = await resident.state(), await resident.row()
    if place.aside == Aside.WAITING:
        assert row.owner == Owner.WAITING
        return
    assert row.owner != Owner.WAITING
    if place.step == Step.KEPT:
        assert state.loop is None
        return
    assert state.loop == APPLICATION_FORM
    [case] = [each for each in await resident.cases() if each.status == "draft"]
    assert state.step == place.step
    assert set(values_of(case)) == place.answered
    decided = {key: value for key, value in zip(flow.deciding, place.decided, strict=True) if value is not None}
    assert {key: values_of(case)[key] for key in decided} == decided
    assert place.step == Step.APPLICANT or (case.applicant_kind == "self") == (place.kind == "self")
    if place.misses >= REFUSALS_UNTIL_HELP and not place.aside:
        assert any(choice.value == "human" for choice in resident.choices)


def _chosen(flow: Flow, place: Place, dice: random.Random) -> Move | None:
    """What is said next: mostly an answer, so that the walk gets on."""
    moves = [move for move in flow.moves(place) if move.to.step != Step.CAMERA]
    answers = [move for move in moves if len(move.to.answered) > len(place.answered)]
    return dice.choice(answers if answers and dice.random() < 0.6 else moves) if moves else None


async def _say(resident: Resident, flow: Flow, place: Place, move: Move, folder: Path) -> None:
    if move.said == "（发来照片）":
        resident_id = (await resident.row()).resident_id
        async with resident.hall.database.session() as session:
            stored = await store_file(session, folder, resident_id, "照片.png", PNG)
            await session.commit()
        await resident.send(Incoming(file_id=stored.id, file_name="照片.png"))
    else:
        await resident.say(move.said)


@pytest.mark.parametrize(
    ("item_id", "until"),
    [("canji-zheng-shenling", "applicant"), ("gaoling-jintie", "id_number"), ("yanglao-zige-renzheng", "confirm")],
)
async def test_whoever_is_not_understood_twice_is_offered_a_person_at_every_kind_of_question(
    sqlite_database: Database, catalog: Catalog, tmp_path: Path, item_id: str, until: str
) -> None:
    flow = Flow(catalog, catalog.items[item_id])
    async with opened(
        sqlite_database, catalog, {f"办{item_id}": Means("apply", items={item_id: 0.97})}, files_dir=tmp_path
    ) as hall:
        resident = await hall.resident()
        if until == "applicant":
            await resident.say(f"办{item_id}")
            await resident.tap("同意，开始办")
        else:
            await begin(resident, f"办{item_id}")
        place = flow.start()
        while (step := (await resident.state()).step or "").rpartition(":")[2] != until:
            place = place._replace(step=step)
            answer = next(move for move in flow.moves(place) if len(move.to.answered) > len(place.answered))
            await _say(resident, flow, place, answer, tmp_path)
        for missed in range(1, REFUSALS_UNTIL_HELP + 1):
            await resident.say("啊啊啊啊")
            assert (await resident.state()).misses == missed
            assert (await resident.state()).step == step
        assert any(choice.value == "human" for choice in resident.choices)
        assert (await resident.cases())[0].number is None

"""What a clerk has the bot do, and what the resident sends for it."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select, update

from app.runtime import Runtime
from bot.conversation.incoming import Incoming
from bot.conversation.models import Handoff
from cases.files import store_file
from cases.models import StoredFile, WantedMaterial
from desk.models import DeskLog
from tests.cases.at_work import received
from tests.desk.at_desk import AtDesk
from tests.support.hall import Resident


def picture() -> bytes:
    """A picture without any text."""
    kept = BytesIO()
    Image.new("RGB", (64, 64), "white").save(kept, "JPEG")
    return kept.getvalue()


async def _send_photo(resident: Resident, room: Runtime) -> str:
    async with room.database.session() as session:
        row = await resident.row()
        stored = await store_file(session, room.office.files_dir, row.resident_id, "户口簿.jpg", picture())
        await session.commit()
    return await resident.send(Incoming(file_id=stored.id, file_name="户口簿.jpg"))


async def _collecting(resident: Resident, come: Any, room: Runtime) -> tuple[AtDesk, str]:
    """A clerk who had the bot ask for the household register, and where their handoff is."""
    desk: AtDesk = await come()
    await resident.say("人工")
    path = await desk.take()
    await resident.listen()
    await desk.done(f"{path}/collect", material="户口簿")
    await room.pipeline.settled(resident.conversation)
    assert "王敏还要看一下您的户口簿" in await resident.listen()
    assert resident.heard[-1].asks_file
    return desk, path


async def test_a_material_the_clerk_asks_for_is_fetched_by_the_bot_and_the_clerk_comes_back(
    resident: Resident, come: Any, room: Runtime
) -> None:
    desk, path = await _collecting(resident, come, room)
    said = await _send_photo(resident, room)
    assert "户口簿收到了" in said and "没看到什么字" in said and "交回给工作人员" in said
    (mine,) = (await desk.get("/queue"))["mine"]
    assert mine["stage"] == "taken" and mine["unanswered_since"] is not None
    packet = await desk.get(path)
    (sent,) = packet["files"]
    seen = await desk.browser.get(f"/desk/api/files/{sent['id']}")
    assert (seen.status_code, seen.content, seen.headers["x-content-type-options"]) == (200, picture(), "nosniff")


async def test_who_has_no_such_material_comes_back_to_the_clerk_by_a_word(
    resident: Resident, come: Any, room: Runtime
) -> None:
    await _collecting(resident, come, room)
    assert "交回给工作人员" in await resident.tap("没有这个，跟工作人员说")


async def test_who_would_rather_fill_the_form_later_comes_back_to_the_clerk(
    resident: Resident, come: Any, room: Runtime
) -> None:
    desk: AtDesk = await come()
    await resident.say("人工")
    path = await desk.take()
    await desk.done(f"{path}/begin", item_id="canji-zheng-shenling")
    await room.pipeline.settled(resident.conversation)
    assert "我来问，您来答" in await resident.listen()
    assert "交回给工作人员" in await resident.tap("先不办")
    (mine,) = (await desk.get("/queue"))["mine"]
    assert mine["stage"] == "taken"


async def test_identity_the_clerk_asks_to_be_proved_is_asked_for_and_the_clerk_comes_back(
    resident: Resident, come: Any, room: Runtime
) -> None:
    desk: AtDesk = await come()
    case_id = await _filed(resident, room, to_check=True)
    await resident.say("人工")
    path = await desk.take()
    assert (await desk.send(f"{path}/verify")).status_code == 409, "no case is known to be meant"
    async with room.database.session() as session:
        await session.execute(update(Handoff).values(case_id=case_id))
        await session.commit()
    await resident.listen()
    assert "verify" in (await desk.get(path))["may"]
    await desk.done(f"{path}/verify")
    await room.pipeline.settled(resident.conversation)
    said = await resident.listen()
    assert "请您先核对一下身份" in said and "有头像的那一面" in said
    assert "交回给工作人员" in await resident.tap("办的时候再给工作人员看")
    view = await desk.done(f"/cases/{case_id}/confirm_identity", seen="received", how="clerk")
    assert view["identity_told"] == "工作人员核对过"


async def test_a_question_while_the_bot_collects_is_answered_by_the_bot(
    resident: Resident, come: Any, room: Runtime
) -> None:
    desk, path = await _collecting(resident, come, room)
    assert "残疾" in await resident.say("残疾证要什么材料")
    refused = await desk.send(f"{path}/say", client_id="12345678-x", text="您好")
    assert refused.status_code == 409, "the bot has the word"


async def test_a_resident_hears_in_the_chat_what_became_of_the_case_and_supplies_what_is_missing_there(
    resident: Resident, come: Any, room: Runtime
) -> None:
    desk: AtDesk = await come()
    case_id = await _filed(resident, room)
    (row,) = (await desk.get("/queue"))["cases"]
    assert (row["id"], row["status_told"]) == (case_id, "已收件")
    view = await desk.get(f"/cases/{case_id}")
    assert {"take", "accept", "missing", "refuse"} <= {act["key"] for act in view["acts"]}
    wanted = {"seen": "received", "missing": ["户口簿", "近照"], "until": "2099-01-05", "words": "照片要白底"}
    view = await desk.done(f"/cases/{case_id}/missing", **wanted)
    assert (view["status"], view["missing"]) == ("supplement", ["户口簿", "近照"])
    told = await resident.listen()
    assert "户口簿" in told and "近照" in told
    notice = await desk.browser.get(view["notices"][0]["href"])
    assert notice.content.startswith(b"%PDF-")

    await _send_photo(resident, room)
    assert [choice.label for choice in resident.choices] == ["户口簿", "近照", "不是这些"]
    assert "还差：近照" in await resident.tap("户口簿")
    await _send_photo(resident, room)
    assert "都齐了" in await resident.tap("近照")
    (row,) = (await desk.get("/queue"))["cases"]
    assert row["supplement_complete"]
    view = await desk.done(f"/cases/{case_id}/accept", seen="supplement")
    assert view["status"] == "accepted" and view["due_on"] is not None
    assert "受理" in await resident.listen()
    history = [(line["who"], line["what"]) for line in view["history"]]
    assert ("王敏", "一次性告知补正") in history and ("王敏", "受理") in history
    async with room.database.session() as session:
        assert not [each for each in await session.scalars(select(WantedMaterial)) if each.is_open]
        assert len(list(await session.scalars(select(StoredFile).where(StoredFile.case_id == case_id)))) == 2


async def test_a_stale_page_is_told_where_the_case_stands_and_changes_nothing(
    resident: Resident, come: Any, room: Runtime
) -> None:
    first, second = await come("王敏"), await come("张伟")
    case_id = await _filed(resident, room)
    await first.done(f"/cases/{case_id}/accept", seen="received")
    late = await second.send(f"/cases/{case_id}/refuse", seen="received", why="不属于本街道")
    assert late.status_code == 409 and "受理" in late.json()["detail"]
    assert (await first.get(f"/cases/{case_id}"))["status"] == "accepted"


@pytest.mark.parametrize("act", ["nonsense", "missing", "decide"])
async def test_acts_that_make_no_sense_are_refused_with_a_sentence(
    resident: Resident, come: Any, room: Runtime, act: str
) -> None:
    desk: AtDesk = await come()
    case_id = await _filed(resident, room)
    refused = await desk.send(f"/cases/{case_id}/{act}", seen="received")
    assert 400 <= refused.status_code < 500 and not refused.json()["detail"].isascii()


async def test_many_cases_are_taken_at_once_and_each_says_what_became_of_it(
    resident: Resident, come: Any, room: Runtime
) -> None:
    first, second = await come("王敏"), await come("张伟")
    cases = [await _filed(resident, room) for _ in range(3)]
    await second.done(f"/cases/{cases[1]}/take", seen="received")
    results = await first.done("/cases/bulk", ids=cases, act="take")
    assert [result["done"] for result in results] == [True, False, True]
    assert results[1]["detail"]
    assert (await first.send("/cases/bulk", ids=cases, act="refuse")).status_code == 422


async def test_a_sensitive_answer_is_masked_until_it_is_asked_for_and_that_is_on_record(
    resident: Resident, come: Any, room: Runtime
) -> None:
    desk: AtDesk = await come()
    case_id = await _filed(resident, room)
    answers = {row["key"]: row for row in (await desk.get(f"/cases/{case_id}"))["answers"]}
    assert answers["phone"]["hidden"] and "****" in answers["phone"]["shown"]
    assert (await desk.done(f"/cases/{case_id}/reveal", key="phone"))["value"].replace(" ", "") == "13812345678"
    async with room.database.session() as session:
        seen = await session.scalars(select(DeskLog.note).where(DeskLog.act == "answer_seen"))
        assert list(seen) == ["phone"]


async def _filed(resident: Resident, room: Runtime, *, to_check: bool = False) -> str:
    """A filed case of the resident."""
    async with room.database.session() as session:
        case = await received(session, room.catalog)
        case.resident_id = (await resident.row()).resident_id
        case.identity_to_check = to_check
        await session.commit()
    return case.id

"""From 人工 to a clerk and back, through the desk's requests."""

from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from app.runtime import Runtime
from bot.conversation import handoffs
from bot.conversation.models import Conversation, Handoff
from desk.models import DeskLog, Role
from tests.desk.staff import browser_of
from tests.support.hall import Resident

ITEM = "残疾证要什么材料"


async def test_from_the_wish_for_a_person_to_the_rating(resident: Resident, come: Any, room: Runtime) -> None:
    desk = await come()
    await resident.say(ITEM)
    assert "下一位就是您" in await resident.say("人工")
    row = await desk.waiting()
    assert (row["item"], row["for_me"], row["reason"]) == ("残疾证", True, "居民要人工")

    packet = await desk.done(f"/handoffs/{row['id']}/claim")
    assert [entry["text"] for entry in packet["thread"] if entry["speaker"] == "resident"] == [ITEM, "人工"]
    assert "王敏（示范街道）来了" in await resident.listen()

    assert await resident.say("我妈的证丢了怎么办") == "", "the clerk has the word, and the bot is silent"
    await desk.done(f"/handoffs/{row['id']}/say", client_id="12345678-a", text="可以补办，我帮您看")
    assert await resident.listen() == "可以补办，我帮您看"
    assert resident.heard[0].signed == "王敏"

    await desk.done(f"/handoffs/{row['id']}/close", words="办好了，再见")
    await room.pipeline.settled(resident.conversation)
    said = await resident.listen()
    assert "办好了，再见" in said and "办得怎么样" in said
    assert "谢谢" in await resident.tap("非常满意")
    async with room.database.session() as session:
        handoff = await handoffs.find(session, row["id"])
        assert handoff is not None
        assert (handoff.rating, handoff.outcome, handoff.clerk_id) == (5, "settled", desk.id)
        assert handoff.first_reply_at is not None
        assert (await session.get_one(Conversation, resident.conversation)).owner == "returned"
        acts = set(await session.scalars(select(DeskLog.act).where(DeskLog.subject_id == resident.conversation)))
    assert {"claimed", "packet_read", "settled"} <= acts
    assert "不客气" in await resident.say("谢谢"), "the bot answers again"


async def test_of_two_who_claim_one_wins_and_the_other_is_told_who(resident: Resident, come: Any) -> None:
    first, second = await come("王敏"), await come("张伟")
    await resident.say("人工")
    row = await first.waiting()
    await first.done(f"/handoffs/{row['id']}/claim")
    late = await second.send(f"/handoffs/{row['id']}/claim")
    assert (late.status_code, late.json()["detail"]) == (409, "王敏已经接了这位居民")


async def test_only_the_owner_may_send(resident: Resident, come: Any) -> None:
    first, second = await come("王敏"), await come("张伟")
    await resident.say("人工")
    row = await first.waiting()
    await first.done(f"/handoffs/{row['id']}/claim")
    await resident.listen()
    refused = await second.send(f"/handoffs/{row['id']}/say", client_id="12345678-b", text="你好")
    assert refused.status_code == 409
    assert await resident.listen() == ""


async def test_what_is_sent_again_after_a_lost_answer_is_said_once(resident: Resident, come: Any) -> None:
    desk = await come()
    await resident.say("人工")
    row = await desk.waiting()
    await desk.done(f"/handoffs/{row['id']}/claim")
    await resident.listen()
    first = await desk.done(f"/handoffs/{row['id']}/say", client_id="12345678-c", text="您好")
    again = await desk.done(f"/handoffs/{row['id']}/say", client_id="12345678-c", text="您好")
    assert first == again
    assert await resident.listen() == "您好"


async def test_a_conversation_passed_on_is_the_colleagues_with_the_note(resident: Resident, come: Any) -> None:
    first, second = await come("王敏"), await come("张伟")
    await resident.say("人工")
    row = await first.waiting()
    await first.done(f"/handoffs/{row['id']}/claim")
    await first.done(f"/handoffs/{row['id']}/transfer", clerk_id=second.id, note="要看评残结论")
    (mine,) = (await second.get("/queue"))["mine"]
    packet = await second.get(f"/handoffs/{mine['id']}")
    assert [note["text"] for note in packet["notes"]] == ["要看评残结论"]
    assert "接下来换张伟" in await resident.listen()
    assert (await first.send(f"/handoffs/{row['id']}/say", client_id="12345678-d", text="x")).status_code == 409


async def test_a_supervisor_takes_over_and_a_clerk_may_not(resident: Resident, come: Any) -> None:
    first, second, chief = await come("王敏"), await come("张伟"), await come("李静", role=Role.SUPERVISOR)
    await resident.say("人工")
    row = await first.waiting()
    await first.done(f"/handoffs/{row['id']}/claim")
    assert (await second.send(f"/handoffs/{row['id']}/takeover")).status_code == 403
    await chief.done(f"/handoffs/{row['id']}/takeover")
    assert (await first.send(f"/handoffs/{row['id']}/say", client_id="12345678-e", text="x")).status_code == 409


async def test_the_bot_goes_on_with_what_the_clerk_leaves_it(resident: Resident, come: Any, room: Runtime) -> None:
    desk = await come()
    await resident.say("人工")
    row = await desk.waiting()
    await desk.done(f"/handoffs/{row['id']}/claim")
    await desk.done(f"/handoffs/{row['id']}/return", summary="材料齐的，直接填表就行")
    await room.pipeline.settled(resident.conversation)
    said = await resident.listen()
    assert "材料齐的，直接填表就行" in said and "接下来还是我帮您" in said


async def test_a_form_the_clerk_begins_comes_back_to_the_clerk(resident: Resident, come: Any, room: Runtime) -> None:
    desk = await come()
    await resident.say("人工")
    row = await desk.waiting()
    await desk.done(f"/handoffs/{row['id']}/claim")
    await desk.done(f"/handoffs/{row['id']}/begin", item_id="canji-zheng-shenling")
    await room.pipeline.settled(resident.conversation)
    assert "我来问，您来答" in await resident.listen()
    (mine,) = (await desk.get("/queue"))["mine"]
    assert mine["stage"] == "lent"
    await desk.done(f"/handoffs/{row['id']}/claim")
    (mine,) = (await desk.get("/queue"))["mine"]
    assert mine["stage"] == "taken", "the clerk may take back what was lent"


async def test_who_waits_while_nobody_is_there_can_have_a_call(resident: Resident, come: Any) -> None:
    assert "没有人" in await resident.say("人工") or "下班" in " ".join(b.text for b in resident.heard)
    assert "哪个电话" in await resident.tap("请给我打电话")
    assert "手机号是11位" in await resident.say("1381234567")
    assert "打电话给您" in await resident.say("13812345678")
    desk = await come()
    row = await desk.waiting()
    assert row["stage"] == "call"
    packet = await desk.done(f"/handoffs/{row['id']}/claim")
    assert packet["who"]["contact"] == "138****5678"


async def test_a_resident_whose_clerk_is_gone_waits_for_another(resident: Resident, come: Any, room: Runtime) -> None:
    first = await come("王敏")
    await resident.say("人工")
    row = await first.waiting()
    await first.done(f"/handoffs/{row['id']}/claim")
    await resident.listen()
    await first.done("/duty", on=False)
    assert "再帮您找一位" in await resident.say("还在吗")
    second = await come("张伟")
    assert (await second.waiting())["id"] == row["id"]


@pytest.mark.parametrize("path", ["", "/claim", "/say", "/release", "/thread?before=2026-01-01T00:00:00Z"])
async def test_what_is_restricted_is_hidden_from_others(
    resident: Resident, come: Any, room: Runtime, path: str
) -> None:
    desk = await come(windows=("chuangkou-2",))
    await resident.say("人工")
    async with room.database.session() as session:
        handoff = (await session.scalars(select(Handoff))).one()
        handoff.window, handoff.department = "chuangkou-1", "minzheng"
        await session.commit()
    assert (await desk.get("/queue"))["waiting"] == []
    method = "GET" if path in ("", "/thread?before=2026-01-01T00:00:00Z") else "POST"
    body = {"client_id": "12345678-f", "text": "x"} if path == "/say" else {}
    answer = await desk.browser.request(method, f"/desk/api/handoffs/1{path}", json=body, headers={"X-CSRF": desk.csrf})
    assert answer.status_code == 404


async def test_nobody_reads_the_queue_without_signing_in(app: FastAPI) -> None:
    async with browser_of(app) as stranger:
        assert (await stranger.get("/desk/api/queue")).status_code == 401
        assert (await stranger.post("/desk/api/handoffs/1/claim", json={})).status_code == 401

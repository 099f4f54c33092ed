"""The routes of video calls: who may be in one, what is told to whom, and no error of ours whatever is sent."""

import asyncio
import io
import json
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import select, update

from app.runtime import Runtime
from bot.conversation import handoffs
from bot.conversation.models import Conversation, Handoff, OutboxMessage
from cases import drafts
from cases.files import read_file
from cases.models import StoredFile
from desk import sessions
from desk.video import calls
from desk.video.calls import EndedBy
from desk.video.models import VideoCall, VideoConfirmation
from desk.video.room import POSTS_A_SECOND
from records.base import now
from records.encryption import blind_index
from tests.desk.staff import FIREFOX, employed
from tests.desk.video_hall import VIDEO_ITEM, taken_in
from tests.web.conftest import Visit

C, R = "c" * 32, "a" * 32
"""What the clerk's and the resident's page call themselves."""


@dataclass
class Call:
    """A call that a clerk has begun, with both browsers."""

    room: Runtime
    id: str
    handoff_id: int
    link: str
    resident: httpx.AsyncClient
    clerk: httpx.AsyncClient

    @property
    def desk(self) -> str:
        return f"/desk/video/{self.id}"

    async def join(self) -> None:
        (await self.resident.post(f"{self.link}/join", json={"agreed": True})).raise_for_status()

    async def ask(self, kind: str = "statement", words: str = "您确认是本人吗？") -> int:
        answer = await self.clerk.post(f"{self.desk}/ask", json={"kind": kind, "words": words})
        return int(answer.raise_for_status().json()["id"])

    async def ended_by(self) -> str | None:
        async with self.room.database.session() as session:
            return (await session.get_one(VideoCall, self.id)).ended_by

    async def thread(self) -> list[str]:
        async with self.room.database.session() as session:
            rows = await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
            return [f"{row.speaker}: {row.body['text']}" for row in rows]


async def _signed_in(room: Runtime, visit: Visit, login: str, name: str) -> tuple[httpx.AsyncClient, str]:
    account = await employed(room.database.session, login, name=name, password=None)
    async with room.database.session() as session:
        token = await sessions.begin(session, account, FIREFOX, None)
        await session.commit()
    browser = visit("192.0.2.50")
    browser.headers.update({"User-Agent": FIREFOX, "X-CSRF": blind_index(token, "desk csrf")})
    browser.cookies.set("onecall_desk", token)
    return browser, account.id


@pytest.fixture
async def call(room: Runtime, visit: Visit, browser: httpx.AsyncClient) -> Call:
    """A call to the resident of `browser`, whose link was given."""
    clerk, clerk_id = await _signed_in(room, visit, "wangmin", "王敏")
    async with room.database.session() as session:
        (conversation,) = await session.scalars(select(Conversation))
        case = await drafts.open_draft(session, conversation.resident_id, VIDEO_ITEM)
        await session.commit()
        handoff = await taken_in(session, conversation, clerk_id, case_id=case.id)
        signed_in = await sessions.find(session, clerk.cookies["onecall_desk"], FIREFOX)
        assert signed_in is not None
        begun, token = await calls.begin(session, handoff, signed_in.clerk, room.catalog)
        await session.commit()
    return Call(room, begun.id, handoff.id, f"/video/{token}", browser, clerk)


def _jpeg(size: tuple[int, int] = (640, 400), kind: str = "JPEG") -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, (90, 120, 140)).save(content, kind)
    return content.getvalue()


def _still(content: bytes) -> dict[str, Any]:
    return {"still": ("still.jpg", content, "image/jpeg")}


async def test_the_page_says_who_calls_for_what_and_which_other_ways_there_are(call: Call) -> None:
    page = await call.resident.get(call.link)
    assert page.status_code == 200
    for words in ("王敏", "养老保险待遇资格认证", "15 分钟", "不录像，不录音", "在聊天里说一声"):
        assert words in page.text
    assert page.headers["cache-control"] == "no-store"
    for answer in (page, await call.clerk.get(call.desk)):
        assert answer.status_code == 200
        assert answer.headers["permissions-policy"] == "geolocation=(), camera=(self), microphone=(self)"
    assert "microphone=()" in (await call.resident.get("/")).headers["permissions-policy"]


async def test_the_link_is_for_the_one_browser_that_agrees(call: Call, visit: Visit) -> None:
    stranger = visit("192.0.2.9")
    assert (await stranger.post(f"{call.link}/join", json={"agreed": False})).status_code == 400
    await call.join()
    await call.join()
    for path in ("join", "hang-up", "decline", "signal", "answers/1"):
        body = {"join": {"agreed": True}, "signal": {"page": R, "to": C}, "answers/1": {"confirmed": True}}.get(path)
        answer = await stranger.post(f"{call.link}/{path}", json=body)
        assert (answer.status_code, "另一台手机" in answer.text) == (403, True), path
    assert (await stranger.get(call.link)).status_code == 403
    assert (await stranger.get(f"{call.link}/events?page={R}")).status_code == 403
    assert "视频还没有挂断" in (await call.resident.get(call.link)).text
    assert await call.ended_by() is None


async def test_before_agreeing_nothing_can_be_sent_and_nothing_is_heard(call: Call) -> None:
    number = await call.ask()
    for path, body in (("signal", {"page": R, "to": C}), (f"answers/{number}", {"confirmed": True}), ("hang-up", {})):
        assert (await call.resident.post(f"{call.link}/{path}", json=body)).status_code == 400
    assert (await call.resident.get(f"{call.link}/events?page={R}")).status_code == 400


async def test_a_link_that_is_over_and_one_that_never_was_are_told_kindly(call: Call) -> None:
    forged = await call.resident.get("/video/forged")
    assert (forged.status_code, "没有这个链接" in forged.text) == (404, True)
    async with call.room.database.session() as session:
        await session.execute(update(VideoCall).values(expires_at=now()))
        await session.commit()
    expired = await call.resident.get(call.link)
    assert (expired.status_code, "过了时间" in expired.text, "0571-88888888" in expired.text) == (410, True, True)
    assert (await call.resident.post(f"{call.link}/join", json={"agreed": True})).status_code == 410
    assert (await call.clerk.post(f"{call.desk}/join")).status_code == 410


async def test_who_would_rather_not_is_asked_no_more(call: Call) -> None:
    assert (await call.resident.post(f"{call.link}/decline")).status_code == 200
    assert await call.ended_by() == EndedBy.DECLINED
    assert (await call.resident.get(call.link)).status_code == 410
    assert 'data-over="declined"' in (await call.clerk.get(call.desk)).text


async def test_both_hear_each_other_and_what_is_asked_and_answered_until_one_hangs_up(call: Call) -> None:
    await call.join()
    assert (await call.clerk.post(f"{call.desk}/join")).json() == {"ice": []}
    heard_by_clerk = asyncio.create_task(call.clerk.get(f"{call.desk}/events?page={C}"))
    heard_by_resident = asyncio.create_task(call.resident.get(f"{call.link}/events?page={R}"))
    offer = {"page": C, "to": R, "description": {"type": "offer", "sdp": "v=0"}}
    for _ in range(100):  # until both pages are there
        if (await call.clerk.post(f"{call.desk}/signal", json=offer)).status_code == 202:
            break
        await asyncio.sleep(0.06)
    way = {"page": R, "to": C, "candidates": [{"candidate": "candidate:1 1 udp 1 x.local 9 typ host", "sdpMid": "0"}]}
    assert (await call.resident.post(f"{call.link}/signal", json=way)).status_code == 202
    gone = {"page": R, "to": "b" * 32, "candidates": []}
    assert (await call.resident.post(f"{call.link}/signal", json=gone)).status_code == 409
    number = await call.ask(words="您确认自愿认证吗？")
    assert (await call.resident.post(f"{call.link}/answers/{number}", json={"confirmed": True})).status_code == 200
    again = await call.resident.post(f"{call.link}/answers/{number}", json={"confirmed": False})
    assert (again.status_code, "不用回答" in again.text) == (409, True)
    assert (await call.resident.post(f"{call.link}/hang-up")).status_code == 200

    for answer, signal in ((await heard_by_clerk, way), (await heard_by_resident, offer)):
        events = _events(answer.text)
        told = {"from": signal["page"], **{key: signal[key] for key in ("description", "candidates") if key in signal}}
        told.setdefault("candidates", [])
        signals = [body for name, body in events if name == "signal"]
        assert _without_nothing(signals[-1]) == _without_nothing(told)
        standings = [body for name, body in events if name == "standing"]
        assert standings[-1]["status"] == "over"
        assert standings[-1]["ended_by"] == "resident"
        (asked,) = standings[-1]["asked"]
        assert (asked["asked"], asked["answer"], asked["answer_told"]) == ("您确认自愿认证吗？", "confirmed", "确认")
    assert await call.thread() == ["system: 视频里，工作人员王敏问：“您确认自愿认证吗？”您回答：确认。"]
    async with call.room.database.session() as session:
        (kept,) = await session.scalars(select(VideoConfirmation))
        assert (kept.asked, kept.answer, kept.at is not None) == ("您确认自愿认证吗？", "confirmed", True)


def _events(stream: str) -> list[tuple[str, dict[str, Any]]]:
    events = []
    for block in stream.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "event" in lines:
            events.append((lines["event"], json.loads(lines["data"])))
    return events


def _without_nothing(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if value}


async def test_a_still_is_kept_with_the_case_only_when_it_was_asked_for_and_sent(call: Call) -> None:
    await call.join()
    assert (await call.resident.post(f"{call.link}/stills/1", files=_still(_jpeg()))).status_code == 409
    refused = await call.ask("still")
    assert (await call.resident.post(f"{call.link}/answers/{refused}", json={"confirmed": False})).status_code == 200
    assert (await call.resident.post(f"{call.link}/stills/{refused}", files=_still(_jpeg()))).status_code == 409
    asked = await call.ask("still")
    yes = await call.resident.post(f"{call.link}/answers/{asked}", json={"confirmed": True})
    assert yes.status_code == 400, "agreeing is sending it"
    assert (await call.resident.post(f"{call.link}/stills/{asked}", files=_still(_jpeg()))).status_code == 200
    async with call.room.database.session() as session:
        (stored,) = await session.scalars(select(StoredFile))
        handoff = await session.get_one(Handoff, call.handoff_id)
        assert (stored.case_id, stored.media_type) == (handoff.case_id, "image/jpeg")
        content = await read_file(session, call.room.office.files_dir, stored.resident_id, stored.id)
        assert content == _jpeg()
        answers = await session.scalars(select(VideoConfirmation).order_by(VideoConfirmation.id))
        assert [(each.answer, each.file_id) for each in answers] == [("denied", None), ("confirmed", stored.id)]
    assert [line.partition("：")[0] for line in await call.thread()] == [
        "system: 视频里，您没有同意拍身份证照片，什么都没有发。",
        "system: 视频里，您同意拍一张身份证照片，已经发给工作人员王敏。",
    ]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"MZ\x90\x00 a program named as a picture", 400),
        (b"", 400),
        (b"\xff\xd8\xff no picture after all", 400),
        (_jpeg(kind="PNG"), 400),
        (b"\xff\xd8\xff" + b"x" * (2 * 1024 * 1024), 413),
        (b"\xff\xd8\xff" + b"x" * (13 * 1024 * 1024), 413),
    ],
)
async def test_a_still_that_is_no_photograph_or_too_large_is_refused(call: Call, content: bytes, status: int) -> None:
    await call.join()
    number = await call.ask("still")
    answer = await call.resident.post(f"{call.link}/stills/{number}", files=_still(content))
    assert (answer.status_code, answer.json()["detail"].isascii()) == (status, False)
    folder = call.room.office.files_dir
    assert not folder.exists() or list(folder.iterdir()) == []


async def test_what_does_not_come_from_our_pages_is_refused(call: Call) -> None:
    await call.join()
    for header in ({"Origin": "https://evil.cn"}, {"Sec-Fetch-Site": "cross-site"}):
        for path, body in (("join", {"agreed": True}), ("hang-up", {}), ("signal", {"page": R, "to": C})):
            assert (await call.resident.post(f"{call.link}/{path}", json=body, headers=header)).status_code == 403
            assert (await call.clerk.post(f"{call.desk}/{path}", json=body, headers=header)).status_code == 403
    for path in ("join", "hang-up", "ask", "withdraw", "signal"):
        assert (await call.clerk.post(f"{call.desk}/{path}", headers={"X-CSRF": "forged"})).status_code == 403
    assert await call.ended_by() is None


async def test_a_colleague_and_whoever_is_not_signed_in_get_nowhere(call: Call, visit: Visit) -> None:
    colleague, _ = await _signed_in(call.room, visit, "liqiang", "李强")
    page = await colleague.get(call.desk)
    assert (page.status_code, "没有这次视频" in page.text) == (404, True)
    for path in ("join", "hang-up", "withdraw"):
        assert (await colleague.post(f"{call.desk}/{path}")).status_code == 404
    assert (await colleague.get(f"{call.desk}/events?page={C}")).status_code == 404
    stranger = visit("192.0.2.9")
    assert (await stranger.get(call.desk)).status_code == 303
    assert (await stranger.post(f"{call.desk}/hang-up")).status_code == 401
    assert await call.ended_by() is None


async def test_when_the_clerk_passes_the_conversation_on_the_call_is_over_for_both(call: Call) -> None:
    await call.join()
    async with call.room.database.session() as session:
        handoff = await session.get_one(Handoff, call.handoff_id)
        await handoffs.release(session, handoff, handoff.clerk_id or "")
        await session.commit()
    heard = _events((await call.clerk.get(f"{call.desk}/events?page={C}")).text)
    assert heard[-1][1]["ended_by"] == "passed_on"
    assert await call.ended_by() == EndedBy.PASSED_ON
    assert (await call.resident.post(f"{call.link}/hang-up")).status_code == 410


async def test_a_flood_is_slowed_down_on_each_side_by_itself(call: Call) -> None:
    await call.join()
    signal = {"page": R, "to": C}
    sent = [call.resident.post(f"{call.link}/signal", json=signal) for _ in range(POSTS_A_SECOND + 10)]
    statuses = [answer.status_code for answer in await asyncio.gather(*sent)]
    assert 429 in statuses
    assert (await call.clerk.post(f"{call.desk}/join")).status_code == 200


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"page": R, "to": C, "description": {"type": "offer", "sdp": "x" * 40_000}}, 400),
        ({"page": R, "to": C, "description": {"type": "offer", "sdp": "x" * 32_700}}, 413),
        ({"page": R, "to": C, "candidates": [{"candidate": "x"}] * 51}, 400),
        ({"page": R, "to": C, "candidates": [{"candidate": "x" * 2_000}]}, 400),
        ({"page": R, "to": C, "kind": "something else"}, 400),
        ({"page": "../..", "to": C}, 400),
        ({"page": R, "to": C, "description": {"type": "offer", "sdp": "x" * 70_000}}, 413),
    ],
)
async def test_signals_are_small_and_of_known_kinds(call: Call, sent: dict[str, Any], status: int) -> None:
    await call.join()
    answer = await call.resident.post(f"{call.link}/signal", json=sent)
    assert (answer.status_code, answer.json()["detail"].isascii()) == (status, False)


async def test_what_is_asked_is_neither_empty_nor_long_and_is_taken_back(call: Call) -> None:
    await call.join()
    for words in ("", " \n ", "长" * 201):
        answer = await call.clerk.post(f"{call.desk}/ask", json={"kind": "statement", "words": words})
        assert (answer.status_code, answer.json()["detail"].isascii()) == (422, False)
    number = await call.ask()
    assert (await call.clerk.post(f"{call.desk}/withdraw")).status_code == 200
    late = await call.resident.post(f"{call.link}/answers/{number}", json={"confirmed": True})
    assert (late.status_code, "收回" in late.text) == (409, True)


@given(
    path=st.sampled_from(["join", "decline", "signal", "answers/1", "answers/x", "stills/1", "events", "nothing", ""]),
    method=st.sampled_from(["GET", "POST", "PUT"]),
    body=st.one_of(st.binary(max_size=60), st.sampled_from([b"{}", b"[]", b'{"agreed": 1}', b'{"confirmed": null}'])),
    kind=st.sampled_from(["application/json", "multipart/form-data; boundary=x", "text/plain", "nonsense"]),
    cookie=st.text(st.characters(codec="ascii", categories=["L", "N"]), max_size=80),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
async def test_nothing_a_stranger_sends_is_answered_with_an_error_of_ours(
    call: Call, visit: Visit, path: str, method: str, body: bytes, kind: str, cookie: str
) -> None:
    for start in (call.link, "/video/forged", call.desk, "/desk/video/forged"):
        headers = {"content-type": kind, "cookie": f"onecall_video={cookie}; onecall_desk={cookie}"}
        answer = await visit("192.0.2.9").request(method, f"{start}/{path}", content=body, headers=headers)
        assert answer.status_code < 500

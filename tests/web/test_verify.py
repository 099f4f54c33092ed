"""The capture page's routes: no answer is an error of ours, whatever a stranger posts."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.fakes.identity import FakeIdentityService
from app.runtime import Runtime
from bot.conversation.models import Conversation
from kyc import checks
from kyc.checks import Subject
from kyc.liveness.challenge import drawn
from kyc.liveness.judging import MOST_FRAMES
from kyc.models import FaceConsent, FaceTemplate, IdentityCheck
from kyc.references import HttpReferenceSource
from records.base import now
from tests.support.people import ID_NUMBER, NAME, draft_of
from tests.support.photographs import photograph
from tests.web.conftest import Visit


@pytest.fixture
async def link(room: Runtime, browser: httpx.AsyncClient) -> str:
    """A path to the camera for the conversation of the browser."""
    async with room.database.session() as session:
        (conversation,) = await session.scalars(select(Conversation))
        subject = Subject(
            conversation.resident_id, conversation.id, "self", "x", "您本人（王**）", "gaoling-renzheng", None
        )
        token = await checks.begin_before_camera(session, subject)
        await session.commit()
    return f"/verify/{token}"


async def _agreed(browser: httpx.AsyncClient, link: str) -> dict[str, Any]:
    answer = await browser.post(f"{link}/consent", json={"agreed": True})
    assert answer.status_code == 200, answer.text
    challenge: dict[str, Any] = answer.json()["challenge"]
    return challenge


def _frames(count: int, content: bytes = b"\xff\xd8\xff") -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("frame", (f"{number}.jpg", content, "image/jpeg")) for number in range(count)]


def _steps(count: int) -> str:
    return json.dumps([{"action": "look", "at_ms": number * 166} for number in range(count)])


async def test_the_page_tells_whose_face_for_what_and_the_other_ways(browser: httpx.AsyncClient, link: str) -> None:
    page = await browser.get(link)
    assert page.status_code == 200
    for words in ("您本人（王**）", "高龄津贴（尊老金）资格年度认证", "到窗口核对", "400天", "删除刷脸数据"):
        assert words in page.text
    assert page.headers["cache-control"] == "no-store"
    assert (await browser.get("/verify-static/verify.js")).status_code == 200


async def test_without_consent_nothing_is_taken_and_with_it_it_is_on_record(
    room: Runtime, browser: httpx.AsyncClient, link: str
) -> None:
    assert (
        await browser.post(f"{link}/frames", data={"challenge": "x", "steps": "[]"}, files=_frames(1))
    ).status_code == 400
    assert (await browser.post(f"{link}/consent", json={"agreed": False})).status_code == 400
    await _agreed(browser, link)
    await _agreed(browser, link)
    async with room.database.session() as session:
        (consent,) = await session.scalars(select(FaceConsent))
        assert (consent.person, consent.by_guardian, consent.withdrawn_at) == ("self", False, None)


async def test_another_browser_is_sent_away(visit: Visit, browser: httpx.AsyncClient, link: str) -> None:
    await _agreed(browser, link)
    stranger = visit("192.0.2.9")
    for answer in (await stranger.get(link), await stranger.post(f"{link}/consent", json={"agreed": True})):
        assert answer.status_code == 403
        assert "另一台手机" in answer.text
    assert (await stranger.post(f"{link}/decline")).status_code == 403


async def test_frames_that_are_no_pictures_cost_no_try_and_give_another_challenge(
    room: Runtime, browser: httpx.AsyncClient, link: str
) -> None:
    challenge = await _agreed(browser, link)
    sent = {"challenge": challenge["id"], "steps": _steps(14)}
    answer = await browser.post(f"{link}/frames", data=sent, files=_frames(14, b"\x00\x00\x00\x18ftypmp42"))
    assert answer.status_code == 200
    assert answer.json()["result"] == "retry"
    assert answer.json()["challenge"]["id"] != challenge["id"]
    again = await browser.post(f"{link}/frames", data=sent, files=_frames(14))
    assert again.json() == answer.json(), "whoever lost the answer on the way gets it again"
    other = {**sent, "challenge": "0" * 32}
    assert (await browser.post(f"{link}/frames", data=other, files=_frames(14))).status_code == 410
    async with room.database.session() as session:
        assert [check.tries for check in await session.scalars(select(IdentityCheck))] == [0]


@pytest.mark.parametrize(
    ("steps", "frames", "status"),
    [
        ("[]", 1, 400),
        ("nonsense", 1, 400),
        ('[{"action": "dance", "at_ms": 1}]', 1, 400),
        ('[{"action": "look", "at_ms": "soon"}]', 1, 400),
        (_steps(2), 1, 400),
        (_steps(200), 200, 400),
        ("[" * 9000, 1, 400),
    ],
)
async def test_what_does_not_fit_together_is_refused(
    browser: httpx.AsyncClient, link: str, steps: str, frames: int, status: int
) -> None:
    challenge = await _agreed(browser, link)
    sent = {"challenge": challenge["id"], "steps": steps}
    answer = await browser.post(f"{link}/frames", data=sent, files=_frames(frames))
    assert answer.status_code == status
    assert not answer.json()["detail"].isascii()


async def test_frames_that_are_too_large_are_refused(browser: httpx.AsyncClient, link: str) -> None:
    challenge = await _agreed(browser, link)
    sent = {"challenge": challenge["id"], "steps": _steps(1)}
    answer = await browser.post(f"{link}/frames", data=sent, files=_frames(1, b"x" * 700_000))
    assert answer.status_code == 413


async def test_a_photograph_for_a_clerk_is_kept_and_what_is_none_is_refused(
    browser: httpx.AsyncClient, link: str
) -> None:
    await _agreed(browser, link)
    refused = await browser.post(f"{link}/photo", files={"photo": ("a.jpg", b"GIF89a", "image/jpeg")})
    assert (refused.status_code, "不是照片" in refused.json()["detail"]) == (400, True)
    answer = await browser.post(f"{link}/photo", files={"photo": ("a.jpg", photograph("biden"), "image/jpeg")})
    assert answer.json()["result"] == "review"
    assert (await browser.get(link)).status_code == 410


@given(
    path=st.sampled_from(["consent", "frames", "photo", "decline", "progress", "nothing"]),
    method=st.sampled_from(["GET", "POST", "PUT"]),
    body=st.binary(max_size=60),
    kind=st.sampled_from(["application/json", "multipart/form-data; boundary=x", "text/plain", "nonsense"]),
    cookie=st.text(st.characters(codec="ascii", categories=["L", "N"]), max_size=9),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
async def test_nothing_a_stranger_posts_is_answered_with_an_error_of_ours(
    browser: httpx.AsyncClient, link: str, path: str, method: str, body: bytes, kind: str, cookie: str
) -> None:
    for start in (link, "/verify/forged"):
        headers = {"content-type": kind, "cookie": f"onecall_verify={cookie}"}
        answer = await browser.request(method, f"{start}/{path}", content=body, headers=headers)
        assert answer.status_code < 500


async def test_the_challenge_tells_what_the_page_needs(browser: httpx.AsyncClient, link: str) -> None:
    challenge = await _agreed(browser, link)
    assert set(challenge) == {"id", "actions", "frames_per_second", "look_seconds", "seconds_per_action"}
    assert len(challenge["actions"]) == len(drawn().actions)
    assert MOST_FRAMES >= 58, "the page sends so many at most"


async def test_only_after_consent_the_city_is_asked_for_a_portrait_and_its_absence_is_said(
    room: Runtime, browser: httpx.AsyncClient
) -> None:
    async with FakeIdentityService({(NAME, ID_NUMBER): photograph("obama")}).serving() as city:
        source = HttpReferenceSource(city.url, city.token)
        room.examination.verifier.source = source
        async with room.database.session() as session:
            (conversation,) = await session.scalars(select(Conversation))
            case = await draft_of(session, "gaoling-renzheng", {"name": NAME, "id_number": ID_NUMBER})
            subject = Subject(case.resident_id, conversation.id, "self", "x", "您本人", case.item_id, case.id)
            token = await checks.begin_before_camera(session, subject)
            await session.commit()
        link = f"/verify/{token}"
        await browser.get(link)
        assert city.asked == []
        city.fails_with = 503
        away = await browser.post(f"{link}/consent", json={"agreed": True})
        assert (away.status_code, "身份服务" in away.json()["detail"]) == (503, True)
        city.fails_with = None
        await _agreed(browser, link)
        await source.close()
        async with room.database.session() as session:
            (template,) = await session.scalars(select(FaceTemplate))
            assert (template.source, template.resident_id) == ("city", subject.resident_id)
            assert template.expires_at <= now() + checks.LINK_VALID

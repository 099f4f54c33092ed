import httpx
from sqlalchemy import func, select

from app.runtime import Runtime
from bot.conversation.limits import line_of
from bot.conversation.models import Conversation
from kyc.models import Resident
from tests.web.conftest import Visit

INVENTED = "A" * 43


async def _residents(room: Runtime) -> tuple[int, int]:
    async with room.database.session() as session:
        residents = await session.scalar(select(func.count()).select_from(Resident))
        conversations = await session.scalar(select(func.count()).select_from(Conversation))
    return residents or 0, conversations or 0


async def test_an_invented_cookie_is_refused_and_opens_nothing(visit: Visit, room: Runtime) -> None:
    stranger = visit()
    stranger.cookies.set("onecall_chat", INVENTED)
    for answer in (
        await stranger.post("/chat/messages", json={"client_id": "invented-1", "text": "你好"}),
        await stranger.post("/chat/files", data={"client_id": "invented-2"}, files={"file": b"x"}),
        await stranger.get("/chat/events"),
    ):
        assert (answer.status_code, answer.json()) == (401, {"detail": "请刷新一下页面再试。"})
    assert await _residents(room) == (0, 0)


async def test_the_history_gives_a_cookie_of_ours_for_an_invented_one(visit: Visit, room: Runtime) -> None:
    given = set()
    for _ in range(2):
        stranger = visit()
        answer = await stranger.get("/chat/history", headers={"Cookie": f"onecall_chat={INVENTED}"})
        given.add(answer.cookies["onecall_chat"])
        assert answer.json()["messages"] == []
    assert len(given) == 2
    assert INVENTED not in given
    assert await _residents(room) == (2, 2)


async def test_whoever_comes_back_keeps_cookie_and_conversation(browser: httpx.AsyncClient, room: Runtime) -> None:
    cookie = browser.cookies["onecall_chat"]
    sent = await browser.post("/chat/messages", json={"client_id": "comes-back-1", "text": "谢谢"})
    assert sent.status_code == 202
    again = await browser.get("/chat/history")
    assert again.cookies["onecall_chat"] == cookie
    assert again.json()["messages"][0]["text"] == "谢谢"
    assert await _residents(room) == (1, 1)


async def test_one_address_opens_only_so_many_conversations_a_minute(visit: Visit, room: Runtime) -> None:
    known = visit("192.0.2.1")
    await known.get("/chat/history")
    answers = [await visit("192.0.2.1").get("/chat/history") for _ in range(121)]
    assert [answer.status_code for answer in answers] == [200] * 119 + [429] * 2
    assert "一分钟" in answers[-1].json()["detail"]
    assert (await known.get("/chat/history")).status_code == 200
    assert (await visit("192.0.2.2").get("/chat/history")).status_code == 200
    assert await _residents(room) == (121, 121)


def test_an_ipv6_line_counts_as_one_and_ipv4_addresses_each() -> None:
    assert line_of("2001:db8::1") == line_of("2001:db8::ffff:1:2:3") != line_of("2001:db8:0:1::1")
    assert line_of("fe80::1%eth0") == line_of("fe80::2")
    assert line_of("::ffff:192.0.2.1") != line_of("::ffff:192.0.2.2")
    assert line_of("192.0.2.1") != line_of("192.0.2.2")
    assert line_of("") == ""

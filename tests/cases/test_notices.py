"""What is told in writing: one message, one PDF, by a link only its holder knows."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from io import BytesIO

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from pypdf import PdfReader
from sqlalchemy import select

from bot.conversation.bubbles import Speaker
from bot.conversation.models import Conversation, OutboxMessage
from bot.conversation.people import conversation_of
from cases.accepting import accept, accept_with_deferred, notice_of_missing
from cases.deciding import decide, refuse, return_case, review
from cases.document import render_notice
from cases.links import VALID_S, application_link, notice_link, notice_of_link
from cases.notices import NoticeKind, Told, document_of, notices_of
from cases.routes import routes
from cases.states import Status
from cases.telling import Voice, tell, words_of
from cases.working import Act
from records.base import now
from records.database import Database
from services_catalog.loader import Catalog
from services_catalog.published import Published
from tests.cases.at_work import act, later, received
from tests.support.people import ID_NUMBER, NAME

KEY = b"k" * 32
VOICE = Voice("https://x.cn", KEY, frozenset({"wechat"}))
AWKWARD = "#strong[x] $1+1$ *粗* <标签> 户口簿"


def _text(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).replace("\n", "").replace(" ", "")


async def _returned(first: Act) -> Told:
    await notice_of_missing(first, ["户口簿"], "", later(7))
    return await return_case(replace(first, seen=Status.SUPPLEMENT), "说不办了")


@pytest.mark.parametrize(
    ("kind", "work", "parts"),
    [
        ("missing", lambda a: notice_of_missing(a, [AWKWARD, "近照"], "要白底", later(7)),
         ["一次性告知书", AWKWARD, "近照", "要白底", "2026年6月8日", "不计入办理时间", "作退件处理"]),
        ("accepted", accept, ["受理通知书", "已经受理", "2026年6月8日"]),
        ("deferred", lambda a: accept_with_deferred(a, [("本人银行卡或社保卡金融账户", later(3))]),
         ["容缺受理告知书", "本人银行卡或社保卡金融账户", "2026年6月4日", "作退件处理"]),
        ("refused", lambda a: refuse(a, "户籍不在本区"),
         ["不予受理通知书", "理由：户籍不在本区", "六十日内申请行政复议", "六个月内向人民法院起诉"]),
        ("returned", _returned, ["退件通知书", "理由：说不办了", "可以重新申请"]),
    ],
)  # fmt: skip
async def test_a_notice_says_all_that_the_message_says_and_hides_the_name(
    sqlite_database: Database, catalog: Catalog, kind: str, work: Callable[[Act], Awaitable[Told]], parts: list[str]
) -> None:
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        told = await work(act(session, catalog, case))
        assert told.notice is not None
        assert told.notice.kind == kind
        document = document_of(told.notice, case.number or "", "示范街道", "咨询：工作日 9:00-17:00")
        text = _text(render_notice(document))
        for part in [
            *parts,
            case.number or "",
            "高龄津贴",
            "王**",
            "李敏",
            "示范街道",
            "以窗口盖章件为准",
            "咨询：工作日",
        ]:
            assert part.replace(" ", "") in text
        assert NAME not in text
        assert ID_NUMBER not in text
        assert (case.number or "?") in told.text


async def test_a_denial_is_decided_in_writing_with_remedies(sqlite_database: Database, catalog: Catalog) -> None:
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        await accept(act(session, catalog, case))
        await review(act(session, catalog, case))
        told = await decide(act(session, catalog, case), False, "不到年龄")
        assert told.notice is not None
        text = _text(render_notice(document_of(told.notice, case.number or "", "示范街道", "")))
        for part in ("办理结果通知书", "不予批准", "理由：不到年龄", "六十日内申请行政复议"):
            assert part in text


async def test_a_notice_reads_the_same_whatever_happens_to_the_case_later(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        await notice_of_missing(act(session, catalog, case), ["户口簿"], "", later(7))
        await accept(act(session, catalog, case))
        await session.commit()
        made = {each.kind: each for each in await notices_of(session, case.id)}
        assert set(made) == {"receipt", "missing", "accepted"}
        assert made["missing"].body["materials"] == ["户口簿"]
        assert all(NoticeKind(kind).heading for kind in made)


async def test_the_link_opens_the_notice_for_whoever_holds_it_and_nobody_else(
    sqlite_database: Database, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        [receipt] = await notices_of(session, case.id)
    app = FastAPI()
    app.include_router(routes(sqlite_database.session, Published(catalog), KEY, "示范街道", "咨询处", "没有了"))
    link = notice_link("https://x.cn", KEY, receipt)
    async with AsyncClient(transport=ASGITransport(app), base_url="https://x.cn") as client:
        answer = await client.get(link)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "private, no-store"
        assert "收件凭证" in _text(answer.content)
        token = application_link("https://x.cn", KEY, case).rsplit("/", 1)[1]
        for stranger in (token, "x.pdf", "%00.pdf", link.rsplit("/", 1)[1][:-9] + ".pdf"):
            assert (await client.get(f"/cases/notice/{stranger}")).status_code == 404
    made = time.time()
    monkeypatch.setattr(time, "time", lambda: made + VALID_S + 60)
    assert notice_of_link(KEY, link.rsplit("/", 1)[1].removesuffix(".pdf")) is None


async def test_it_is_said_where_the_resident_spoke_last_and_not_in_a_thread_they_left(
    sqlite_database: Database, catalog: Catalog
) -> None:
    threads = [
        await conversation_of(sqlite_database.session, channel, channel) for channel in ("web", "wechat", "telegram")
    ]
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        for number, thread in enumerate(threads):
            conversation = await session.get_one(Conversation, thread)
            conversation.resident_id = case.resident_id
            conversation.last_turn_at = now().replace(year=2020 + number)
        (await session.get_one(Conversation, threads[2])).channel_user = "left x"
        await session.commit()
        told = await accept(act(session, catalog, case))
        spoken_in = await tell(session, VOICE, case, told)
        await session.commit()
        assert spoken_in is not None
        assert spoken_in.id == threads[1]
        [said] = await session.scalars(select(OutboxMessage))
        assert (said.conversation_id, said.speaker, said.undelivered) == (threads[1], Speaker.SYSTEM, True)
        assert said.body["text"] == told.text
        [link] = words_of(told, VOICE).links
        assert link.label == "下载受理通知书（PDF）"
        assert link.href.startswith("https://x.cn/cases/notice/")


async def test_whoever_left_every_channel_is_told_nothing(sqlite_database: Database, catalog: Catalog) -> None:
    async with sqlite_database.session() as session:
        case = await received(session, catalog)
        assert await tell(session, VOICE, case, Told("办好了")) is None

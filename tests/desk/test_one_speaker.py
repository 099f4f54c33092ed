"""Bot and clerk never both answer and never both stay silent, through any order of events, kills included."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.conversation import duty, handoffs
from bot.conversation.engine import EngineRequest
from bot.conversation.handoffs import Stage
from bot.conversation.incoming import Incoming
from bot.conversation.models import Conversation, Handoff, InboxMessage, OutboxMessage
from bot.conversation.ownership import Owner
from bot.conversation.people import conversation_of
from cases.telling import Voice
from desk import deeds
from desk.deeds import Refused
from desk.hub import Hub
from desk.models import Role
from desk.rights import DeskClerk
from desk.room import DeskRoom
from records.database import Database
from services_catalog.loader import Catalog
from services_catalog.published import Published
from tests.support.hall import OFFICE, Hall, opened
from tests.support.scripted_engine import Means

SCRIPT = {
    "人工": Means("human"),
    "谢谢": Means("thanks"),
    "残疾证要什么材料": Means("ask_materials", items={"canji-zheng-shenling": 0.98}),
}
SAID = ["人工", "谢谢", "不等了", "残疾证要什么材料", "请给我打电话", "13812345678", "在吗"]
WANG = DeskClerk("wang", "王敏", Role.CLERK, frozenset({"*"}))
LI = DeskClerk("li", "李静", Role.SUPERVISOR)
ACTS = [
    "claim", "release", "say", "collect", "begin", "give_back", "close", "to_li", "li_takes_over", "li_claims",
]  # fmt: skip

Event = tuple[str, str, str | None]
"""Who, what, and what a clerk does in the middle of it."""
clerk_act = st.sampled_from(ACTS)
event = st.one_of(
    st.tuples(st.just("resident"), st.sampled_from(SAID), st.none() | clerk_act),
    st.tuples(st.just("clerk"), clerk_act, st.none()),
    st.tuples(st.just("duty"), st.sampled_from(["come", "go"]), st.none()),
    st.tuples(st.just("kill"), st.just(""), st.none()),
)


@dataclass
class World:
    """One resident, two clerks, and processes that come and go on one database."""

    database: Database
    catalog: Catalog
    conversation: str
    hall: Hall
    stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    @property
    def room(self) -> DeskRoom:
        """The desk on the process that runs now."""
        live = self.hall.pipeline._live
        return DeskRoom(
            sessions=self.database.session,
            pipeline=self.hall.pipeline,
            live=live,
            hub=Hub(self.database.session, live),
            door=None,  # type: ignore[arg-type]
            office=OFFICE,
            published=Published(self.catalog),
            voice=Voice("", b"k" * 32),
            counts_for=timedelta(days=1),
            verifier=self.hall.verifier,
        )

    async def restart(self) -> None:
        """A kill, and a new process on the same database."""
        await self.stack.aclose()
        self.hall = await self.stack.enter_async_context(opened(self.database, self.catalog, SCRIPT))
        await self.hall.pipeline.recover()
        await self.hall.pipeline.settled(self.conversation)

    async def handoff(self) -> Handoff | None:
        """The open one."""
        async with self.database.session() as session:
            return await handoffs.open_of(session, self.conversation)

    async def act(self, name: str) -> bool:
        """A clerk tries something; False where it was refused."""
        async with self.database.session() as session:
            last = await session.scalar(
                select(func.max(Handoff.id)).where(Handoff.conversation_id == self.conversation)
            )
        number = last or 0
        doings: dict[str, Any] = {
            "claim": lambda: deeds.claim(self.room, WANG, number),
            "release": lambda: deeds.release(self.room, WANG, number),
            "say": lambda: deeds.say(self.room, WANG, number, "您好", uuid4().hex),
            "collect": lambda: deeds.lend(self.room, WANG, number, "collect", text="户口簿"),
            "begin": lambda: deeds.lend(self.room, WANG, number, "begin", item="canji-zheng-shenling"),
            "give_back": lambda: deeds.give_back(self.room, WANG, number, "好了"),
            "close": lambda: deeds.close(self.room, WANG, number, ""),
            "to_li": lambda: deeds.transfer(self.room, WANG, number, to="li", window=None, note=""),
            "li_takes_over": lambda: deeds.take_over(self.room, LI, number),
            "li_claims": lambda: deeds.claim(self.room, LI, number),
        }
        try:
            await doings[name]()
        except Refused:
            return False
        return True

    async def duty(self, which: str) -> None:
        """Both clerks come, or go."""
        async with self.database.session() as session:
            for clerk in (WANG, LI):
                if which == "come":
                    await duty.be_there(session, deeds.colleague_of(self.room, clerk))
                else:
                    await duty.leave(session, clerk.id)
            await session.commit()

    async def say(self, text: str, meanwhile: str | None) -> None:
        """The resident says something; a clerk may act while the engine thinks. Somebody has to answer for it."""
        pending = [] if meanwhile is None else [meanwhile]

        async def interfere(request: EngineRequest) -> None:
            if pending:
                await self.act(pending.pop())

        self.hall.engine.before = interfere
        name = uuid4().hex
        await self.hall.pipeline.receive(self.conversation, name, Incoming(text=text))
        await self.hall.pipeline.settled(self.conversation)
        self.hall.engine.before = None
        async with self.database.session() as session:
            row = (await session.scalars(select(InboxMessage).where(InboxMessage.client_id == name))).one()
            answers = await session.scalar(
                select(func.count()).where(OutboxMessage.inbox_id == row.id, OutboxMessage.speaker == "bot")
            )
            conversation = await session.get_one(Conversation, self.conversation)
            handoff = await handoffs.open_of(session, self.conversation)
        assert row.done_at is not None
        if not answers:
            assert conversation.owner == Owner.CLERK, f"nobody answers for {text}"
            assert handoff is not None and handoff.unanswered_since is not None

    async def check(self) -> None:
        """The stage of the handoff and the owner of the conversation say the same."""
        handoff = await self.handoff()
        async with self.database.session() as session:
            owner = Owner((await session.get_one(Conversation, self.conversation)).owner)
        if handoff is None:
            assert owner.is_bot
            return
        stage = Stage(handoff.stage)
        assert (stage.owner is owner) or (stage.owner.is_bot and owner.is_bot)
        assert (handoff.clerk_id is not None) == (stage in (Stage.TAKEN, Stage.LENT))


@contextlib.asynccontextmanager
async def world(database: Database, catalog: Catalog) -> AsyncIterator[World]:
    """A world with a new resident."""
    stack = contextlib.AsyncExitStack()
    hall = await stack.enter_async_context(opened(database, catalog, SCRIPT))
    conversation = await conversation_of(database.session, "web", uuid4().hex)
    made = World(database, catalog, conversation, hall, stack)
    await made.duty("come")
    try:
        yield made
    finally:
        await made.stack.aclose()


BEGINNINGS: list[list[Event]] = [
    [],
    [("resident", "人工", None)],
    [("resident", "人工", None), ("clerk", "claim", None)],
    [("resident", "人工", None), ("clerk", "claim", None), ("clerk", "collect", None)],
]
"""Where most stories lead to by themselves only after many that lead nowhere."""


@given(beginning=st.sampled_from(BEGINNINGS), events=st.lists(event, max_size=10))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_somebody_answers_and_only_one(
    sqlite_database: Database, catalog: Catalog, beginning: list[Event], events: list[Event]
) -> None:
    async with world(sqlite_database, catalog) as here:
        for kind, what, meanwhile in beginning + events:
            if kind == "resident":
                await here.say(what, meanwhile)
            elif kind == "clerk":
                before = await here.handoff()
                done = await here.act(what)
                if what == "say" and done:
                    assert before is not None and (before.stage, before.clerk_id) == (Stage.TAKEN, "wang")
            elif kind == "duty":
                await here.duty(what)
            else:
                await here.restart()
            await here.hall.pipeline.settled(here.conversation)
            await here.check()


async def test_a_clerk_who_claims_while_the_bot_is_coming_back_wins_or_loses_whole(
    sqlite_database: Database, catalog: Catalog
) -> None:
    async with world(sqlite_database, catalog) as here:
        await here.say("人工", None)
        await here.say("不等了", "claim")
        await here.check()
        handoff = await here.handoff()
        assert handoff is not None and handoff.stage == Stage.TAKEN
        assert handoff.unanswered_since is not None, "what the resident said waits for the clerk"

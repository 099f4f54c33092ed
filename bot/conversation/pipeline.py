"""inbox -> turn -> outbox: durable on both sides, one turn at a time per conversation, in order."""

import asyncio
import logging
from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.answering import Answering
from bot.conversation.bubbles import HUMAN, Bubble, Speaker
from bot.conversation.engine import EngineUnavailable
from bot.conversation.incoming import Incoming
from bot.conversation.live import Live
from bot.conversation.models import Conversation, InboxMessage, OutboxMessage
from bot.conversation.state import DialogueState
from bot.conversation.turn import Office, Turn
from bot.conversation.wording import phrase
from records.base import CHINA, new_id, now
from records.database import Sessions, rows_changed
from services_catalog.loader import Catalog

logger = logging.getLogger(__name__)


class TurnOvertaken(Exception):
    """The conversation's owner changed during the turn; it is undone and begun again under the new owner."""


OUTAGES = (EngineUnavailable, TurnOvertaken, OperationalError, InterfaceError, PoolTimeout, OSError)
"""What passes by itself: the turn is tried until it is over. Anything else is counted."""
MAX_ATTEMPTS = 3
LONGEST_PAUSE_S = 3.0


class Pipeline:
    """Takes messages in, runs their turns, and lets watchers know."""

    def __init__(
        self,
        sessions: Sessions,
        answering: Answering,
        live: Live,
        catalog: Callable[[], Catalog],
        office: Office,
        patience_s: float,
    ) -> None:
        self._sessions, self._answering, self._live = sessions, answering, live
        self._catalog, self._office = catalog, office
        self._patience_s = patience_s
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._woken: set[str] = set()

    async def receive(self, conversation_id: str, client_id: str, message: Incoming) -> int:
        """Commit a message to the inbox, then have it answered. The same `client_id` again changes nothing.

        Returns the inbox row's number.
        """
        async with self._sessions() as session:
            row = InboxMessage(conversation_id=conversation_id, client_id=client_id, body=message.stored())
            session.add(row)
            try:
                await session.commit()
            except IntegrityError:
                await session.rollback()
                number = await session.scalar(
                    select(InboxMessage.id).where(
                        InboxMessage.conversation_id == conversation_id, InboxMessage.client_id == client_id
                    )
                )
                if number is None:
                    raise
            else:
                number = row.id
        self._wake(conversation_id)
        return number

    async def recover(self) -> None:
        """Take up every message that a former process left unanswered."""
        async with self._sessions() as session:
            pending = select(InboxMessage.conversation_id).where(InboxMessage.done_at.is_(None)).distinct()
            for conversation_id in (await session.scalars(pending)).all():
                self._wake(conversation_id)

    async def settled(self, conversation_id: str) -> None:
        """Wait until the conversation has no turn under way."""
        while worker := self._workers.get(conversation_id):
            await asyncio.wait({worker})

    def is_working(self, conversation_id: str) -> bool:
        """Whether a turn of the conversation is under way."""
        return conversation_id in self._workers

    async def close(self) -> None:
        """Stop all turns. What was not committed is done again at the next start."""
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    def _wake(self, conversation_id: str) -> None:
        self._woken.add(conversation_id)
        if conversation_id not in self._workers:
            worker = asyncio.create_task(self._drain(conversation_id))
            self._workers[conversation_id] = worker
            self._live.publish(conversation_id)

    async def _drain(self, conversation_id: str) -> None:
        """Answer the conversation's messages until none is left; whatever goes wrong, go on after a pause."""
        try:
            while True:
                self._woken.discard(conversation_id)
                try:
                    number = await self._next_pending(conversation_id)
                    if number is not None:
                        await self._answer(number)
                    elif conversation_id not in self._woken:
                        return
                except Exception as error:
                    logger.error("conversation %s waits: %s", conversation_id, _origin(error))
                    await asyncio.sleep(LONGEST_PAUSE_S)
        finally:
            del self._workers[conversation_id]
            self._live.publish(conversation_id)

    async def _next_pending(self, conversation_id: str) -> int | None:
        pending = (
            select(InboxMessage.id)
            .where(InboxMessage.done_at.is_(None), InboxMessage.conversation_id == conversation_id)
            .order_by(InboxMessage.id)
            .limit(1)
        )
        async with self._sessions() as session:
            return await session.scalar(pending)

    async def _answer(self, number: int) -> None:
        """Run a message's turn until it is committed, telling the resident when it takes long."""
        watch = asyncio.create_task(self._tell_when_late(number))
        pause = 0.1
        try:
            while True:
                try:
                    await self._run(number)
                    return
                except OUTAGES as error:
                    logger.warning("turn of message %s waits: %s", number, type(error).__name__)
                except Exception as error:
                    logger.error("turn of message %s failed: %s", number, _origin(error))
                    if await self._give_up(number):
                        return
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)
        finally:
            watch.cancel()

    async def _run(self, number: int) -> None:
        async with self._sessions() as session:
            inbox = await session.get_one(InboxMessage, number)
            conversation = await session.get_one(Conversation, inbox.conversation_id)
            state = DialogueState.model_validate(conversation.state)
            turn = Turn(
                id=new_id(),
                session=session,
                conversation=conversation,
                state=state,
                catalog=self._catalog(),
                office=self._office,
                today=_today(),
                idle_hours=_hours_since(conversation.last_turn_at),
            )
            await self._answering.answer(turn, Incoming.model_validate(inbox.body))
            state.offered = next((b.choices for b in reversed(turn.bubbles) if b.choices), [])
            conversation.state = state.model_dump(mode="json", exclude_defaults=True)
            if not await _finish(session, number, conversation):
                return
            _post(session, conversation.id, number, turn.bubbles)
            await session.commit()
        self._live.publish(conversation.id)

    async def _tell_when_late(self, number: int) -> None:
        await asyncio.sleep(self._patience_s)
        async with self._sessions() as session:
            told = await session.execute(
                update(InboxMessage)
                .where(
                    InboxMessage.id == number,
                    InboxMessage.delay_told_at.is_(None),
                    InboxMessage.done_at.is_(None),
                )
                .values(delay_told_at=now())
                .returning(InboxMessage.conversation_id)
            )
            conversation_id = told.scalar_one_or_none()
            if conversation_id is None:
                return
            _post(session, conversation_id, number, [Bubble(text=phrase("utter_engine_late"))], Speaker.SYSTEM)
            await session.commit()
        self._live.publish(conversation_id)

    async def _give_up(self, number: int) -> bool:
        """Count a failed attempt; after the last one, apologise and offer a person. True when given up."""
        async with self._sessions() as session:
            inbox = await session.get_one(InboxMessage, number)
            inbox.attempts += 1
            given_up = inbox.attempts >= MAX_ATTEMPTS
            if given_up:
                inbox.done_at = now()
                sorry = Bubble(text=phrase("utter_turn_failed"), choices=[HUMAN])
                conversation = await session.get_one(Conversation, inbox.conversation_id)
                offered = [choice.model_dump() for choice in sorry.choices]
                conversation.state = {**conversation.state, "offered": offered}
                _post(session, inbox.conversation_id, number, [sorry], Speaker.BOT)
            await session.commit()
        if given_up:
            self._live.publish(inbox.conversation_id)
        return given_up


async def _finish(session: AsyncSession, number: int, conversation: Conversation) -> bool:
    """Claim the message as answered by this turn. False if another process answered it meanwhile.

    Raises TurnOvertaken when the word was passed to somebody else during the turn: bot and clerk never both speak.
    """
    answered = update(InboxMessage).where(InboxMessage.id == number, InboxMessage.done_at.is_(None))
    if await rows_changed(session, answered.values(done_at=now())) != 1:
        return False
    mine = update(Conversation).where(Conversation.id == conversation.id, Conversation.owner == conversation.owner)
    if await rows_changed(session, mine.values(last_turn_at=now())) != 1:
        raise TurnOvertaken
    return True


def _post(
    session: AsyncSession,
    conversation_id: str,
    inbox_id: int,
    bubbles: list[Bubble],
    speaker: Speaker = Speaker.BOT,
) -> None:
    session.add_all(
        OutboxMessage(
            conversation_id=conversation_id,
            inbox_id=inbox_id,
            speaker=speaker.value,
            body=bubble.model_dump(mode="json", exclude_defaults=True),
        )
        for bubble in bubbles
    )


def _today() -> date:
    return datetime.now(CHINA).date()


def _hours_since(moment: datetime | None) -> float:
    return 0.0 if moment is None else (now() - moment).total_seconds() / 3600


def _origin(error: BaseException) -> str:
    """Where an error arose, without its message, which may hold personal data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = "" if trace is None else f" at {trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
    return f"{type(error).__name__}{where}"

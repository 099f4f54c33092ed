"""inbox -> turn -> outbox: durable on both sides, one turn at a time per conversation, in order."""

import asyncio
import contextlib
import logging
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import drift, inbox, outbox
from bot.conversation.answering import Answering
from bot.conversation.bubbles import Bubble, Speaker, human
from bot.conversation.channel import TryLater, Window
from bot.conversation.courier import Courier
from bot.conversation.engine import EngineUnavailable
from bot.conversation.fetching import Fetching
from bot.conversation.folding import MOST_FOLDED, PATIENCE_S, burst, joined
from bot.conversation.inbox import Arrival, Receipt
from bot.conversation.incoming import Incoming
from bot.conversation.live import Live
from bot.conversation.models import Conversation, InboxMessage
from bot.conversation.state import DialogueState
from bot.conversation.turn import Office, Turn
from bot.conversation.wording import phrase
from cases.beginnings import begun_by
from kyc.verifier import Verifier
from records.base import CHINA, new_id, now
from records.database import DATABASE_OUTAGES, Sessions, rows_changed
from records.gathering import Gathering
from services_catalog.published import Published

logger = logging.getLogger(__name__)


class TurnOvertaken(Exception):
    """The conversation's owner changed during the turn; it is undone and begun again under the new owner."""


OUTAGES = (EngineUnavailable, TurnOvertaken, TryLater, *DATABASE_OUTAGES)
"""What passes by itself: the turn is tried until it is over. Anything else is counted."""
TURNS_AT_ONCE = 16
"""More would only share the same cores: who came first is answered first, and storing what comes in stays quick."""
MAX_ATTEMPTS = 3
LONGEST_PAUSE_S = 3.0
REMEMBERED = 10_000
"""How many answered messages are remembered, so that nobody waits for an answer that was given already."""


@dataclass(frozen=True)
class _Burst:
    """Messages that are answered in one turn, and what they say together. Behind the last one nothing waits yet."""

    conversation_id: str
    numbers: list[int]
    message: Incoming
    late_after_s: float
    is_last: bool


class Pipeline:
    """Takes messages in, runs their turns, and lets watchers and the courier know."""

    def __init__(
        self,
        sessions: Sessions,
        answering: Answering,
        fetching: Fetching,
        courier: Courier,
        live: Live,
        published: Published,
        office: Office,
        verifier: Verifier,
        patience_s: float,
    ) -> None:
        self._sessions, self._answering, self._live = sessions, answering, live
        self._fetching, self.courier = fetching, courier
        self._published, self._office, self._verifier = published, office, verifier
        self._patience_s = patience_s
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._woken: dict[str, asyncio.Event] = {}
        self._answered: OrderedDict[int, None] = OrderedDict()
        self._awaited: dict[int, asyncio.Event] = {}
        self._room = asyncio.Semaphore(TURNS_AT_ONCE)
        self._intake = Gathering[Arrival, Receipt](lambda arrivals: inbox.store(sessions, arrivals))

    async def receive(
        self, conversation_id: str, client_id: str, message: Incoming, opens: Window | None = None
    ) -> Receipt:
        """Commit a message to the inbox, then have it answered. The same `client_id` again changes nothing.

        `opens` is what the channel lets us send because of it.
        """
        receipt = await self._intake.do(Arrival(conversation_id, client_id, message, opens))
        self.wake(conversation_id)
        return receipt

    async def answered(self, receipt: Receipt) -> None:
        """Wait until the message's turn is committed."""
        if receipt.number in self._answered:
            return
        done = self._awaited.setdefault(receipt.number, asyncio.Event())
        try:
            if not (receipt.again and await inbox.is_done(self._sessions, receipt.number)):
                await done.wait()
        finally:
            self._awaited.pop(receipt.number, None)

    async def say(self, conversation_id: str, bubble: Bubble, speaker: Speaker = Speaker.BOT) -> None:
        """Say something outside any turn, and have it carried to the resident."""
        async with self._sessions() as session:
            conversation = await session.get_one(Conversation, conversation_id)
            outbox.post(session, conversation, None, [bubble], self.is_pushed(conversation), speaker)
            await session.commit()
        self.announce(conversation)

    async def recover(self) -> None:
        """Take up every message and every reply that a former process left."""
        await self.courier.recover()
        async with self._sessions() as session:
            for conversation_id in await inbox.conversations_waiting(session):
                self.wake(conversation_id)

    async def settled(self, conversation_id: str) -> None:
        """Wait until the conversation has no turn under way."""
        while worker := self._workers.get(conversation_id):
            await asyncio.wait({worker})

    def is_working(self, conversation_id: str) -> bool:
        """Whether a turn of the conversation is under way."""
        return conversation_id in self._workers

    async def close(self) -> None:
        """Stop all turns and deliveries. What was not committed is done again at the next start."""
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        await self.courier.close()

    def wake(self, conversation_id: str) -> None:
        """Have the conversation's messages answered: something was put into its inbox."""
        if conversation_id in self._workers:
            self._woken[conversation_id].set()
            return
        self._woken[conversation_id] = asyncio.Event()
        self._workers[conversation_id] = asyncio.create_task(self._drain(conversation_id))
        self._live.publish(conversation_id)

    async def _drain(self, conversation_id: str) -> None:
        """Answer the conversation's messages until none is left; whatever goes wrong, go on after a pause."""
        woken = self._woken[conversation_id]
        try:
            while True:
                woken.clear()
                try:
                    found = await self._next_burst(conversation_id)
                    if isinstance(found, _Burst):
                        await self._answer(found)
                        if found.is_last and not woken.is_set():
                            return
                    elif found is not None:
                        await _at_most(found, woken)
                    elif not woken.is_set():
                        return
                except Exception as error:
                    logger.error("conversation %s waits: %s", conversation_id, _origin(error))
                    await asyncio.sleep(LONGEST_PAUSE_S)
        finally:
            del self._workers[conversation_id], self._woken[conversation_id]
            self._live.publish(conversation_id)

    async def _next_burst(self, conversation_id: str) -> _Burst | float | None:
        """What is answered next; the seconds to wait for the rest of it; or None where nothing is left."""
        async with self._sessions() as session:
            waiting = await inbox.pending(session, conversation_id)
            if not waiting:
                return None
            conversation = await session.get_one(Conversation, conversation_id)
            count, complete = burst(waiting, asked=False)
            if count > 1 or not complete:
                count, complete = burst(waiting, inbox.is_asked(conversation))
        mine = waiting[:count]
        left = PATIENCE_S - (now() - mine[-1].received_at).total_seconds()
        if not complete and left > 0:
            return left
        message = mine[0].message
        if count > 1:
            message = Incoming(text=joined(*(each.message.text for each in mine)))
        channel = self.courier.channels.get(conversation.channel)
        late_after_s = self._patience_s if channel is None else max(self._patience_s, channel.late_after_s)
        is_last = count == len(waiting) < MOST_FOLDED
        return _Burst(conversation_id, [each.number for each in mine], message, late_after_s, is_last)

    async def _answer(self, burst: _Burst) -> None:
        """Run a turn until it is committed, telling the resident when it takes long."""
        watch = asyncio.create_task(self._tell_when_late(burst.numbers[-1], burst.late_after_s))
        pause = 0.1
        try:
            while True:
                try:
                    await self._run(burst)
                    break
                except OUTAGES as error:
                    logger.warning("turn of message %s waits: %s", burst.numbers[-1], type(error).__name__)
                except Exception as error:
                    logger.error("turn of message %s failed: %s", burst.numbers[-1], _origin(error))
                    if await self._give_up(burst.numbers):
                        break
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)
        finally:
            watch.cancel()
        for number in burst.numbers:
            self._note_answered(number)

    async def _run(self, burst: _Burst) -> None:
        message = await self._fetching.readable(burst.numbers[0], burst.message)
        async with self._room, self._sessions() as session:
            conversation = await session.get_one(Conversation, burst.conversation_id)
            state = DialogueState.model_validate(conversation.state)
            served = self._published.served
            begun = await self._published.as_begun(await begun_by(session, conversation.resident_id), served)
            turn = Turn(
                id=new_id(),
                session=session,
                conversation=conversation,
                state=state,
                catalog=served.catalog,
                version=served.version,
                begun=begun,
                office=self._office,
                verifier=self._verifier,
                today=_today(),
                idle_hours=_hours_since(conversation.last_turn_at),
            )
            await self._answering.answer(turn, message)
            state.offered = next((b.choices for b in reversed(turn.bubbles) if b.choices), [])
            if not await _finish(session, burst.numbers, conversation, state):
                return
            outbox.post(session, conversation, burst.numbers[-1], turn.bubbles, self.is_pushed(conversation))
            others = []
            for other_id, bubble in turn.elsewhere:
                other = await session.get_one(Conversation, other_id)
                others.append(other)
                outbox.post(session, other, None, [bubble], self.is_pushed(other))
            await drift.count(session, conversation.id, turn.understandings)
            await self.courier.commit(session, conversation, burst.numbers)
        for each in (conversation, *others):
            self.announce(each)

    def is_pushed(self, conversation: Conversation) -> bool:
        """Whether replies have to be sent, because the resident does not fetch them."""
        return conversation.channel in self.courier.channels

    def announce(self, conversation: Conversation) -> None:
        """Tell whoever watches, and the courier, that something was said in a conversation."""
        self._live.publish(conversation.id)
        if self.is_pushed(conversation):
            self.courier.wake(conversation.id)

    def _note_answered(self, number: int) -> None:
        self._answered[number] = None
        if len(self._answered) > REMEMBERED:
            self._answered.popitem(last=False)
        if (waiting := self._awaited.get(number)) is not None:
            waiting.set()

    async def _tell_when_late(self, number: int, late_after_s: float) -> None:
        await asyncio.sleep(late_after_s)
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
            conversation = await session.get_one(Conversation, conversation_id)
            late = Bubble(text=phrase("utter_engine_late"))
            outbox.post(session, conversation, number, [late], self.is_pushed(conversation), Speaker.SYSTEM)
            await session.commit()
        self.announce(conversation)

    async def _give_up(self, numbers: list[int]) -> bool:
        """Count a failed attempt; after the last one, apologise and offer a person. True when given up."""
        async with self._sessions() as session:
            row = await session.get_one(InboxMessage, numbers[-1])
            conversation = await session.get_one(Conversation, row.conversation_id)
            row.attempts += 1
            given_up = row.attempts >= MAX_ATTEMPTS
            if given_up:
                await inbox.mark_done(session, numbers)
                sorry = Bubble(text=phrase("utter_turn_failed"), choices=[human("failed")])
                offered = [choice.model_dump() for choice in sorry.choices]
                conversation.state = {**conversation.state, "offered": offered}
                outbox.post(session, conversation, numbers[-1], [sorry], self.is_pushed(conversation))
            await session.commit()
        if given_up:
            self.announce(conversation)
        return given_up


async def _finish(session: AsyncSession, numbers: list[int], conversation: Conversation, state: DialogueState) -> bool:
    """Claim the messages as answered by this turn, which leaves the conversation in `state`.

    False if another process answered them meanwhile.

    Raises TurnOvertaken when the word was passed to somebody else during the turn: bot and clerk never both speak.
    """
    if not await inbox.mark_done(session, numbers):
        return False
    mine = update(Conversation).where(Conversation.id == conversation.id, Conversation.owner == conversation.owner)
    left = state.model_dump(mode="json", exclude_defaults=True)
    if await rows_changed(session, mine.values(last_turn_at=now(), state=left)) != 1:
        raise TurnOvertaken
    return True


async def _at_most(seconds: float, woken: asyncio.Event) -> None:
    """Wait for news, but not longer than that. `wait_for` would overlook that it is cancelled when news comes, too."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await woken.wait()


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

"""Carrying replies to residents: one courier a conversation, in order, through whatever the channel allows.

A reply is a committed row before it is sent, and each step of sending it is one, too, so that a kill at any point
leaves a state from which the next start goes on (`deliveries.settle_after_kill`).
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import deliveries, windows
from bot.conversation.channel import AddressGone, Channel, NeverSent, Part, TryLater, WindowClosed
from bot.conversation.deliveries import Status
from bot.conversation.models import Conversation, Delivery
from bot.conversation.wording import phrase
from records.base import now
from records.database import DATABASE_OUTAGES, Sessions

logger = logging.getLogger(__name__)

_Step = Callable[[AsyncSession], Awaitable[None]]

SENDING_AT_ONCE = 32
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
GIVEN_UP_AFTER = timedelta(hours=48)
"""A channel that cannot be reached for so long has closed its windows, too."""
SWEEP_S = 30.0
MOST_FAULTS = 10
"""Attempts after which an error of our own gives a delivery up."""
HANDED_FOR_S = 20.0
"""After this long, a request that was answered and is not repeated counts as having got its answer: WeChat repeats
one within five seconds, and twice."""
REDELIVERED_WITHIN_S = 9.0
"""A process that is back so soon after a message came still hears the last time WeChat repeats it."""


@dataclass(frozen=True)
class Handed:
    """What a door gives as the answer to a request, and the delivery to confirm once it is written.

    `is_all` tells that nothing follows it.
    """

    part: Part
    conversation_id: str
    delivery_id: int
    is_all: bool = False


@dataclass
class OpenRequest:
    """A channel's request that waits for its answer."""

    conversation_id: str
    client_id: str
    is_answered: bool = False


@dataclass(frozen=True)
class Clock:
    """The time, and how to let it pass: `pause` waits for a number of seconds."""

    now: Callable[[], datetime] = now
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep


class Courier:
    """Sends what the conversations' outboxes hold."""

    def __init__(
        self,
        sessions: Sessions,
        channels: Mapping[str, Channel],
        clock: Clock | None = None,
    ) -> None:
        self._sessions, self.channels, self._clock = sessions, channels, clock or Clock()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._woken: dict[str, asyncio.Event] = {}
        self._waiting: dict[str, int] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._room = asyncio.Semaphore(SENDING_AT_ONCE)
        self._closed = False

    def wake(self, conversation_id: str) -> None:
        """There is something new to carry, or a window has opened."""
        if self._closed:
            return
        if conversation_id in self._tasks:
            self._woken[conversation_id].set()
            return
        self._woken[conversation_id] = asyncio.Event()
        self._tasks[conversation_id] = asyncio.create_task(self._carry(conversation_id))

    async def recover(self) -> None:
        """Go on with what a former process left."""
        async with self._sessions() as session:
            await deliveries.settle_after_kill(session, REDELIVERED_WITHIN_S)
            await session.commit()
            unsettled = await deliveries.unsettled(session)
        for conversation_id in unsettled:
            self.wake(conversation_id)

    async def sweep(self) -> None:
        """Every half minute, for ever: take up what is due and nobody carries, as after `./onecall outbox retry`."""
        while True:
            await self._clock.pause(SWEEP_S)
            with contextlib.suppress(*DATABASE_OUTAGES):
                async with self._sessions() as session:
                    forgotten = await deliveries.due(session)
                for conversation_id in forgotten:
                    self.wake(conversation_id)

    async def settled(self, conversation_id: str) -> None:
        """Wait until nothing is being carried for the conversation."""
        while task := self._tasks.get(conversation_id):
            await asyncio.wait({task})

    async def close(self) -> None:
        """Stop. What was not sent is sent after the next start."""
        self._closed = True
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @asynccontextmanager
    async def answering(self, conversation_id: str, client_id: str) -> AsyncIterator[OpenRequest]:
        """While the request that brought `client_id` is open, nothing is pushed: the answer may go out with it."""
        request = OpenRequest(conversation_id, client_id)
        self._waiting[conversation_id] = self._waiting.get(conversation_id, 0) + 1
        try:
            yield request
        finally:
            self._waiting[conversation_id] -= 1
            if not self._waiting[conversation_id]:
                del self._waiting[conversation_id]
            if not request.is_answered:
                self.wake(conversation_id)

    async def hand_over(self, request: OpenRequest, channel: Channel) -> Handed | None:
        """Take what comes next in the conversation as the answer to the request.

        None where nothing is ready, or something sent before has to arrive first.
        """
        mine = request.conversation_id
        until = self._clock.now() + timedelta(seconds=HANDED_FOR_S)
        as_answer: dict[str, object] = {"handed_for": request.client_id, "due_at": until}
        async with self._lock(mine), self._sessions() as session:
            delivery, is_all = await deliveries.oldest_open(session, mine), False
            if delivery is None:
                packed = await deliveries.pack(session, mine, channel, status=Status.HANDED.value, **as_answer)
                delivery, is_all = (packed[0] if packed else None), len(packed) == 1
            elif not await deliveries.claim(session, delivery, Status.HANDED, **as_answer):
                delivery = None
            await session.commit()
        if delivery is None:
            return None
        request.is_answered = True
        return replace(_handed(delivery), is_all=is_all)

    async def handed_before(self, conversation_id: str, client_id: str) -> Handed | None:
        """What was already given as the answer to that message, for a channel that repeats its request."""
        async with self._sessions() as session:
            delivery = await deliveries.handed_before(session, conversation_id, client_id)
        return None if delivery is None else _handed(delivery)

    async def confirm(self, handed: Handed) -> None:
        """The answer was written to the request's connection: go on with what comes after it."""
        await self._write(lambda session: deliveries.close(session, handed.delivery_id, Status.SENT))
        if not handed.is_all or handed.conversation_id in self._tasks:
            self.wake(handed.conversation_id)

    async def _carry(self, conversation_id: str) -> None:
        """Send until nothing is left or nothing may be sent; whatever goes wrong, go on after a pause."""
        woken = self._woken[conversation_id]
        try:
            while True:
                woken.clear()
                try:
                    pause = await self._step(conversation_id)
                except Exception as error:
                    kind = logging.WARNING if isinstance(error, DATABASE_OUTAGES) else logging.ERROR
                    logger.log(kind, "deliveries of %s wait: %s", conversation_id, type(error).__name__)
                    pause = LONGEST_PAUSE_S / 10
                if pause is None and not woken.is_set():
                    return
                if pause:
                    await self._rest(pause, woken)
        finally:
            del self._tasks[conversation_id], self._woken[conversation_id]

    async def _rest(self, seconds: float, woken: asyncio.Event) -> None:
        """Wait, at most until something new comes: a window that opens ends a wait."""
        ways = [asyncio.ensure_future(self._clock.pause(seconds)), asyncio.ensure_future(woken.wait())]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()

    async def _step(self, conversation_id: str) -> float | None:
        """Send what comes next. Gives the seconds until the next step; None where there is none for now."""
        async with self._lock(conversation_id), self._sessions() as session:
            if conversation_id in self._waiting:
                return None
            conversation = await session.get_one(Conversation, conversation_id)
            channel = self.channels.get(conversation.channel)
            delivery = await deliveries.oldest_open(session, conversation_id)
            if channel is None or (delivery is None and not await deliveries.has_undelivered(session, conversation_id)):
                return None
            if conversation.address is None:
                await deliveries.drop_all(session, conversation_id, "no address")
                await session.commit()
                return None
            if delivery is not None and delivery.due_at > (moment := self._clock.now()):
                return (delivery.due_at - moment).total_seconds()
            if delivery is not None and delivery.status == Status.HANDED.value:
                await deliveries.close(session, delivery.id, Status.SENT)
                await session.commit()
                return 0
            if channel.windowed and not await windows.is_open(session, conversation_id):
                address = conversation.address
                await session.rollback()
                with contextlib.suppress(TryLater):
                    await channel.invite(conversation_id, address)
                return None
            if delivery is None:
                packed = await deliveries.pack(session, conversation_id, channel)
                if not packed:
                    await session.commit()
                    return 0
                delivery = packed[0]
            window = await windows.spend(session, conversation_id) if channel.windowed else None
            attempts, may_send = delivery.attempts + 1, window is not None or not channel.windowed
            if not (may_send and await deliveries.claim(session, delivery, Status.SENDING, attempts=attempts)):
                await session.rollback()  # another process was first, with the last message or with this one
                return FIRST_PAUSE_S
            await session.commit()
        return await self._send(channel, conversation.address, delivery, window, attempts)

    async def _send(
        self, channel: Channel, address: str, delivery: Delivery, window: str | None, attempts: int
    ) -> float | None:
        """Send a claimed delivery and write down how it went. What was sent is never sent again for want of a row."""
        part = Part.model_validate(delivery.body)
        if delivery.repeated:
            part = part.model_copy(update={"text": f"{phrase('utter_said_again')}\n{part.text}"})
        mine = delivery.conversation_id
        try:
            async with self._room:
                await channel.send(address, part)
        except WindowClosed:
            await self._write(
                lambda session: windows.close_windows(session, mine),
                lambda session: deliveries.put_back(
                    session, delivery.id, self._clock.now(), deliveries.WINDOW_CLOSED, repeated=False
                ),
            )
            return 0
        except AddressGone as gone:
            why = gone.why
            await self._write(lambda session: deliveries.drop_all(session, mine, why))
            return None
        except NeverSent as never:
            why = never.why
            logger.error("delivery %s given up: %s", delivery.id, why)
            await self._write(lambda session: deliveries.close(session, delivery.id, Status.DEAD, why))
            return 0
        except TryLater as later:
            return await self._later(delivery, window, attempts, later)
        except Exception as error:
            fault = TryLater(type(error).__name__, maybe_sent=True)
            logger.error("delivery %s: %s", delivery.id, fault.why)
            return await self._later(delivery, None, attempts, fault, fault=True)
        await self._write(lambda session: deliveries.close(session, delivery.id, Status.SENT))
        return 0

    async def _later(
        self, delivery: Delivery, window: str | None, attempts: int, later: TryLater, *, fault: bool = False
    ) -> float:
        """Put a delivery back for a later attempt, or give it up where there will be none."""
        mine = delivery.conversation_id
        if self._clock.now() - delivery.created_at > GIVEN_UP_AFTER or (fault and attempts >= MOST_FAULTS):
            logger.error("delivery %s given up after %s attempts: %s", delivery.id, attempts, later.why)
            await self._write(lambda session: deliveries.close(session, delivery.id, Status.DEAD, later.why[:64]))
            return 0
        due_at = self._clock.now() + timedelta(seconds=later.after_s or _backoff(attempts))
        undone: list[_Step] = []
        if window is not None and not later.maybe_sent:
            undone.append(lambda session: windows.give_back(session, mine, window))
        await self._write(
            *undone,
            lambda session: deliveries.put_back(
                session, delivery.id, due_at, later.why[:64], repeated=later.maybe_sent
            ),
        )
        return 0

    async def _write(self, *steps: _Step) -> None:
        """Commit steps together, for as long as it takes: what happened outside must not be forgotten."""
        attempts = 0
        while True:
            try:
                async with self._sessions() as session:
                    for step in steps:
                        await step(session)
                    await session.commit()
                    return
            except DATABASE_OUTAGES as error:
                attempts += 1
                logger.warning("a delivery's state waits to be written: %s", type(error).__name__)
                await self._clock.pause(min(_backoff(attempts), 5.0))

    def _lock(self, conversation_id: str) -> asyncio.Lock:
        return self._locks.setdefault(conversation_id, asyncio.Lock())


def _handed(delivery: Delivery) -> Handed:
    return Handed(Part.model_validate(delivery.body), delivery.conversation_id, delivery.id)


def _backoff(attempts: int) -> float:
    """Seconds to wait after so many attempts, doubled each time and spread, so that not all come back at once."""
    longest = min(FIRST_PAUSE_S * 2.0 ** (min(attempts, 10) - 1), LONGEST_PAUSE_S)
    return longest * random.uniform(0.6, 1.0)  # noqa: S311 - not a secret

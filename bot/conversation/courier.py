"""Carrying replies to residents: one courier a conversation, in order, through whatever the channel allows.

A reply is a committed row before it is sent, and each step of sending it is one, too, so that a kill at any point
leaves a state from which the next start goes on (`deliveries.settle_after_kill`).
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import deliveries, windows
from bot.conversation.channel import AddressGone, Channel, NeverSent, Part, TryLater, WindowClosed
from bot.conversation.deliveries import Status
from bot.conversation.models import Conversation, Delivery
from bot.conversation.wording import phrase
from records.base import now
from records.database import DATABASE_OUTAGES, Sessions
from records.gathering import Gathering

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
"""A process that is back so soon after a message came may still hear WeChat repeat it."""
REPEATED_BY_THEN_S = 12.0
"""After this long it will not any more."""


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
    """A channel's request that waits for its answer: `handed`, once there is one. It brought the message `number`."""

    conversation_id: str
    client_id: str
    number: int
    is_open: bool = True
    handed: Handed | None = None
    _undecided: asyncio.Event | None = None

    async def decided(self) -> None:
        """Wait while a turn is being committed that may answer it: until then nobody knows whether it is answered."""
        if self._undecided is not None:
            await self._undecided.wait()


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
        self._requests: dict[str, list[OpenRequest]] = {}
        self._room = asyncio.Semaphore(SENDING_AT_ONCE)
        self._closed = False
        self._arrived = Gathering[int, None](self._close)

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
            await deliveries.settle_after_kill(session, REDELIVERED_WITHIN_S, REPEATED_BY_THEN_S)
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
    async def answering(self, conversation_id: str, client_id: str, number: int) -> AsyncIterator[OpenRequest]:
        """While the request that brought `client_id` is open, nothing is pushed: the answer may go out with it."""
        request = OpenRequest(conversation_id, client_id, number)
        self._requests.setdefault(conversation_id, []).append(request)
        try:
            yield request
        finally:
            request.is_open = False
            self._requests[conversation_id].remove(request)
            if not self._requests[conversation_id]:
                del self._requests[conversation_id]
            if request.handed is None:
                self.wake(conversation_id)

    async def commit(self, session: AsyncSession, conversation: Conversation, answered: Sequence[int]) -> None:
        """Commit a turn, and with it that a request which brought one of its messages is given the first reply.

        The turn has changed the conversation by then, so that its deliveries are `held`.
        """
        channel = self.channels.get(conversation.channel)
        waiting = [each for each in self._requests.get(conversation.id, []) if each.number in answered]
        if channel is None or not waiting:
            await session.commit()
            return
        request = waiting[-1]  # the channel has given up on those before it
        request._undecided = asyncio.Event()
        try:
            await session.flush()
            handed = await self._next_for(session, request, channel)
            await session.commit()
            if handed is not None and request.is_open:
                request.handed = handed
        finally:
            request._undecided.set()
        if handed is not None and request.handed is None:
            await self.take_back(handed)

    async def hand_over(self, request: OpenRequest, channel: Channel) -> Handed | None:
        """Take what comes next in the conversation as the answer to the request.

        None where nothing is ready, or something sent before has to arrive first.
        """
        async with self._sessions() as session:
            await deliveries.held(session, request.conversation_id)
            handed = await self._next_for(session, request, channel)
            await session.commit()
        request.handed = handed
        return handed

    async def _next_for(self, session: AsyncSession, request: OpenRequest, channel: Channel) -> Handed | None:
        """Note what comes next as handed to the request, with the session's commit."""
        mine = request.conversation_id
        until = self._clock.now() + timedelta(seconds=HANDED_FOR_S)
        as_answer: dict[str, object] = {"handed_for": request.client_id, "due_at": until}
        delivery = await deliveries.oldest_open(session, mine)
        if delivery is not None:
            return _handed(delivery) if await deliveries.claim(session, delivery, Status.HANDED, **as_answer) else None
        delivery, is_all = await deliveries.pack(session, mine, channel, Status.HANDED, **as_answer)
        return None if delivery is None else replace(_handed(delivery), is_all=is_all)

    async def take_back(self, handed: Handed) -> None:
        """Nobody took it: have it sent."""
        await self._write(lambda session: deliveries.take_back(session, handed.delivery_id))
        self.wake(handed.conversation_id)

    async def handed_before(self, conversation_id: str, client_id: str) -> Handed | None:
        """What was already given as the answer to that message, for a channel that repeats its request."""
        async with self._sessions() as session:
            delivery = await deliveries.handed_before(session, conversation_id, client_id)
        return None if delivery is None else _handed(delivery)

    async def confirm(self, handed: Handed) -> None:
        """The answer was written to the request's connection: go on with what comes after it."""
        await self._arrived.do(handed.delivery_id)
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
        if conversation_id in self._requests:
            return None
        async with self._sessions() as session:
            conversation = await deliveries.held(session, conversation_id)
            channel = self.channels.get(conversation.channel)
            if channel is None or conversation_id in self._requests:
                return None
            delivery = await deliveries.oldest_open(session, conversation_id)
            if conversation.address is None:
                await deliveries.drop_all(session, conversation_id, "no address")
                await session.commit()
                return None
            if delivery is not None and delivery.due_at > (moment := self._clock.now()):
                return (delivery.due_at - moment).total_seconds()
            if delivery is not None and delivery.status == Status.HANDED.value:
                await deliveries.settle_handed(session, delivery)
                await session.commit()
                return 0
            attempts, is_all = 1 if delivery is None else delivery.attempts + 1, False
            if delivery is None:
                delivery, is_all = await deliveries.pack(
                    session, conversation_id, channel, Status.SENDING, attempts=attempts
                )
                if delivery is None:
                    await session.commit()
                    return None if is_all else 0
            elif not await deliveries.claim(session, delivery, Status.SENDING, attempts=attempts):
                return FIRST_PAUSE_S  # another process was first
            address = conversation.address
            window = await windows.spend(session, conversation_id) if channel.windowed else None
            if channel.windowed and window is None:
                await session.rollback()
                with contextlib.suppress(TryLater):
                    await channel.invite(conversation_id, address)
                return None
            await session.commit()
        is_settled = await self._send(channel, address, delivery, window, attempts)
        return None if is_all and is_settled else 0

    async def _send(
        self, channel: Channel, address: str, delivery: Delivery, window: str | None, attempts: int
    ) -> bool:
        """Send a claimed delivery and write down how it went. What was sent is never sent again for want of a row.

        False where it stays open.
        """
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
            return False
        except AddressGone as gone:
            why = gone.why
            await self._write(lambda session: deliveries.drop_all(session, mine, why))
            return True
        except NeverSent as never:
            why = never.why
            logger.error("delivery %s given up: %s", delivery.id, why)
            await self._write(lambda session: deliveries.close(session, [delivery.id], Status.DEAD, why))
            return True
        except TryLater as later:
            return await self._later(delivery, window, attempts, later)
        except Exception as error:
            fault = TryLater(type(error).__name__, maybe_sent=True)
            logger.error("delivery %s: %s", delivery.id, fault.why)
            return await self._later(delivery, None, attempts, fault, fault=True)
        await self._write(lambda session: deliveries.close(session, [delivery.id], Status.SENT))
        return True

    async def _later(
        self, delivery: Delivery, window: str | None, attempts: int, later: TryLater, *, fault: bool = False
    ) -> bool:
        """Put a delivery back for a later attempt; True if it is given up instead, because there will be none."""
        mine = delivery.conversation_id
        if self._clock.now() - delivery.created_at > GIVEN_UP_AFTER or (fault and attempts >= MOST_FAULTS):
            logger.error("delivery %s given up after %s attempts: %s", delivery.id, attempts, later.why)
            await self._write(lambda session: deliveries.close(session, [delivery.id], Status.DEAD, later.why[:64]))
            return True
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
        return False

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

    async def _close(self, delivery_ids: Sequence[int]) -> list[None]:
        """Write down that deliveries arrived."""
        await self._write(lambda session: deliveries.close(session, delivery_ids, Status.SENT))
        return [None] * len(delivery_ids)


def _handed(delivery: Delivery) -> Handed:
    return Handed(Part.model_validate(delivery.body), delivery.conversation_id, delivery.id)


def _backoff(attempts: int) -> float:
    """Seconds to wait after so many attempts, doubled each time and spread, so that not all come back at once."""
    longest = min(FIRST_PAUSE_S * 2.0 ** (min(attempts, 10) - 1), LONGEST_PAUSE_S)
    return longest * random.uniform(0.6, 1.0)  # noqa: S311 - not a secret

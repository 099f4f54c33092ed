"""Deliveries: what has to be sent through a channel, packed from replies, each with how far it got."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from operator import itemgetter

from sqlalchemy import ColumnElement, and_, delete, not_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.bubbles import Bubble
from bot.conversation.channel import Channel, Numbered
from bot.conversation.models import Conversation, Delivery, InboxMessage, OutboxMessage
from bot.conversation.wording import phrase
from records.base import now
from records.database import rows_changed

MOST_AT_ONCE = 50
"""Replies packed together; after a long silence the rest follows in the next round."""

WAITED_LONG = timedelta(hours=1)


class Status(StrEnum):
    """How far a delivery got."""

    DUE = "due"
    SENDING = "sending"
    """The channel's API has been called and has not answered yet."""
    HANDED = "handed"
    """Given as the answer to a request of the channel; whether it arrived is not known yet."""
    SENT = "sent"
    DEAD = "dead"
    """Given up; listed by `./onecall outbox`."""


OPEN = Delivery.closed_at.is_(None)
WINDOW_CLOSED = "window closed"
"""The failure of a delivery that waits until the resident comes back."""


async def held(session: AsyncSession, conversation_id: str) -> Conversation:
    """The conversation, with its deliveries to ourselves until the session ends: against other tasks and processes.

    An update that changes nothing is what locks on every database. A turn has them from its own update on.
    """
    unchanged = update(Conversation).where(Conversation.id == conversation_id).values(owner=Conversation.owner)
    return (await session.scalars(unchanged.returning(Conversation))).one()


async def oldest_open(session: AsyncSession, conversation_id: str) -> Delivery | None:
    """The delivery that comes next in the conversation."""
    opened = select(Delivery).where(Delivery.conversation_id == conversation_id, OPEN).order_by(Delivery.id).limit(1)
    return (await session.scalars(opened)).first()


async def pack(
    session: AsyncSession, conversation_id: str, channel: Channel, status: Status, **values: object
) -> tuple[Delivery | None, bool]:
    """Pack the replies not yet packed into deliveries, with the session's commit.

    Gives the first of them, which gets the status and the values, and whether nothing comes after it. What waited
    long, because the channel took nothing, begins by saying so.
    """
    oldest = select(OutboxMessage.id).where(_undelivered(conversation_id)).order_by(OutboxMessage.id)
    taken = (
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(oldest.limit(MOST_AT_ONCE)), OutboxMessage.undelivered.is_not(None))
        .values(undelivered=None)
        .returning(OutboxMessage.id, OutboxMessage.body, OutboxMessage.created_at)
    )
    rows = sorted(await session.execute(taken, execution_options={"synchronize_session": False}), key=itemgetter(0))
    said = [Numbered(row.id, Bubble.model_validate(row.body)) for row in rows]
    if rows and rows[0].created_at < now() - WAITED_LONG:
        said.insert(0, Numbered(rows[0].id, Bubble(text=phrase("utter_waited_for_you"))))
    parts = channel.pack(said)
    bodies = [part.model_dump(mode="json") for part in parts]
    packed = [
        Delivery(conversation_id=conversation_id, body=body, **({} if place else {"status": status.value, **values}))
        for place, body in enumerate(bodies)
    ]
    session.add_all(packed)
    await session.flush()
    return packed[0] if packed else None, len(packed) <= 1 and len(rows) < MOST_AT_ONCE


async def claim(session: AsyncSession, delivery: Delivery, status: Status, **values: object) -> bool:
    """Move a due delivery on; False if somebody else was first."""
    due = update(Delivery).where(Delivery.id == delivery.id, Delivery.status == Status.DUE.value)
    return await rows_changed(session, due.values(status=status.value, **values)) == 1


async def close(session: AsyncSession, delivery_ids: Sequence[int], status: Status, failure: str | None = None) -> None:
    """End deliveries, as sent or as given up."""
    ended = update(Delivery).where(Delivery.id.in_(delivery_ids), OPEN)
    await session.execute(ended.values(status=status.value, failure=failure, closed_at=now()))


async def put_back(
    session: AsyncSession, delivery_id: int, due_at: datetime, failure: str | None, *, repeated: bool
) -> None:
    """Have a delivery tried again from `due_at` on; `repeated` if it may have arrived already."""
    again = update(Delivery).where(Delivery.id == delivery_id, OPEN)
    values: dict[str, object] = {
        "status": Status.DUE.value,
        "due_at": due_at,
        "failure": failure,
    }
    if repeated:
        values["repeated"] = True
    await session.execute(again.values(values))


async def take_back(session: AsyncSession, delivery_id: int) -> None:
    """Have a delivery sent that was handed to a request which did not take it."""
    handed = update(Delivery).where(Delivery.id == delivery_id, OPEN, Delivery.status == Status.HANDED.value)
    await session.execute(handed.values(status=Status.DUE.value, due_at=now(), handed_for=None))


async def handed_before(session: AsyncSession, conversation_id: str, client_id: str) -> Delivery | None:
    """What was given as the answer to that message, if it was: a request that is repeated gets the same again."""
    given = select(Delivery).where(
        Delivery.conversation_id == conversation_id, Delivery.handed_for == client_id, Delivery.handed_for.is_not(None)
    )
    return (await session.scalars(given.order_by(Delivery.id).limit(1))).first()


async def drop_all(session: AsyncSession, conversation_id: str, failure: str) -> None:
    """Nothing can be sent to this conversation any more: give up what is open, and pack nothing more."""
    mine = update(Delivery).where(Delivery.conversation_id == conversation_id, OPEN)
    await session.execute(mine.values(status=Status.DEAD.value, failure=failure, closed_at=now()))
    await session.execute(update(OutboxMessage).where(_undelivered(conversation_id)).values(undelivered=None))


async def forget(session: AsyncSession, conversation_id: str) -> None:
    """Delete every delivery of the conversation: they hold what was said."""
    await session.execute(delete(Delivery).where(Delivery.conversation_id == conversation_id))


async def unsettled(session: AsyncSession) -> Sequence[str]:
    """The conversations that have something to be sent."""
    opened = select(Delivery.conversation_id).where(OPEN)
    waiting = select(OutboxMessage.conversation_id).where(OutboxMessage.undelivered.is_not(None))
    return (await session.scalars(opened.union(waiting))).all()


async def due(session: AsyncSession, limit: int = 500) -> Sequence[str]:
    """Conversations with a delivery whose time has come and that does not wait for its resident."""
    waits_for_resident = and_(Delivery.failure.is_not(None), Delivery.failure == WINDOW_CLOSED)
    ready = select(Delivery.conversation_id).where(OPEN, Delivery.due_at <= now(), not_(waits_for_resident))
    return (await session.scalars(ready.distinct().limit(limit))).all()


async def settle_handed(session: AsyncSession, delivery: Delivery) -> None:
    """A request that was given its answer and is not repeated had it. After a kill nobody knows: send it again."""
    if delivery.repeated:
        await put_back(session, delivery.id, now(), None, repeated=True)
    else:
        await close(session, [delivery.id], Status.SENT)


async def settle_after_kill(session: AsyncSession, redelivered_within_s: float, repeated_by_then_s: float) -> None:
    """Decide on what a killed process left behind, with the session's commit.

    A call of the API that was not answered may have arrived: it is made again, marked as repeated, for a lost
    answer is worse than one that comes twice and says so. What was handed to a request is handed again when the
    channel repeats the request; where it does not, or the message came so long ago that it has given up repeating,
    and we cannot have heard it, it is sent anew.
    """
    broken = update(Delivery).where(OPEN, Delivery.status == Status.SENDING.value)
    await session.execute(broken.values(status=Status.DUE.value, due_at=now(), repeated=True))
    handed = update(Delivery).where(OPEN, Delivery.status == Status.HANDED.value)
    waits = handed.values(repeated=True, due_at=now() + timedelta(seconds=repeated_by_then_s))
    asked = select(InboxMessage.received_at).where(
        InboxMessage.conversation_id == Delivery.conversation_id, InboxMessage.client_id == Delivery.handed_for
    )
    too_late = handed.where(asked.scalar_subquery() < now() - timedelta(seconds=redelivered_within_s))
    for decision in (waits, too_late.values(status=Status.DUE.value, due_at=now())):
        await session.execute(decision, execution_options={"synchronize_session": False})


@dataclass(frozen=True)
class Listed:
    """A delivery as the outbox command lists it: nothing personal."""

    id: int
    channel: str
    conversation: str
    status: str
    attempts: int
    failure: str | None
    repeated: bool
    created_at: datetime
    due_at: datetime


async def listed(session: AsyncSession, statuses: Sequence[Status], limit: int = 200) -> list[Listed]:
    """Deliveries of these statuses, oldest first."""
    wanted = (
        select(Delivery, Conversation.channel)
        .join(Conversation, Conversation.id == Delivery.conversation_id)
        .where(Delivery.status.in_([status.value for status in statuses]))
        .order_by(Delivery.id)
        .limit(limit)
    )
    return [
        Listed(
            id=row.id,
            channel=channel,
            conversation=row.conversation_id,
            status=row.status,
            attempts=row.attempts,
            failure=row.failure,
            repeated=row.repeated,
            created_at=row.created_at,
            due_at=row.due_at,
        )
        for row, channel in await session.execute(wanted)
    ]


async def revive(session: AsyncSession, delivery_ids: Sequence[int] | None) -> int:
    """Have given-up deliveries tried again (all of them for None), with the session's commit; gives how many."""
    dead = update(Delivery).where(Delivery.status == Status.DEAD.value)
    if delivery_ids is not None:
        dead = dead.where(Delivery.id.in_(delivery_ids))
    return await rows_changed(
        session, dead.values(status=Status.DUE.value, closed_at=None, due_at=now(), attempts=0, created_at=now())
    )


async def discard(session: AsyncSession, delivery_ids: Sequence[int]) -> int:
    """Delete given-up deliveries for good; gives how many."""
    dead = delete(Delivery).where(Delivery.status == Status.DEAD.value, Delivery.id.in_(delivery_ids))
    return await rows_changed(session, dead)


def _undelivered(conversation_id: str) -> ColumnElement[bool]:
    return and_(OutboxMessage.conversation_id == conversation_id, OutboxMessage.undelivered.is_not(None))

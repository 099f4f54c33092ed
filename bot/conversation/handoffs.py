"""A handoff's life: one table of stages, each with the owner that goes with it, and one compare-and-swap for both.

The handoff and its conversation's owner change together, in one transaction. Whoever comes second, a clerk or a
turn of the bot, finds that the word was passed on: so bot and clerk never both answer, and never both stay silent.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import duty
from bot.conversation.models import Conversation, Handoff, HeldReply
from bot.conversation.ownership import Owner, change_owner
from records.base import now
from records.database import rows_changed


class Stage(StrEnum):
    """Where a handoff stands."""

    WAITING = "waiting"
    """The resident waits for a clerk."""
    TAKEN = "taken"
    """A clerk talks."""
    LENT = "lent"
    """The bot does something for the clerk and comes back."""
    CALL = "call"
    """A clerk owes the resident a call; the bot talks meanwhile."""
    VISIT = "visit"
    """The resident comes to the window at `meet_at`; the bot talks meanwhile."""

    @property
    def owner(self) -> Owner:
        """Who speaks in that stage; RETURNED stands for the bot."""
        return _OWNERS[self]


_OWNERS = {
    Stage.WAITING: Owner.WAITING,
    Stage.TAKEN: Owner.CLERK,
    Stage.LENT: Owner.RETURNED,
    Stage.CALL: Owner.RETURNED,
    Stage.VISIT: Owner.RETURNED,
}

NEXT: dict[Stage, frozenset[Stage]] = {
    Stage.WAITING: frozenset({Stage.TAKEN, Stage.CALL, Stage.VISIT}),
    Stage.TAKEN: frozenset({Stage.WAITING, Stage.LENT, Stage.CALL, Stage.VISIT}),
    Stage.LENT: frozenset({Stage.WAITING, Stage.TAKEN}),
    Stage.CALL: frozenset({Stage.WAITING, Stage.TAKEN}),
    Stage.VISIT: frozenset({Stage.WAITING, Stage.TAKEN}),
}
"""Which stage may follow which. Every stage may also be closed."""


class Reason(StrEnum):
    """Why a person is needed."""

    ASKED = "asked"
    MISSES = "misses"
    COMPLAINT = "complaint"
    IDENTITY = "identity"
    FAILED = "failed"
    DANGER = "danger"


class Outcome(StrEnum):
    """How a handoff ended."""

    RETURNED = "returned"
    """The clerk gave the word back to the bot."""
    SETTLED = "settled"
    """The clerk closed the matter."""
    BOT_AGAIN = "bot_again"
    """The resident would rather go on with the bot."""
    LEFT = "left"
    """The resident left the channel."""
    ERASED = "erased"
    """The resident had their data deleted."""


class Urgency(IntEnum):
    """What puts a handoff before others that have waited as long."""

    USUAL = 0
    RAISED = 1
    """An elder, repeated failure."""
    HIGH = 2
    """A complaint."""
    DANGER = 3
    """A life in danger."""


class HandoffChanged(Exception):
    """Somebody else was first: the handoff is not where it was, or not this clerk's."""


@dataclass(frozen=True)
class Matter:
    """What a handoff is about, as far as it is known when it opens."""

    reason: Reason
    item_id: str | None = None
    window: str | None = None
    department: str | None = None
    case_id: str | None = None
    urgent_for: tuple[str, ...] = ()
    urgency: Urgency = Urgency.USUAL
    tried: dict[str, Any] | None = None


async def opened(session: AsyncSession, conversation: Conversation, matter: Matter) -> Handoff:
    """Make the conversation wait for a clerk. One that was open already waits again, and knows what is new.

    A handoff that a clerk only lent to the bot goes back to that clerk's colleagues' sight with the clerk named
    first. Raises OwnerChanged.
    """
    handoff = await open_of(session, conversation.id)
    if handoff is None:
        handoff = Handoff(conversation_id=conversation.id, reason=matter.reason.value, stage=Stage.WAITING.value)
        session.add(handoff)
    else:
        handoff.offered_to, handoff.clerk_id = handoff.clerk_id, None
        handoff.stage, handoff.waiting_since = Stage.WAITING.value, now()
    handoff.item_id = matter.item_id or handoff.item_id
    handoff.window = matter.window or handoff.window
    handoff.department = matter.department or handoff.department
    handoff.case_id = matter.case_id or handoff.case_id
    handoff.urgency = max(handoff.urgency or 0, matter.urgency)
    handoff.urgent_for = ",".join(sorted({*filter(None, (handoff.urgent_for or "").split(",")), *matter.urgent_for}))
    handoff.tried = matter.tried
    await session.flush()
    owner = Owner(conversation.owner)
    if owner is not Owner.WAITING:
        await change_owner(session, conversation.id, owner, Owner.WAITING)
    return handoff


async def open_of(session: AsyncSession, conversation_id: str) -> Handoff | None:
    """The conversation's handoff that is not closed, if there is one."""
    mine = select(Handoff).where(Handoff.conversation_id == conversation_id, Handoff.closed_at.is_(None))
    return (await session.scalars(mine)).one_or_none()


async def find(session: AsyncSession, handoff_id: int) -> Handoff | None:
    """The handoff of that number."""
    return await session.get(Handoff, handoff_id)


async def claim(session: AsyncSession, handoff: Handoff, clerk_id: str) -> None:
    """Take a handoff that nobody has: exactly one of any number of clerks wins. Raises HandoffChanged."""
    before = Stage(handoff.stage)
    if before not in (Stage.WAITING, Stage.CALL, Stage.VISIT) or handoff.clerk_id is not None:
        raise HandoffChanged(f"{before} of {handoff.clerk_id} cannot be claimed")
    taken = {"clerk_id": clerk_id, "claimed_at": handoff.claimed_at or now(), "offered_to": None}
    await _advance(session, handoff, None, Stage.TAKEN, **taken)


async def release(session: AsyncSession, handoff: Handoff, clerk_id: str, window: str | None = None) -> None:
    """Give a handoff back to the queue, to another window's where one is named. Raises HandoffChanged."""
    changed: dict[str, Any] = {"clerk_id": None, "waiting_since": now()}
    if window is not None:
        changed["window"] = window
    await _advance(session, handoff, clerk_id, Stage.WAITING, **changed)


async def pass_on(session: AsyncSession, handoff: Handoff, clerk_id: str, to: str) -> None:
    """Hand a conversation to a colleague, who has it from now on; also how a supervisor takes one over.

    Raises HandoffChanged where `clerk_id` does not have it any more.
    """
    mine = update(Handoff).where(
        Handoff.id == handoff.id, Handoff.clerk_id == clerk_id, Handoff.stage == Stage.TAKEN.value, _IS_OPEN
    )
    if await rows_changed(session, mine.values(clerk_id=to, offered_to=None)) != 1:
        raise HandoffChanged(f"not with {clerk_id} any more")


async def lend(session: AsyncSession, handoff: Handoff, clerk_id: str) -> None:
    """Let the bot do something for the clerk. Raises HandoffChanged."""
    await _advance(session, handoff, clerk_id, Stage.LENT)


async def recall(session: AsyncSession, handoff: Handoff, clerk_id: str) -> None:
    """The clerk takes back what they lent to the bot, done or not. Raises HandoffChanged."""
    if handoff.stage != Stage.LENT:
        raise HandoffChanged("not with the bot")
    await _advance(session, handoff, clerk_id, Stage.TAKEN)


async def come_back(session: AsyncSession, handoff: Handoff) -> bool:
    """The bot has done what it was to do: back to the clerk. False where the clerk is gone and the resident waits."""
    clerk_id = handoff.clerk_id
    if clerk_id is not None and await duty.is_there(session, clerk_id):
        await _advance(session, handoff, clerk_id, Stage.TAKEN, unanswered_since=now())
        return True
    await _advance(session, handoff, clerk_id, Stage.WAITING, clerk_id=None, waiting_since=now())
    return False


async def promise(
    session: AsyncSession, handoff: Handoff, stage: Stage, contact: str | None = None, meet_at: Any = None
) -> None:
    """Owe the resident a call or a visit; the bot talks meanwhile. Raises HandoffChanged."""
    changed: dict[str, Any] = {"clerk_id": None, "contact": contact or handoff.contact, "meet_at": meet_at}
    await _advance(session, handoff, handoff.clerk_id, stage, **changed)


async def close(session: AsyncSession, handoff: Handoff, clerk_id: str | None, outcome: Outcome, **kept: Any) -> None:
    """End a handoff; the bot has the word. `clerk_id` is who must still have it. Raises HandoffChanged."""
    await _advance(session, handoff, clerk_id, None, closed_at=now(), outcome=outcome.value, **kept)


async def abandon(session: AsyncSession, handoff: Handoff) -> None:
    """The clerk who has it is not there any more and somebody waits: back to the queue. Raises HandoffChanged."""
    changed = {"clerk_id": None, "waiting_since": handoff.unanswered_since or now(), "offered_to": None}
    await _advance(session, handoff, handoff.clerk_id, Stage.WAITING, **changed)


async def speaks(session: AsyncSession, handoff: Handoff, clerk_id: str) -> None:
    """Make sure that the clerk has the word, until the session's commit. Raises HandoffChanged.

    It writes the row, so that nobody can pass the word on before what is said is committed.
    """
    mine = update(Handoff).where(
        Handoff.id == handoff.id, Handoff.clerk_id == clerk_id, Handoff.stage == Stage.TAKEN.value, _IS_OPEN
    )
    first = handoff.first_reply_at or now()
    if await rows_changed(session, mine.values(unanswered_since=None, first_reply_at=first)) != 1:
        raise HandoffChanged(f"not with {clerk_id}")


async def decide_held(session: AsyncSession, held_id: int, clerk_id: str, decision: str) -> bool:
    """Be the one who decides what becomes of a held reply. False where somebody decided already."""
    mine = update(HeldReply).where(HeldReply.id == held_id, HeldReply.decided_at.is_(None))
    return await rows_changed(session, mine.values(clerk_id=clerk_id, decision=decision, decided_at=now())) == 1


def rate(handoff: Handoff, rating: int) -> None:
    """Note how content the resident was, from 1 to 5; a second rating takes the first one's place."""
    handoff.rating, handoff.rated_at = rating, now()


_IS_OPEN = Handoff.closed_at.is_(None)


async def _advance(
    session: AsyncSession, handoff: Handoff, holder: str | None, after: Stage | None, **values: Any
) -> None:
    """From where `handoff` stands in this session to `after`, or to its end; the owner with it."""
    before = Stage(handoff.stage)
    if handoff.closed_at is not None or (after is not None and after not in NEXT[before]):
        raise HandoffChanged(f"{before} -> {after} is not possible")
    swap = update(Handoff).where(
        Handoff.id == handoff.id,
        Handoff.stage == before.value,
        Handoff.clerk_id.is_not_distinct_from(holder),
        _IS_OPEN,
    )
    if after is not None:
        values["stage"] = after.value
    if await rows_changed(session, swap.values(**values)) != 1:
        raise HandoffChanged(f"{before} of {holder} is no longer so")
    await _pass_the_word(
        session, handoff.conversation_id, before.owner, Owner.RETURNED if after is None else after.owner
    )


async def _pass_the_word(session: AsyncSession, conversation_id: str, before: Owner, after: Owner) -> None:
    if before is after:
        return
    if before is Owner.RETURNED and after is Owner.CLERK:  # whoever comes back to a clerk has waited, if only briefly
        await _pass_the_word(session, conversation_id, before, Owner.WAITING)
        before = Owner.WAITING
    await change_owner(session, conversation_id, before, after)

"""What a clerk does with a handoff: each one transaction, told to whoever watches after it is committed."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from fastapi import HTTPException
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import clerk_speech, duty, handoffs, outbox, queue
from bot.conversation.bubbles import Bubble, Speaker, human
from bot.conversation.clerk_speech import Voice
from bot.conversation.handoffs import HandoffChanged, Outcome, Stage
from bot.conversation.incoming import Directive, cleaned
from bot.conversation.models import Conversation, Handoff, HandoffNote, HeldReply
from bot.conversation.ownership import OwnerChanged
from bot.conversation.wording import phrase
from desk import trail
from desk.models import Clerk
from desk.rights import DeskClerk, may_see, may_supervise, may_talk
from desk.room import DeskRoom
from desk.wording import said

LONGEST = 1500
"""Characters a clerk says at once."""


class Refused(Exception):
    """The deed was not done, and nothing was changed: with which HTTP status, and the sentence that says why."""

    def __init__(self, status: int, name: str, /, **values: str | int) -> None:
        super().__init__(name)
        self.status, self.told = status, said(name, **values)


@contextmanager
def refusals() -> Iterator[None]:
    """Answer a refused deed with its sentence."""
    try:
        yield
    except Refused as refused:
        raise HTTPException(refused.status, refused.told) from refused


@dataclass
class Deed:
    """One deed under way: its session, the handoff with its conversation, and who does it."""

    room: DeskRoom
    session: AsyncSession
    clerk: DeskClerk
    handoff: Handoff
    conversation: Conversation
    directs: bool = False
    """Whether the bot has something to do once this is committed."""

    @property
    def voice(self) -> Voice:
        """How the resident hears the clerk."""
        return Voice(self.clerk.id, self.clerk.name)

    def tell(self, name: str, **values: str | int) -> None:
        """Say a fixed phrase to the resident, as from the office."""
        bubble = Bubble(text=phrase(name, **values))
        outbox.post(
            self.session,
            self.conversation,
            None,
            [bubble],
            self.room.pipeline.is_pushed(self.conversation),
            Speaker.SYSTEM,
        )

    def note(self, act: str, note: str | None = None) -> None:
        """Leave a trace."""
        trail.note(self.session, self.clerk.id, act, "conversation", self.conversation.id, note)

    def direct(self, directive: Directive) -> None:
        """Have the bot do something next."""
        clerk_speech.direct(self.session, self.conversation, directive)
        self.directs = True


async def visible_handoff(session: AsyncSession, room: DeskRoom, clerk: DeskClerk, handoff_id: int) -> Handoff:
    """The handoff, if it is within the clerk's rights. Raises Refused with 404."""
    handoff = await handoffs.find(session, handoff_id)
    restricted = room.catalog().restricted
    if handoff is None or not may_see(clerk, handoff.window, handoff.department, restricted, holder=handoff.clerk_id):
        raise Refused(404, "not_found")
    return handoff


@asynccontextmanager
async def deed(room: DeskRoom, clerk: DeskClerk, handoff_id: int) -> AsyncIterator[Deed]:
    """A deed on a handoff within the clerk's rights, committed at the end and told to all who watch.

    Raises Refused: 404 for what is not theirs to see, 409 where somebody else was first.
    """
    async with room.sessions() as session:
        handoff = await visible_handoff(session, room, clerk, handoff_id)
        conversation = await session.get_one(Conversation, handoff.conversation_id)
        act = Deed(room, session, clerk, handoff, conversation)
        try:
            yield act
            await session.commit()
        except (HandoffChanged, OwnerChanged) as changed:
            await session.rollback()
            raise await _who_was_first(room, handoff_id, clerk) from changed
    room.pipeline.announce(conversation)
    if act.directs:
        room.pipeline.wake(conversation.id)
    room.hub.queue_changed()


async def claim(room: DeskRoom, clerk: DeskClerk, handoff_id: int) -> None:
    """Take the handoff, or take it back from the bot; the resident is told who speaks from now on.

    Who takes one is on duty: a clerk who is not there loses the conversation at the resident's next word.
    """
    async with deed(room, clerk, handoff_id) as act:
        if act.handoff.stage == Stage.LENT and act.handoff.clerk_id == clerk.id:
            await handoffs.recall(act.session, act.handoff, clerk.id)
        else:
            await handoffs.claim(act.session, act.handoff, clerk.id)
        await duty.be_there(act.session, colleague_of(room, clerk))
        act.tell("utter_clerk_here", clerk=clerk.name, office=room.office.street_name)
        act.note("claimed")


async def release(room: DeskRoom, clerk: DeskClerk, handoff_id: int) -> None:
    """Give it back to the queue."""
    async with deed(room, clerk, handoff_id) as act:
        await handoffs.release(act.session, act.handoff, clerk.id)
        await _offer(act)
        act.tell("utter_clerk_waits_again")
        act.note("released")


async def transfer(
    room: DeskRoom, clerk: DeskClerk, handoff_id: int, *, to: str | None, window: str | None, note: str
) -> None:
    """Hand it to a colleague who is there, or to a window's queue, with a note."""
    async with deed(room, clerk, handoff_id) as act:
        if note:
            _add_note(act, note)
        if to is not None:
            colleague = await _there(act, to)
            await handoffs.pass_on(act.session, act.handoff, clerk.id, to)
            act.tell("utter_clerk_other", clerk=colleague, office=room.office.street_name)
        else:
            if window not in room.catalog().windows:
                raise Refused(422, "not_found")
            await handoffs.release(act.session, act.handoff, clerk.id, window)
            await _offer(act)
            act.tell("utter_clerk_waits_again")
        act.note("transferred", to or window)


async def take_over(room: DeskRoom, clerk: DeskClerk, handoff_id: int) -> None:
    """A supervisor takes it from whoever has it."""
    async with deed(room, clerk, handoff_id) as act:
        if not may_supervise(clerk):
            raise Refused(403, "no_right")
        if act.handoff.clerk_id is None:
            raise HandoffChanged("nobody has it")
        await handoffs.pass_on(act.session, act.handoff, act.handoff.clerk_id, clerk.id)
        await duty.be_there(act.session, colleague_of(room, clerk))
        act.tell("utter_clerk_other", clerk=clerk.name, office=room.office.street_name)
        act.note("taken_over")


async def say(room: DeskRoom, clerk: DeskClerk, handoff_id: int, text: str, client_id: str) -> int:
    """Say something to the resident; the same `client_id` again says it once."""
    async with deed(room, clerk, handoff_id) as act:
        is_pushed = room.pipeline.is_pushed(act.conversation)
        number = await clerk_speech.say(
            act.session, act.handoff, act.voice, _checked(text), client_id, is_pushed=is_pushed
        )
    room.live.stop_typing(act.conversation.id, clerk.name)
    return number


async def add_note(room: DeskRoom, clerk: DeskClerk, handoff_id: int, text: str) -> None:
    """Note something for colleagues; the resident does not see it."""
    async with deed(room, clerk, handoff_id) as act:
        _add_note(act, _checked(text))
        act.note("noted")


async def lend(room: DeskRoom, clerk: DeskClerk, handoff_id: int, kind: str, *, text: str = "", item: str = "") -> None:
    """Have the bot ask for a material, begin an item's form or see to the proof of identity, and come back."""
    async with deed(room, clerk, handoff_id) as act:
        if kind == "verify" and act.handoff.case_id is None:
            raise Refused(409, "no_case")
        if kind == "begin" and item not in room.catalog().items:
            raise Refused(422, "not_found")
        await handoffs.lend(act.session, act.handoff, clerk.id)
        directive = {"text": _checked(text) if kind == "collect" else "", "item_id": item or None}
        act.direct(
            Directive.model_validate(
                {
                    **directive,
                    "kind": kind,
                    "clerk_name": clerk.name,
                    "handoff": handoff_id,
                    "case_id": act.handoff.case_id,
                }
            )
        )
        act.note(f"lent_{kind}")


async def give_back(room: DeskRoom, clerk: DeskClerk, handoff_id: int, summary: str) -> None:
    """Give the word back to the bot, with what it is to tell the resident."""
    async with deed(room, clerk, handoff_id) as act:
        await handoffs.close(act.session, act.handoff, clerk.id, Outcome.RETURNED, summary=summary[:LONGEST] or None)
        act.direct(
            Directive(kind="returned", clerk_name=clerk.name, handoff=handoff_id, text=summary[:LONGEST].strip())
        )
        act.note("given_back")


async def close(room: DeskRoom, clerk: DeskClerk, handoff_id: int, words: str) -> None:
    """The matter is settled: last words, and the question how content the resident is."""
    async with deed(room, clerk, handoff_id) as act:
        if words.strip():
            is_pushed = room.pipeline.is_pushed(act.conversation)
            name = f"close-{handoff_id}"
            await clerk_speech.say(act.session, act.handoff, act.voice, _checked(words), name, is_pushed=is_pushed)
        await handoffs.close(act.session, act.handoff, clerk.id, Outcome.SETTLED)
        act.direct(Directive(kind="settled", clerk_name=clerk.name, handoff=handoff_id))
        act.note("settled")


async def decide_held(room: DeskRoom, clerk: DeskClerk, held_id: int, decision: str, text: str) -> None:
    """Let the bot say what was held, say it otherwise, or only that a person would know better."""
    async with room.sessions() as session:
        held = await session.get(HeldReply, held_id)
        item = None if held is None else room.catalog().items.get(held.item_id)
        restricted = room.catalog().restricted
        if held is None or item is None or not may_see(clerk, item.window, item.department, restricted):
            raise Refused(404, "not_found")
        if not await handoffs.decide_held(session, held_id, clerk.id, decision):
            raise Refused(409, "changed")
        bubbles = held.bubbles
        if decision == "drop":
            instead = Bubble(text=phrase("utter_reply_dropped"), choices=[human("asked")])
            bubbles = [instead.model_dump(mode="json", exclude_defaults=True)]
        if decision == "change":
            bubbles = [*held.bubbles[:-1], {**held.bubbles[-1], "text": _checked(text)}]
        conversation = await session.get_one(Conversation, held.conversation_id)
        directive = Directive(kind="approved", clerk_name=clerk.name, bubbles=bubbles)
        clerk_speech.direct(session, conversation, directive)
        trail.note(session, clerk.id, f"held_{decision}", "conversation", conversation.id)
        await session.commit()
    room.pipeline.wake(conversation.id)
    room.hub.queue_changed()


async def go_on_duty(room: DeskRoom, clerk: DeskClerk, *, on: bool) -> None:
    """Be there to talk, or not any more."""
    if not may_talk(clerk):
        raise Refused(403, "no_right")
    async with room.sessions() as session:
        if on:
            await duty.be_there(session, colleague_of(room, clerk))
        else:
            await duty.leave(session, clerk.id)
        trail.note(session, clerk.id, "on_duty" if on else "off_duty", "clerk", clerk.id)
        await session.commit()
    room.hub.queue_changed()


def colleague_of(room: DeskRoom, clerk: DeskClerk) -> duty.Colleague:
    """A clerk as the queue knows them: a supervisor takes everything."""
    if may_supervise(clerk):
        return duty.Colleague(clerk.id, clerk.name, [duty.EVERY_WINDOW], sorted(room.catalog().restricted))
    return duty.Colleague(clerk.id, clerk.name, sorted(clerk.windows), sorted(clerk.departments))


async def _offer(act: Deed) -> None:
    await queue.offer(act.session, act.handoff, act.room.catalog().restricted)


def _add_note(act: Deed, text: str) -> None:
    act.session.add(HandoffNote(conversation_id=act.conversation.id, clerk_id=act.clerk.id, body=text[:LONGEST]))


def _checked(text: str) -> str:
    plain = cleaned(text)
    if not plain:
        raise Refused(422, "empty")
    if len(plain) > LONGEST:
        raise Refused(422, "too_long", most=LONGEST)
    return plain


async def _there(act: Deed, clerk_id: str) -> str:
    """The name of a colleague who is on duty and may take the handoff."""
    account = await act.session.get(Clerk, clerk_id)
    restricted = act.room.catalog().restricted
    for each in await duty.who_is_there(act.session):
        if each.clerk_id == clerk_id and each.may_take(act.handoff.window, act.handoff.department, restricted):
            return each.name
    raise Refused(409, "nobody_there", name=said("colleague") if account is None else account.name)


async def _who_was_first(room: DeskRoom, handoff_id: int, clerk: DeskClerk) -> Refused:
    """Why a deed came too late."""
    async with room.sessions() as session:
        handoff = await handoffs.find(session, handoff_id)
        holder = None if handoff is None or handoff.clerk_id is None else await session.get(Clerk, handoff.clerk_id)
    if holder is not None and holder.id != clerk.id:
        return Refused(409, "taken_by", name=holder.name)
    return Refused(409, "not_yours" if holder is None else "changed")

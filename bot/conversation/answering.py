"""What a turn does: have the message understood, then act on it.

The engine is asked first and only plans; nothing is written and no connection is held while it thinks, nor while an
adviser does, where there is one and the plan leaves a doubt. Then the planned actions run one after the other on the
turn's session, and the pipeline commits them at once.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.conversation import several
from bot.conversation.advice import Advice, Adviser
from bot.conversation.bubbles import Bubble, human
from bot.conversation.distress import urgent
from bot.conversation.engine import Engine, EngineRequest
from bot.conversation.history import last_said
from bot.conversation.incoming import MAX_CHARS, Directive, Incoming, neutral
from bot.conversation.ownership import Owner
from bot.conversation.redaction import CASE_NUMBER, redacted
from bot.conversation.selection import taken
from bot.conversation.turn import OpenTurns, Planned, Turn
from bot.conversation.waiting import RETURN_TO_BOT, wants_the_bot
from bot.conversation.wishes import is_topic, wishes
from kyc.linking import link_code_in

STALE_HOURS = 6
"""After so long a new message begins a new matter."""

Deed = Callable[[Turn], Awaitable[None]]


@dataclass(frozen=True)
class Deeds:
    """What is done without asking the engine.

    `certain_answer` tells whether a text can only be the answer to the question the form is asking; such a
    text is not shown to the engine at all. `leave` forgets a resident who left the channel; `checked` goes on after
    an identity check has ended; `directed` does what a clerk wants of the bot, and `collected` takes what the clerk had
    it ask for; `danger` sees to it that a clerk looks
    at once; `waits` answers who waits for a clerk, and `bot_again` ends the wait; `heard` notes what was said to a
    clerk; `held` tells whether a clerk has to approve what the bot would say, and keeps it.
    """

    certain_answer: Callable[[Turn], Awaitable[bool]]
    leave: Deed
    checked: Deed
    directed: Callable[[Turn, Directive], Awaitable[None]]
    collected: Callable[[Turn], Awaitable[bool]]
    danger: Deed
    waits: Callable[[Turn, Incoming], Awaitable[None]]
    bot_again: Deed
    heard: Callable[[Turn, Incoming], Awaitable[None]]
    held: Callable[[Turn, Incoming], Awaitable[None]]


class Answering:
    """Answers messages with the help of the engine, and of an adviser where there is one."""

    def __init__(self, engine: Engine, turns: OpenTurns, deeds: Deeds, adviser: Adviser | None = None) -> None:
        self._engine, self._turns, self._deeds, self._adviser = engine, turns, deeds, adviser

    async def answer(self, turn: Turn, message: Incoming) -> None:
        """Make the turn say what there is to say to `message`. Raises EngineUnavailable."""
        owner = Owner(turn.conversation.owner)
        if message.event == "leave":
            await self._deeds.leave(turn)
        elif message.event == "checked":
            if owner.is_bot:
                await self._deeds.checked(turn)
        elif message.directive is not None:
            if owner.is_bot:
                await self._deeds.directed(turn, message.directive)
        elif owner is Owner.CLERK:
            await self._deeds.heard(turn, message)
        elif (help_now := urgent(message.text)) is not None:
            offers = [human("danger")] if owner.is_bot else [RETURN_TO_BOT]
            turn.ask(help_now, offers)
            await self._deeds.danger(turn)
        elif owner is Owner.WAITING:
            await self._while_waiting(turn, message)
        else:
            await self._as_bot(turn, message)
            await self._deeds.held(turn, message)

    async def _while_waiting(self, turn: Turn, message: Incoming) -> None:
        """Keep the message for the clerk, or bring the bot back if the resident wants it."""
        if not wants_the_bot(message, turn.state.offered):
            await self._deeds.waits(turn, message)
            return
        turn.say("utter_returned_to_bot")
        await self._plan(turn, "/repeat", message.text)
        await self._act(turn)
        await self._deeds.bot_again(turn)

    async def _as_bot(self, turn: Turn, message: Incoming) -> None:
        if message.event == "follow":
            turn.say("utter_greet", street=turn.office.street_name)
            if not message.text:
                return
        if (sentence := _not_read(message)) is not None:
            turn.say(sentence)
            await self._ask_again(turn)
            return
        turn.text, turn.file_id = message.text, message.file_id
        typed = message.is_typed or message.event == "follow"
        if typed and not message.text:
            turn.say("utter_empty_message")
            return
        if len(message.text) > MAX_CHARS:
            turn.say("utter_long_message", limit=MAX_CHARS)
            return
        is_code = typed and link_code_in(message.text) is not None
        certain = typed and not is_code and await self._deeds.certain_answer(turn)
        turn.choice = None if certain or is_code else taken(turn.state, message)
        if await self._deeds.collected(turn):
            return
        if turn.file_id is not None:
            await self._plan(turn, "/send_file", "")
        elif certain:
            await self._plan(turn, "/answer", message.text)
        elif turn.choice is not None:
            await self._plan_choice(turn, message.text)
        else:
            apart = turn.state.loop is None and not is_code
            for wish in wishes(message.text) if apart else [message.text]:
                await self._plan(turn, for_the_engine(wish, in_form=turn.state.loop is not None), wish)
        await self._act(turn)
        if not turn.bubbles:
            turn.say("utter_not_understood")

    async def _ask_again(self, turn: Turn) -> None:
        """Put the question that was open once more: what came instead of an answer could not be read."""
        if turn.state.offered or turn.state.loop is not None:
            question = await last_said(turn.session, turn.conversation.id)
            if question is not None:
                turn.show(question)

    async def _plan_choice(self, turn: Turn, label: str) -> None:
        """Plan what was chosen: a wish of before is understood now; once an item is, so is what was asked of it."""
        verb, _, said = (turn.choice.value if turn.choice is not None else "").partition(":")
        if verb == several.WISH:
            turn.choice = None
            await self._plan(turn, for_the_engine(said, in_form=turn.state.loop is not None), said)
            return
        await self._plan(turn, "/choose", label)
        if verb == "item":
            for wish in several.taken_up(turn.state, is_topic):
                await self._plan(turn, for_the_engine(wish, in_form=turn.state.loop is not None), wish)

    async def _plan(self, turn: Turn, text: str, own_text: str) -> None:
        """Have the engine plan what to do about a text; `own_text` is what the actions will read."""
        request = EngineRequest(
            conversation=turn.conversation.id,
            turn=turn.id,
            text=text,
            loop=turn.state.loop,
            requested_slot="answer" if turn.state.loop else None,
            slots={"item": turn.state.item_id},
            before=_left_open(turn) if turn.state.loop is None and not text.startswith("/") else None,
        )
        turn.text = own_text
        await turn.session.commit()  # nothing is written yet: this gives the connection back
        self._turns.open(turn)
        try:
            reply = await self._engine.handle(request)
        finally:
            self._turns.close(turn)
        turn.bubbles.extend(Bubble(text=message["text"]) for message in reply.messages if message.get("text"))

    async def _act(self, turn: Turn) -> None:
        doubted, advice = await self._advice(turn)

        async def do(planned: Planned) -> None:
            turn.text = planned.text
            turn.advice = advice if planned is doubted else None
            await planned.act(turn)

        await several.serve(turn, do)

    async def _advice(self, turn: Turn) -> tuple[Planned | None, Advice | None]:
        """What the adviser says to the first doubt of the plan; it is asked once a turn, before anything is written."""
        if self._adviser is None:
            return None, None
        for planned in turn.plan:
            turn.text = planned.text
            doubt = await planned.doubt(turn)
            if doubt is not None:
                await turn.session.commit()  # this gives the connection back
                return planned, await self._adviser.advise(doubt)
        return None, None


def _not_read(message: Incoming) -> str | None:
    """The sentence that says why a message cannot be read, if it cannot."""
    if message.unreadable is not None:
        return f"utter_unreadable_{message.unreadable}"
    return message.refusal


def _left_open(turn: Turn) -> str | None:
    """What was said last, as the engine may read it, where it was not found out which item is meant."""
    said = turn.state.said
    return neutral(redacted(said[-1])) if said and turn.idle_hours < STALE_HOURS else None


def for_the_engine(wish: str, *, in_form: bool = False) -> str:
    """What the engine gets to read of a wish. A code that links channels is one wherever it comes; whoever gives a
    case number outside a form asks for that case."""
    if link_code_in(wish) is not None:
        return "/link_channels"
    text = redacted(wish)
    if not in_form and CASE_NUMBER in text:
        return "/track_case"
    return neutral(text)

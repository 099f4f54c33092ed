"""Learning from use: what a message was taken for, and what the resident, or a clerk, then said it was.

Only what is said outside forms is looked at: inside them residents answer, and their answers are their own.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.conversation.drift import Understanding
from bot.conversation.incoming import Directive
from bot.conversation.lessons import How, anonymous, explain, keep
from bot.conversation.ownership import Owner
from bot.conversation.state import Guess
from bot.conversation.turn import Turn

if TYPE_CHECKING:
    from actions.base import Heard

GUESSES = 5
"""Items kept of those the engine considered."""
WORTH_NAMING = 0.08
"""A question without an item for which nothing is at least this likely has nothing to learn from."""
QUESTIONS = frozenset(
    ("ask_overview", "ask_conditions", "ask_materials", "ask_time", "ask_fee", "ask_place", "ask_how", "ask_legal",
     "kiosk", "verify_identity")
)  # fmt: skip
WISHES = QUESTIONS | {"apply", "book"}
"""Intents about an item."""
REPLIES = frozenset({"affirm", "deny", "none_of_these", "later"})
"""Intents about what was just offered."""
NOT_READ = frozenset({"choose", "send_file", "answer", "repeat"})
"""What comes without the engine having read a text, or only says again what was said."""
KEPT_OPEN = frozenset({"human", "rephrase"})
"""Choices after which it is still to be seen what was meant."""
_NOT_THIS = re.compile(r"不是(?:这|那|办|问|说|要|的|啊|呀)|不对|[搞弄说听理解]错|换一个|换个别的|我(?:说|问)的是")


@dataclass(frozen=True)
class Before:
    """How a turn stood before an action."""

    guess: Guess | None
    misses: int
    said: int


def before(turn: Turn) -> Before | None:
    """How the turn stands, to be compared with `after`; None in a form, where nothing is learned."""
    if turn.state.loop is not None:
        return None
    return Before(turn.state.guess, turn.state.misses, len(turn.bubbles))


async def after(turn: Turn, heard: "Heard", was: Before | None) -> None:
    """Note what came of the message, and keep what can be learned from it, with the turn."""
    if was is None:
        return
    if heard.intent == "choose":
        await _chosen(turn, was)
        return
    outcome = _outcome(turn, heard, was)
    if heard.intent not in NOT_READ:
        turn.understandings.append(outcome)
    if len(turn.plan) > 1:  # which of several wishes the next words are about, nobody knows
        turn.state.guess = None
        if outcome is Understanding.MISSED and (guess := _guess(turn, heard, outcome)) is not None:
            keep(turn.session, guess, How.MISSED)
    elif heard.intent in REPLIES:
        await _replied(turn, heard, was)
    elif Owner(turn.conversation.owner).is_bot and heard.intent != "human":
        await _understood_or_not(turn, heard, was, outcome)


async def told_by_clerk(turn: Turn, directive: Directive) -> None:
    """A clerk has the bot begin an item's form: that is what was meant. Giving the word back ends the matter."""
    guess = turn.state.guess
    if directive.kind == "begin" and directive.item_id in turn.catalog.items and guess is not None:
        if guess.took != directive.item_id:
            await _settle(turn, guess, directive.item_id, How.CLERK)
        turn.state.guess = None
    elif directive.kind in ("returned", "settled"):
        turn.state.guess = None


def _outcome(turn: Turn, heard: "Heard", was: Before) -> Understanding:
    """What came of a message that an action was just done for."""
    new = turn.bubbles[was.said :]
    if any(choice.value.startswith("item:") for bubble in new for choice in bubble.choices):
        return Understanding.ASKED
    if heard.intent in REPLIES or turn.state.misses <= was.misses:
        return Understanding.UNDERSTOOD
    if heard.intent in ("out_of_scope", "distress"):
        return Understanding.OUTSIDE
    if heard.intent in QUESTIONS and not heard.named and all(c.p < WORTH_NAMING for c in heard.candidates):
        return Understanding.ASKED  # 要什么材料: of what?
    return Understanding.MISSED


async def _understood_or_not(turn: Turn, heard: "Heard", was: Before, outcome: Understanding) -> None:
    """A message that speaks for itself: it may explain the one before, and is a guess to be seen about itself."""
    if outcome is Understanding.MISSED and was.guess is not None and _NOT_THIS.match(turn.text):
        await _none_of_them(turn, was.guess)
        return
    took = _taken(turn, heard) if outcome is Understanding.UNDERSTOOD else None
    if took is not None and was.guess is not None:
        await _reworded(turn, was.guess, took)
    about_nothing = outcome is Understanding.ASKED and not _offers_items(turn, was)
    if about_nothing or (outcome is Understanding.UNDERSTOOD and took is None):
        turn.state.guess = None
        return
    turn.state.guess = guess = _guess(turn, heard, outcome, took)
    if guess is not None and outcome is Understanding.MISSED:
        guess.lesson = keep(turn.session, guess, How.MISSED)


def _guess(turn: Turn, heard: "Heard", outcome: Understanding, took: str | None = None) -> Guess | None:
    """What the message was taken for; None where nothing of it may be kept."""
    text = anonymous(turn.text)
    if text is None:
        return None
    return Guess(
        text=text,
        intent=heard.intent,
        confidence=round(heard.confidence, 3),
        items={each.item_id: round(each.p, 3) for each in heard.candidates[:GUESSES]},
        how=outcome.value,
        took=took,
    )


async def _chosen(turn: Turn, was: Before) -> None:
    """A choice was taken: of the items asked about, none of them, or something else."""
    verb, _, rest = ("", "", "") if turn.choice is None else turn.choice.value.partition(":")
    if verb == "item" and was.guess is not None and rest in turn.catalog.items:
        await _settle(turn, was.guess, rest, How.CHOSEN)
    if verb == "none" and was.guess is not None:
        await _none_of_them(turn, was.guess)
    elif verb not in KEPT_OPEN:
        turn.state.guess = None


async def _replied(turn: Turn, heard: "Heard", was: Before) -> None:
    """Said to what was just offered: 对, 不要, 都不是, or 不是这个."""
    guess, turn.state.guess = was.guess, None
    if guess is None:
        return
    if heard.intent == "none_of_these" or (heard.intent == "deny" and _NOT_THIS.search(turn.text)):
        await _none_of_them(turn, guess)
    elif heard.intent == "affirm" and guess.how == Understanding.ASKED:
        if _offers_items(turn, was):
            turn.state.guess = guess  # asked once more
        elif turn.state.item_id in guess.items:
            await _settle(turn, guess, turn.state.item_id, How.CHOSEN)


async def _none_of_them(turn: Turn, guess: Guess) -> None:
    """What was guessed was not meant. What was, the next words may tell."""
    if guess.how == Understanding.UNDERSTOOD:
        turn.understandings.append(Understanding.CORRECTED)
        await _settle(turn, guess, None, How.CORRECTED)
    elif guess.how == Understanding.ASKED:
        await _settle(turn, guess, None, How.CHOSEN)
    guess.how, guess.took = Understanding.MISSED.value, None
    turn.state.guess = guess


async def _reworded(turn: Turn, guess: Guess, took: str) -> None:
    """The next message was understood: was it the same wish in other words, or a correction?

    Who asks for something else altogether corrects nothing. So after the bot went ahead another item has to be near
    the first one, or be said with a word like 不是.
    """
    if guess.how in (Understanding.MISSED, Understanding.ASKED):
        await _settle(turn, guess, took, How.REWORDED)
    elif guess.took is not None and guess.took != took:
        rivals = {other.item for other in turn.catalog.items[guess.took].confusable_with}
        if took in guess.items or took in rivals or _NOT_THIS.search(turn.text):
            turn.understandings.append(Understanding.CORRECTED)
            await _settle(turn, guess, took, How.CORRECTED)


async def _settle(turn: Turn, guess: Guess, item_id: str | None, how: How) -> None:
    """Keep what the guess turned out to be, in the row it has or in a new one."""
    intent = None if item_id is None else (guess.intent if guess.intent in WISHES else "apply")
    if guess.lesson is None:
        guess.lesson = keep(turn.session, guess, how, item_id, intent)
    else:
        await explain(turn.session, guess.lesson, how, item_id, intent)


def _taken(turn: Turn, heard: "Heard") -> str | None:
    """The item the bot went ahead with because the message itself brought it to mind."""
    brought = {each.item_id for each in heard.candidates[:GUESSES]} | set(heard.named)
    wished = heard.intent in WISHES or heard.intent == "ambiguous"
    return turn.state.item_id if wished and turn.state.item_id in brought else None


def _offers_items(turn: Turn, was: Before) -> bool:
    return any(choice.value.startswith("item:") for bubble in turn.bubbles[was.said :] for choice in bubble.choices)

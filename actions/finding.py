"""Which item is meant: sure, in doubt between a few, or none (experience: never guess in silence)."""

from dataclasses import dataclass

from actions.base import Candidate, Heard
from actions.doubts import advised, advised_item, which_item
from actions.hearing import keep_said
from bot.conversation.advice import WhichItem
from bot.conversation.bubbles import HUMAN, Choice
from bot.conversation.state import Wish
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from services_catalog.guide import named
from services_catalog.schema import Item

SURE = 0.8
"""From this probability on the bot goes ahead, naming the item (measured: docs/performance.md)."""
MAYBE = 0.08
"""Below this a candidate is no reason to ask."""
ALONE = 0.2
"""From this on it is reason enough to ask even where nothing else is likely."""
BESIDE = 0.005
"""Where it is asked which is meant, whatever is this likely may stand beside: a third choice costs little."""
SHARP = 0.5
"""A confusable item with at least this share of the best one's probability is asked about."""
ELSEWHERE = 0.25
"""From this probability on another item than the one spoken of may be meant, and the bot asks."""
NAMED_OTHERWISE = 0.85
"""A named item outweighs another candidate that is less likely than this."""
OFFERED = 3
MISSES_UNTIL_PERSON = 2

NONE_OF_THESE = Choice(label="都不是", value="none")
LATER = Choice(label="先不办", value="later")


@dataclass(frozen=True)
class Found:
    """The items meant: exactly one if the bot is sure, several to ask about, none if nothing fits."""

    items: tuple[Item, ...]

    @property
    def sure(self) -> Item | None:
        """The item, if there is no doubt."""
        return self.items[0] if len(self.items) == 1 else None


def find(turn: Turn, heard: Heard, *, spoken_of: bool = True) -> Found:
    """The item a message means; without one, the item `spoken_of` before, if that may be meant.

    Where that leaves a doubt, an adviser's word on it counts, as far as `doubts.advised` lets it.
    """
    found = _found(turn, heard, spoken_of=spoken_of)
    if found.sure is not None:
        return found
    before = turn.catalog.items.get(turn.state.item_id or "") if spoken_of else None
    return Found(advised(turn, heard, found.items, spoken_of=before, least=MAYBE))


def doubt(turn: Turn, heard: Heard, *, spoken_of: bool = True) -> WhichItem | None:
    """What to ask an adviser about a message of which the item is not sure; None if it is."""
    found = _found(turn, heard, spoken_of=spoken_of)
    return None if found.sure is not None else which_item(turn, heard, found.items)


def _found(turn: Turn, heard: Heard, *, spoken_of: bool) -> Found:
    """What the engine's candidates and names alone say."""
    catalog = turn.catalog.items
    named_items = [catalog[item_id] for item_id in heard.named if item_id in catalog]
    candidates = _candidates(turn, heard)
    doubted = bool(named_items and candidates and catalog[candidates[0].item_id] not in named_items)
    if candidates and candidates[0].p >= (NAMED_OTHERWISE if doubted else SURE):
        best = catalog[candidates[0].item_id]
        rivals = {other.item for other in best.confusable_with}
        close = [c for c in candidates[1:] if c.item_id in rivals and c.p >= SHARP * candidates[0].p]
        return Found((best, *(catalog[c.item_id] for c in close[: OFFERED - 1])))
    if len(named_items) == 1 and (not candidates or candidates[0].item_id == named_items[0].id):
        return Found((named_items[0],))
    if named_items:
        beside = _candidates(turn, heard, BESIDE)
        likely = [catalog[c.item_id] for c in beside if catalog[c.item_id] not in named_items]
        return Found(tuple([*named_items, *likely][:OFFERED]))
    if spoken_of and turn.state.item_id is not None and turn.state.item_id in catalog:
        before = catalog[turn.state.item_id]
        elsewhere = [c for c in candidates if c.p >= ELSEWHERE and c.item_id != before.id]
        return Found((*(catalog[c.item_id] for c in elsewhere[: OFFERED - 1]), before))
    worth_asking = len(candidates) > 1 or bool(candidates and candidates[0].p >= ALONE)
    likeliest = _likeliest(turn, heard)
    return Found(likeliest) if worth_asking and len(likeliest) > 1 else Found(())


def likely_items(turn: Turn, heard: Heard) -> tuple[Item, ...]:
    """The few items most likely meant, however unsure; what an adviser says is meant comes first."""
    likely, item = _likeliest(turn, heard), advised_item(turn)
    return (item, *(each for each in likely if each != item)) if likely and item is not None else likely


def _likeliest(turn: Turn, heard: Heard) -> tuple[Item, ...]:
    if not _candidates(turn, heard):
        return ()
    return tuple(turn.catalog.items[c.item_id] for c in _candidates(turn, heard, BESIDE)[:OFFERED])


def _candidates(turn: Turn, heard: Heard, least: float = MAYBE) -> list[Candidate]:
    """The engine's candidates that the catalogue has and that are at least so probable, best first."""
    return [c for c in heard.candidates if c.item_id in turn.catalog.items and c.p >= least]


def ask_which(turn: Turn, items: tuple[Item, ...], intent: str) -> None:
    """Ask which of a few items is meant; the answer completes the wish."""
    turn.state.wish = Wish(intent=intent)
    keep_said(turn)
    choices = [Choice(label=_told_apart(item, items), value=f"item:{item.id}") for item in items]
    turn.ask(phrase("utter_ask_which_item"), [*choices, NONE_OF_THESE])


def miss(turn: Turn) -> None:
    """Nothing was understood: say so, with examples; the second time in a row, offer a person."""
    turn.state.misses += 1
    keep_said(turn)
    if turn.state.misses >= MISSES_UNTIL_PERSON:
        turn.ask(phrase("utter_missed_again"), [HUMAN, Choice(label="我换个说法", value="rephrase")])
    else:
        turn.say("utter_not_understood")


def understood(turn: Turn) -> None:
    """Something was understood; misses are counted in a row only."""
    turn.state.misses = 0


def _told_apart(item: Item, among: tuple[Item, ...]) -> str:
    """An item's label in a question back, with its situation where it is confusable with another offered one."""
    others = {other.id for other in among}
    hint = next((c.tell_apart for c in item.confusable_with if c.item in others), None)
    return f"{named(item)}：{hint}" if hint else named(item)

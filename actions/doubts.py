"""What an adviser is asked where the bot is in doubt about the item, and how far its answer counts.

What it says only re-orders: the item it names comes first in the question back. The bot goes ahead with it only where
its own finder put it first already, and not faintly. Nothing the finder would have offered is left out because of it,
so advice that is wrong costs one more choice to read.
"""

from collections.abc import Sequence

from actions.base import Candidate, Heard
from bot.conversation.advice import MOST_OPTIONS, ItemAdvised, Option, WhichItem
from bot.conversation.turn import Turn
from services_catalog.guide import named
from services_catalog.schema import Item

FAINT = 0.02
"""A candidate less likely than this is no option."""
GO_AHEAD = 0.4
"""From this probability on the finder's first candidate is meant if the adviser says so, too."""
SHORTEST = 4
"""Characters of the shortest message that is worth asking about."""


def options(turn: Turn, heard: Heard) -> list[Candidate]:
    """The engine's candidates that an adviser may choose from, best first."""
    known = (c for c in heard.candidates if c.item_id in turn.catalog.items and c.p >= FAINT)
    return list(known)[:MOST_OPTIONS]


def which_item(turn: Turn, heard: Heard, offered: Sequence[Item]) -> WhichItem | None:
    """What to ask an adviser where `offered` is all that the bot would ask back; None where there is nothing to choose.

    Inside a form nothing is asked: what is said there is about its item. Nor is it with a choice, which says its own.
    """
    known = [turn.catalog.items[c.item_id] for c in options(turn, heard)]
    items = [*known, *(item for item in offered if item not in known)][:MOST_OPTIONS]
    if turn.state.loop is not None or turn.choice is not None:
        return None
    if len(items) < 2 or len("".join(turn.text.split())) < SHORTEST:
        return None
    before = turn.catalog.items.get(turn.state.item_id or "")
    return WhichItem(
        turn.text,
        tuple(Option(item.id, named(item), item.summary, tuple(item.conditions)) for item in items),
        before.call_it if before is not None else None,
    )


def advised_item(turn: Turn) -> Item | None:
    """The item that the adviser says is meant."""
    return turn.catalog.items.get(turn.advice.item_id) if isinstance(turn.advice, ItemAdvised) else None


def advised(
    turn: Turn, heard: Heard, offered: tuple[Item, ...], *, spoken_of: Item | None, least: float
) -> tuple[Item, ...]:
    """What is meant, or asked back, once the adviser was heard; `offered` itself where it said nothing.

    It goes ahead with one item only if the finder put that one first, and neither another item is named nor one was
    spoken of before. Where the bot would have missed, it asks back only about an item of at least the probability
    `least`.
    """
    item, likely = advised_item(turn), options(turn, heard)
    if item is None or (not offered and all(c.item_id != item.id or c.p < least for c in likely)):
        return offered
    others = {*heard.named, *(() if spoken_of is None else (spoken_of.id,))} & turn.catalog.items.keys() - {item.id}
    if likely and likely[0].item_id == item.id and likely[0].p >= GO_AHEAD and not others:
        return (item,)
    rest = offered or tuple(turn.catalog.items[c.item_id] for c in likely)[:2]
    return (item, *(each for each in rest if each != item))

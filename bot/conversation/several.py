"""Several wishes of one message: all are served in one reply, in their order, and what needs an answer comes last.

Only one question can be open. A second one is put back as if it had not been asked; what it was about is kept and
offered when the first is settled.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.conversation.bubbles import Bubble, Choice
from bot.conversation.ownership import Owner
from bot.conversation.state import DialogueState, NextWish
from bot.conversation.turn import Planned, Turn
from bot.conversation.wording import phrase
from services_catalog.guide import named

MOST_KEPT = 3
MOST_OFFERS = 6
MOST_SAID = 150
"""Characters kept of a wish; the choice that comes back to it carries them, and a page sends no longer one."""
WISH = "wish"
"""The verb of the choice that comes back to a wish; what was said follows."""
QUESTIONS = frozenset({"item", "begin", "resume", "restart", "erase", "link", "case"})
"""Verbs of choices that a question is about; all others only offer what may come next."""
_HOLDS_FOR_ALL = ("item_id", "relation", "helps", "said", "heard", "misses", "guess")
"""What a wish tells for the ones after it, even where its own question has to wait."""


async def serve(turn: Turn, do: Callable[[Planned], Awaitable[None]]) -> None:
    """Do all that is planned; where it is more than one thing, as one reply."""
    if len(turn.plan) < 2:
        for planned in turn.plan:
            await do(planned)
        return
    spoken, answers = turn.bubbles, list[Bubble]()
    question, changes = list[Bubble](), dict[str, Any]()
    waiting = list[NextWish]()
    for planned in turn.plan:
        before, turn.bubbles = turn.state.model_copy(deep=True), []
        await do(planned)
        turn.earlier = f"{turn.earlier}，{planned.text}" if turn.earlier else planned.text
        if not _asks(turn, before):
            answers += turn.bubbles
            continue
        if question or not Owner(turn.conversation.owner).is_bot:
            waiting.append(NextWish(said=planned.text[:MOST_SAID], item_id=_begins(turn)))
        else:
            question, changes = turn.bubbles, _changes(before, turn.state)
        _put_back(turn.state, before)
    for name, value in changes.items():
        setattr(turn.state, name, value)
    turn.state.next_wishes = [*turn.state.next_wishes, *waiting][:MOST_KEPT]
    noted = [Bubble(text=_noted(turn, wish)) for wish in waiting]
    turn.bubbles = [*spoken, *(_with_offers(turn, answers) if not question else _bare(answers)), *noted, *question]


def offer_next_wish(turn: Turn) -> None:
    """Come back to what was wished for along with what was just settled."""
    if not turn.state.next_wishes:
        return
    wish, *turn.state.next_wishes = turn.state.next_wishes
    item = turn.catalog.items.get(wish.item_id or "")
    later = Choice(label=phrase("utter_next_wish_later"), value="later")
    if item is not None:
        label, question = phrase("utter_next_wish_begin"), phrase("utter_next_wish", item=named(item))
        turn.ask(question, [Choice(label=label, value=f"apply:{item.id}"), later])
    else:
        go_on = Choice(label=phrase("utter_next_wish_go_on"), value=f"{WISH}:{wish.said}")
        turn.ask(phrase("utter_next_wish_said", said=wish.said), [go_on, later])


def taken_up(state: DialogueState, wanted: Callable[[str], bool]) -> list[str]:
    """The wishes kept of which no item is known and that are `wanted` now; they are kept no longer."""
    said = [wish.said for wish in state.next_wishes if wish.item_id is None and wanted(wish.said)]
    state.next_wishes = [wish for wish in state.next_wishes if wish.item_id is not None or wish.said not in said]
    return said


def _asks(turn: Turn, before: DialogueState) -> bool:
    """Whether what was just done waits for an answer."""
    state = turn.state
    opened = state.loop is not None and state.loop != before.loop
    wanted = state.wish is not None and state.wish != before.wish
    return opened or wanted or any(_verb(choice) in QUESTIONS for bubble in turn.bubbles for choice in bubble.choices)


def _begins(turn: Turn) -> str | None:
    """The item that was proposed, if one was."""
    values = [choice.value for bubble in turn.bubbles for choice in bubble.choices]
    return next((value.partition(":")[2] for value in values if value.startswith("begin:")), None)


def _changes(before: DialogueState, after: DialogueState) -> dict[str, Any]:
    names = type(after).model_fields
    return {name: getattr(after, name) for name in names if getattr(after, name) != getattr(before, name)}


def _put_back(state: DialogueState, before: DialogueState) -> None:
    for name in type(state).model_fields:
        if name not in _HOLDS_FOR_ALL:
            setattr(state, name, getattr(before, name))


def _noted(turn: Turn, wish: NextWish) -> str:
    item = turn.catalog.items.get(wish.item_id or "")
    return phrase("utter_wish_noted", wish=named(item) if item is not None else f"“{wish.said}”")


def _bare(answers: list[Bubble]) -> list[Bubble]:
    """The answers without what they offer: what comes after them asks something."""
    return [bubble.model_copy(update={"choices": []}) for bubble in answers]


def _with_offers(turn: Turn, answers: list[Bubble]) -> list[Bubble]:
    """The answers with all that they offer at the end, each once, and nothing that was just told."""
    offering = [bubble.choices for bubble in answers if bubble.choices]
    items = list(dict.fromkeys(item_id for choices in offering if (item_id := _told_of(choices)) is not None))
    offers: dict[str, Choice] = {}
    for choices in offering:
        for choice in choices:
            verb, _, rest = choice.value.partition(":")
            about = rest if verb == "apply" else rest.partition(":")[2]
            same = [others for others in offering if _told_of(others) == about]
            if verb == "guide" and not all(choice in others for others in same):
                continue
            item = turn.catalog.items.get(about)
            if len(items) > 1 and item is not None and verb == "apply":
                choice = Choice(label=phrase("utter_begin_item", item=item.call_it), value=choice.value)
            if len(items) < 2 or verb != "guide" or about == items[-1]:
                offers.setdefault(choice.value, choice)
    first = sorted(offers.values(), key=lambda choice: _verb(choice) == "guide")[:MOST_OFFERS]
    told = _bare(answers)
    return [*told[:-1], told[-1].model_copy(update={"choices": first})] if told else []


def _told_of(choices: list[Choice]) -> str | None:
    """The item that an answer with these choices told of."""
    return next((choice.value.partition(":")[2] for choice in choices if _verb(choice) == "apply"), None)


def _verb(choice: Choice) -> str:
    return choice.value.partition(":")[0]

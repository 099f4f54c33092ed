"""Answering questions about an item from the catalogue."""

from actions.base import Heard, TurnAction
from actions.finding import ask_which, doubt, find, miss, understood
from actions.hearing import hear, keep_said, note_for_whom
from bot.conversation.advice import Doubt
from bot.conversation.bubbles import HUMAN, Bubble, Choice
from bot.conversation.state import Wish
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from services_catalog.guide import Topic, tell
from services_catalog.schema import Item

TOPICS = {
    "ask_overview": Topic.OVERVIEW,
    "ask_conditions": Topic.CONDITIONS,
    "ask_materials": Topic.MATERIALS,
    "ask_time": Topic.TIME,
    "ask_fee": Topic.FEE,
    "ask_place": Topic.PLACE,
    "ask_how": Topic.HOW,
    "ask_legal": Topic.LEGAL,
    "kiosk": Topic.KIOSK,
    "verify_identity": Topic.IDENTITY,
}
"""What each question intent is told from."""


GUESS = 0.35
"""Below this what is asked of an item is a guess, and the overview with its choices serves better."""


class ActionGuide(TurnAction):
    """Answer a question about an item, or ask back which item is meant."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_guide"

    async def act(self, turn: Turn, heard: Heard) -> None:
        """Tell the topic asked for."""
        answer(turn, heard)

    async def doubt(self, turn: Turn, heard: Heard) -> Doubt | None:
        """Which item is asked about, where that is not sure."""
        return doubt(turn, heard)


def answer(turn: Turn, heard: Heard) -> None:
    """Answer the question in `heard`, outside a form or in the middle of one."""
    found = find(turn, heard)
    if turn.state.loop is None:
        note_for_whom(turn, found.sure)
    if found.sure is not None and heard.confidence < GUESS:
        tell_of(turn, found.sure, "ask_overview")
    elif found.sure is not None:
        tell_of(turn, found.sure, heard.intent)
    elif found.items and turn.state.loop is None:
        understood(turn)
        ask_which(turn, found.items, heard.intent)
    elif turn.state.loop is None:
        keep_said(turn)
        turn.state.wish = Wish(intent=heard.intent)
        turn.state.misses += 1
        if turn.state.misses > 1:
            turn.ask(phrase("utter_ask_item_name"), [HUMAN])
        else:
            turn.say("utter_ask_item_name")
    else:
        miss(turn)


def tell_of(turn: Turn, item: Item, intent: str) -> None:
    """Tell what the catalogue says, and offer the next step where no form is open."""
    understood(turn)
    topic = TOPICS.get(intent, Topic.OVERVIEW)
    text = tell(turn.catalog, item, topic, office_hours=turn.office.hours)
    if turn.state.loop is not None:
        turn.show(Bubble(text=text))
        return
    hear(turn, item)
    turn.state.item_id = item.id
    turn.state.wish = None
    turn.ask(text, follow_ups(item, topic))


def follow_ups(item: Item, told: Topic) -> list[Choice]:
    """What a resident may want next after hearing about an item."""
    choices = [Choice(label="开始办理", value=f"apply:{item.id}")]
    for topic, label in (
        (Topic.CONDITIONS, "什么条件"),
        (Topic.MATERIALS, "要什么材料"),
        (Topic.TIME, "要多久"),
        (Topic.PLACE, "去哪里办"),
        (Topic.QUESTIONS, "大家常问的"),
    ):
        if topic is not told and (topic is not Topic.QUESTIONS or item.questions):
            choices.append(Choice(label=label, value=f"guide:{topic.value}:{item.id}"))
    return choices

"""Small talk, and what the bot does not do."""

import re
from typing import ClassVar

from rasa_sdk.events import UserUtteranceReverted

from actions import guide
from actions.base import Events, Heard, TurnAction
from actions.doubts import which_item
from actions.finding import LATER, MISSES_UNTIL_PERSON, ask_which, find, likely_items, miss, understood
from bot.conversation.advice import Doubt
from bot.conversation.bubbles import HUMAN, Choice, human
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases import drafts
from services_catalog.guide import named

SMALL_TALK = {
    "greet": "utter_greet",
    "thanks": "utter_thanks",
    "bye": "utter_bye",
    "help": "utter_help",
    "bot_identity": "utter_bot_identity",
    "ask_contact": "utter_contact",
    "out_of_scope": "utter_out_of_scope",
    "large_type": "utter_large_type",
    "wait": "utter_wait",
    "distress": "utter_distress",
    "why_asked": "utter_why_asked",
}


def small_talk(turn: Turn, intent: str) -> bool:
    """Answer small talk. False if the intent is none."""
    name = SMALL_TALK.get(intent)
    if name is None:
        return False
    if intent in ("greet", "help", "bot_identity"):
        turn.say(name, street=turn.office.street_name)
    elif intent == "ask_contact":
        phone = phrase("utter_office_phone", phone=turn.office.phone) if turn.office.phone else ""
        turn.say(name, hours=turn.office.hours, phone=phone)
    elif intent == "distress":
        turn.ask(phrase(name), [HUMAN])
    else:
        turn.say(name)
    return True


CLEAR = 0.8
"""Below this the classifier's distress is a false alarm; the plain words are heard before it (distress.py)."""
FEWEST_WORDS = 2
_HAN = re.compile(r"[\u4e00-\u9fff]")


class ActionTalk(TurnAction):
    """Small talk outside a form."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_talk"

    async def act(self, turn: Turn, heard: Heard) -> None:
        """Answer; a greeting also recalls a draft left open."""
        if heard.intent == "out_of_scope" and heard.named:
            _offer_named(turn, heard)
            return
        if heard.intent == "out_of_scope" or (heard.intent == "distress" and heard.confidence < CLEAR):
            _not_ours(turn)
            return
        understood(turn)
        small_talk(turn, heard.intent)
        if heard.intent == "greet":
            draft = await drafts.latest_draft(turn.session, turn.resident_id)
            if draft is not None and draft.answers and draft.item_id in turn.catalog.items:
                turn.ask(
                    phrase("utter_draft_recalled", item=named(turn.item_of(draft))),
                    [
                        Choice(label="接着上次的办", value=f"resume:{draft.id}"),
                        LATER,
                    ],
                )

    async def doubt(self, turn: Turn, heard: Heard) -> Doubt | None:
        """Which item may be meant, where one is named in what seems to be no business of the street."""
        return _doubt_named(turn, heard) if heard.intent == "out_of_scope" and heard.named else None


class ActionComplain(TurnAction):
    """A complaint is never argued with: it is heard, and a person offered."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_complain"

    async def act(self, turn: Turn, heard: Heard) -> None:
        """Say sorry and offer a person and the case's state."""
        understood(turn)
        turn.ask(phrase("utter_complain"), [human("complaint"), Choice(label="查办件进度", value="track")])


class ActionUnclear(TurnAction):
    """What was said means nothing certain by itself: offer what may be meant, or say so."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_unclear"

    async def act(self, turn: Turn, heard: Heard) -> None:
        """Offer the likeliest items, or examples and, the second time, a person."""
        _offer_named(turn, heard)

    async def doubt(self, turn: Turn, heard: Heard) -> Doubt | None:
        """Which item may be meant, where several would be offered."""
        return _doubt_named(turn, heard)


class ActionFallback(ActionUnclear):
    """The same where no rule fits. Rasa runs the fallback again and again until the message is taken back."""

    events: ClassVar[Events] = [UserUtteranceReverted()]

    def name(self) -> str:
        """The action's name in Rasa."""
        return "action_default_fallback"


def _not_ours(turn: Turn) -> None:
    """Say that it is not the street's business, or, where hardly a word was said, that it was not understood."""
    turn.state.misses += 1
    if len(_HAN.findall(turn.text)) < FEWEST_WORDS:
        turn.say("utter_not_understood")
    elif turn.state.misses >= MISSES_UNTIL_PERSON:
        turn.ask(phrase("utter_out_of_scope"), [HUMAN])
    else:
        turn.say("utter_out_of_scope")


def _doubt_named(turn: Turn, heard: Heard) -> Doubt | None:
    """What to ask an adviser before `_offer_named` asks which item is meant."""
    found, likely = find(turn, heard, spoken_of=False), likely_items(turn, heard)
    tells = found.sure is not None and found.sure.id in heard.named
    return (
        None if tells or not likely or len(_HAN.findall(turn.text)) < FEWEST_WORDS else which_item(turn, heard, likely)
    )


def _offer_named(turn: Turn, heard: Heard) -> None:
    """Tell of the item that is named; of those that are only likely, ask which one is meant."""
    found = find(turn, heard, spoken_of=False)
    likely = likely_items(turn, heard)
    if found.sure is not None and found.sure.id in heard.named:
        guide.tell_of(turn, found.sure, "ask_overview")
    elif likely and len(_HAN.findall(turn.text)) >= FEWEST_WORDS:
        understood(turn)
        ask_which(turn, likely, "ask_overview")
    else:
        miss(turn)

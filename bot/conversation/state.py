"""What a conversation remembers between turns; the engine itself remembers nothing."""

from datetime import date

from pydantic import BaseModel

from bot.conversation.bubbles import Choice
from services_catalog.eligibility.facts import Span, Value

APPLICATION_FORM = "application_form"
TRACKING_FORM = "tracking_form"
BENEFITS_FORM = "benefits_form"


class Wish(BaseModel):
    """Something asked for in a message, kept until its item is known."""

    intent: str


class BenefitsTalk(BaseModel):
    """What is told and asked to answer 我能领什么: of whom, what is known, and the facts asked; the last is open.

    It is forgotten as soon as the answer is given.
    """

    person: str
    known: dict[str, Span | frozenset[Value]] = {}
    asked: list[str] = []


class DialogueState(BaseModel):
    """The dialogue's state, stored encrypted with the conversation and handed to the engine each turn.

    `item_id` is the item spoken of; `loop` the open Rasa form; `case_id` the draft under way; `step` what the
    form is asking; `offered` the choices of the last question, so that "2" or 第二个 can be understood;
    `wish` what a question back will complete; `told` the item all of whose requirements were told last;
    `next_wish` an item wished for along with another; `filed` the case filed last; `misses` how often in a row
    nothing was understood; `relation` the relative spoken for, and `helps` whether the resident said that they act for
    them; `card_for` the case an ID card is to be shown for, and `card_side` which side next; `collecting`
    the material that a clerk had the bot ask for;
    `supplied` a file of which is asked what it is; `waiting_for` what is asked while a person is waited for;
    `link_failures` the wrong codes sent on `link_failed_on`; `benefits` what is asked to tell what somebody may get.
    """

    item_id: str | None = None
    loop: str | None = None
    case_id: str | None = None
    step: str | None = None
    offered: list[Choice] = []
    wish: Wish | None = None
    told: str | None = None
    next_wish: str | None = None
    filed: str | None = None
    misses: int = 0
    relation: str | None = None
    helps: bool = False
    tracking_number: str | None = None
    tracking_failures: int = 0
    card_for: str | None = None
    card_side: str | None = None
    collecting: str | None = None
    supplied: str | None = None
    waiting_for: str | None = None
    link_failures: int = 0
    link_failed_on: date | None = None
    benefits: BenefitsTalk | None = None

    def leave_form(self) -> None:
        """Close the form; its draft stays as it is."""
        self.loop = self.step = self.case_id = None

    def forget(self) -> None:
        """Begin anew, as with a stranger; only what keeps strangers from guessing is kept."""
        kept = {"tracking_failures", "link_failures", "link_failed_on"}
        fresh = DialogueState()
        for name in type(self).model_fields.keys() - kept:
            setattr(self, name, getattr(fresh, name))

"""What a conversation remembers between turns; the engine itself remembers nothing."""

from datetime import date

from pydantic import BaseModel

from bot.conversation.bubbles import Choice
from cases.hearing import HeardAnswer
from services_catalog.eligibility.facts import Span, Value
from services_catalog.schema import ApplicantKind

APPLICATION_FORM = "application_form"
TRACKING_FORM = "tracking_form"
BENEFITS_FORM = "benefits_form"


class Wish(BaseModel):
    """Something asked for in a message, kept until its item is known."""

    intent: str


class NextWish(BaseModel):
    """What was asked for along with something that has to be settled first.

    `said` are the resident's words, `item_id` the item where it is known.
    """

    said: str
    item_id: str | None = None


class Guess(BaseModel):
    """What the last message was taken for, until the next ones show whether rightly (actions/learning.py).

    `text` is what may be kept of it; `items` the likeliest ones with their probabilities; `how` one of
    `bot.conversation.drift.Understanding`; `took` the item the bot went ahead with; `lesson` the row it is kept in
    already.
    """

    text: str
    intent: str
    confidence: float
    items: dict[str, float]
    how: str
    took: str | None = None
    lesson: str | None = None


class HeardFacts(BaseModel):
    """What was heard of an item's form before it was asked; each is offered when its question comes, and never taken.

    `person` is of whom it was said, a relation or `form.SELF`, None where that was left open; `kind` who applies, where
    that was said. `answers` are whole answers by field; `hints` are words by field that are too little for one; `age`
    is in years.
    """

    item_id: str
    person: str | None = None
    kind: ApplicantKind | None = None
    answers: dict[str, HeardAnswer] = {}
    hints: dict[str, str] = {}
    age: int | None = None


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
    `next_wishes` what was asked for along with something that is settled first; `filed` the case filed last;
    `misses` how often in a row nothing was understood; `relation` the relative spoken for, and `helps` whether the
    resident said that they act for
    them; `card_for` the case an ID card is to be shown for, and `card_side` which side next; `collecting`
    the material that a clerk had the bot ask for;
    `supplied` a file of which is asked what it is; `waiting_for` what is asked while a person is waited for;
    `link_failures` the wrong codes sent on `link_failed_on`; `benefits` what is asked to tell what somebody may get;
    `guess` what the last message was taken for; `said` what was told before it was known of which item, and `heard`
    what was heard of the item's form in all that.
    """

    item_id: str | None = None
    loop: str | None = None
    case_id: str | None = None
    step: str | None = None
    offered: list[Choice] = []
    wish: Wish | None = None
    told: str | None = None
    next_wishes: list[NextWish] = []
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
    guess: Guess | None = None
    said: list[str] = []
    heard: HeardFacts | None = None

    def leave_form(self) -> None:
        """Close the form; its draft stays as it is, and what was heard for it is forgotten."""
        self.loop = self.step = self.case_id = self.heard = None

    def forget(self) -> None:
        """Begin anew, as with a stranger; only what keeps strangers from guessing is kept."""
        kept = {"tracking_failures", "link_failures", "link_failed_on"}
        fresh = DialogueState()
        for name in type(self).model_fields.keys() - kept:
            setattr(self, name, getattr(fresh, name))

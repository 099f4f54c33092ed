"""One simulated resident, who applies for one item and answers what is asked, by the words on the screen."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import select

from app.runtime import Runtime
from app.simulation.answers import answer_to
from app.simulation.clerk import SimulatedClerk
from bot.channels.terminal import TerminalConversation
from bot.channels.wording import spoken
from bot.conversation.bubbles import Bubble, CaseCard, Choice, SummaryCard
from bot.conversation.incoming import Incoming
from bot.conversation.models import Conversation
from cases import form
from cases.answers import AnswerRefused, read_answer, skips
from cases.drafts import values_of
from cases.files import store_file
from cases.models import Case
from records.base import CHINA
from services_catalog.schema import ApplicantKind, FieldType, FormField, Item

MOST_TURNS = 60
PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fccff0bf1e00057f027f"
    "a6f1a5e30000000049454e44ae426082"
)
"""A PNG of one pixel, for fields that ask for a photo."""
PHOTO_NAME = "照片.png"


class Stuck(Exception):
    """The simulated resident does not know what to say, or was not answered as they should have been."""


@dataclass
class Played:
    """A conversation as it went. `steps` are the fields that were asked, or filled in by what was known, each once.

    `not_applicable` says why the item is nothing for the persona: the bot told so, and the case was filed otherwise.
    """

    item_id: str
    persona: str = "happy"
    completed: bool = False
    turns: int = 0
    case_number: str | None = None
    problem: str | None = None
    not_applicable: str | None = None
    steps: list[str] = field(default_factory=list)
    transcript: list[dict[str, str]] = field(default_factory=list)


class SimulatedResident:
    """Happy: knows what they want and who they are. Other personas override what they do at a field or the summary."""

    persona: ClassVar[str] = "happy"
    speaks_for: ClassVar[tuple[str, ...]] = (form.UNNAMED,)
    """The persons whom the questions of the form may name."""

    def __init__(self, room: Runtime, item: Item, seed: int, clerk: SimulatedClerk) -> None:
        self.room, self.item, self.clerk = room, item, clerk
        self.dice = random.Random(f"{seed}:{item.id}")  # noqa: S311 - a script, not a secret
        self.played = Played(item.id, self.persona)
        self.given: dict[str, str] = {}
        """What was answered to each field, as it has to stand in the case."""
        self.fields: dict[str, FormField] = {each.key: each for each in (*room.catalog.proxy_fields, *item.fields)}
        self._questions = _questions(room, item, self.speaks_for)
        self._rephrased = False
        self._talk: TerminalConversation | None = None

    @property
    def talk(self) -> TerminalConversation:
        """The conversation under way."""
        assert self._talk is not None
        return self._talk

    @property
    def today(self) -> date:
        """The day in China."""
        return datetime.now(CHINA).date()

    async def play(self) -> Played:
        """Hold the conversation from the opening sentence to the case number."""
        room, played = self.room, self.played
        user = f"simulated {self.persona} {self.item.id} {self.dice.random()}"
        self._talk = await TerminalConversation.open(room.database.session, room.pipeline, room.office, user)
        try:
            bubbles = await self.send(Incoming(text=self.opening()))
            while (card := _filed(bubbles)) is None:
                bubbles = await self.send(await self.reply(bubbles))
            played.case_number = card.number
            if card.item != self.item.name:
                raise Stuck(f"办成了{card.item}")
            await self.check(card.number)
            self.verdict()
            played.completed = True
        except Stuck as stuck:
            played.problem = str(stuck)
        return played

    async def send(self, message: Incoming) -> list[Bubble]:
        """Say something and hear all that is answered. Raises Stuck when the conversation has no end."""
        if self.played.turns >= MOST_TURNS:
            raise Stuck(f"{MOST_TURNS} 轮还没办完")
        self.played.turns += 1
        self.played.transcript.append({"resident": message.text or f"（{message.file_name}）"})
        return self.heard(await self.talk.send(message))

    def heard(self, bubbles: list[Bubble]) -> list[Bubble]:
        """Note what was heard."""
        self.played.transcript += [{"bot": spoken(bubble, only_absolute=False)} for bubble in bubbles]
        return bubbles

    def opening(self) -> str:
        """What they say first."""
        return self.item.opening

    async def reply(self, bubbles: list[Bubble]) -> Incoming:
        """What they say to what they heard. Raises Stuck."""
        if not bubbles:
            raise Stuck("没有回答")
        last = bubbles[-1]
        asked = self.asked(last)
        if asked is not None:
            if asked.key not in self.played.steps:
                self.played.steps.append(asked.key)
            return await self.at_field(asked, bubbles)
        if isinstance(last.card, SummaryCard):
            return await self.at_summary(last)
        return await self.at_choices(last)

    async def at_field(self, field: FormField, bubbles: list[Bubble]) -> Incoming:
        """What they say when a field is asked."""
        return await self.answer(field)

    async def at_summary(self, summary: Bubble) -> Incoming:
        """What they say to the summary."""
        return Incoming(text=next(choice.label for choice in summary.choices if choice.value.startswith("submit:")))

    async def at_choices(self, bubble: Bubble) -> Incoming:
        """What they say to any other question."""
        wanted = self.choice(bubble.choices)
        if wanted is not None:
            return Incoming(text=wanted.label)
        if not self._rephrased:
            self._rephrased = True
            return Incoming(text=f"我想办{self.item.call_it}")
        raise Stuck(f"不知道怎么回答：{bubble.text[:60]}")

    def verdict(self) -> None:
        """Raise Stuck where the persona did not get to what it is there for."""

    def asked(self, bubble: Bubble) -> FormField | None:
        """The field that a bubble asks for."""
        return self._questions.get(bubble.text.split("\n", 1)[0])

    async def answer(self, field: FormField) -> Incoming:
        """A right answer to a field."""
        if field.type is not FieldType.FILE:
            return self.say(field, answer_to(field, self.dice))
        async with self.room.database.session() as session:
            resident_id = (await session.get_one(Conversation, self.talk.id)).resident_id
            stored = await store_file(session, self.room.office.files_dir, resident_id, PHOTO_NAME, PHOTO)
            await session.commit()
        self.given[field.key] = stored.id
        return Incoming(file_id=stored.id, file_name=PHOTO_NAME)

    def say(self, field: FormField, said: str, meant: str | None = None) -> Incoming:
        """The message that gives an answer, which has to stand in the case as what was `meant` by it."""
        self.given[field.key] = self.value(field, said if meant is None else meant)
        return Incoming(text=said)

    def value(self, field: FormField, said: str) -> str:
        """What an answer is kept as: nothing, where 没有 passes the field over. Raises Stuck where it is none."""
        try:
            read = read_answer(field, said, today=self.today)
        except AnswerRefused as refused:
            raise Stuck(f"{field.label}不收“{said}”：{refused.code}") from None
        return "" if field.skippable and not read.certain and skips(said) else read.value

    def choice(self, choices: list[Choice]) -> Choice | None:
        """The choice a resident who wants this item would take."""
        item_id = self.item.id
        for value in (f"item:{item_id}", f"begin:{item_id}", f"apply:{item_id}", "who:self"):
            for choice in choices:
                if choice.value == value:
                    return choice
        for verb in ("submit:", "use:", "who:", "prove:counter", "resume:", "continue"):
            for choice in choices:
                if choice.value.startswith(verb):
                    return choice
        return next((choice for choice in choices if choice.value == "none"), None)

    async def case(self, number: str) -> Case:
        """The case of that number. Raises Stuck where there is none."""
        async with self.room.database.session() as session:
            found = await session.scalar(select(Case).where(Case.number == number))
        if found is None:
            raise Stuck(f"没有编号 {number} 的办件")
        return found

    async def check(self, number: str) -> None:
        """The case holds what was said, and not something else. Raises Stuck."""
        kept = values_of(await self.case(number))
        for key, value in self.given.items():
            if key in kept and kept[key] != value:
                raise Stuck(f"{self.fields[key].label}存成了“{kept[key]}”，居民说的是“{value}”")
        self.played.steps += [key for key in kept if key not in self.played.steps]


def _filed(bubbles: list[Bubble]) -> CaseCard | None:
    return next((bubble.card for bubble in bubbles if isinstance(bubble.card, CaseCard)), None)


def _questions(room: Runtime, item: Item, persons: Iterable[str]) -> dict[str, FormField]:
    """Every question of the item's form, for each kind of applicant, by its wording."""
    return {
        form.wording(each, kind, person): each
        for kind in ApplicantKind
        for person in persons
        for each in (*room.catalog.proxy_fields, *item.fields)
    }

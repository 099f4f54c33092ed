"""One simulated resident, applying for one item for themselves."""

import random
from dataclasses import dataclass, field

from app.runtime import Runtime
from app.simulation.answers import answer_to
from bot.channels.terminal import TerminalConversation
from bot.channels.wording import spoken
from bot.conversation.bubbles import Bubble, CaseCard, Choice
from bot.conversation.incoming import Incoming
from bot.conversation.models import Conversation
from cases import form
from cases.files import store_file
from services_catalog.schema import ApplicantKind, FieldType, FormField, Item

MOST_TURNS = 60
PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fccff0bf1e00057f027f"
    "a6f1a5e30000000049454e44ae426082"
)
"""A PNG of one pixel, for fields that ask for a photo."""


class Stuck(Exception):
    """The simulated resident does not know what to say."""


@dataclass
class Played:
    """A conversation as it went."""

    item_id: str
    completed: bool = False
    turns: int = 0
    case_number: str | None = None
    problem: str | None = None
    transcript: list[dict[str, str]] = field(default_factory=list)


class SimulatedResident:
    """Knows what they want and who they are; answers what is asked, by the words on the screen."""

    def __init__(self, room: Runtime, item: Item, seed: int) -> None:
        self._room, self._item = room, item
        self._dice = random.Random(f"{seed}:{item.id}")  # noqa: S311 - a script, not a secret
        self._questions = _questions(room, item)
        self._rephrased = False

    async def play(self) -> Played:
        """Hold the conversation from the opening sentence to the case number."""
        played = Played(self._item.id)
        user = f"simulated {self._item.id} {self._dice.random()}"
        room = self._room
        talk = await TerminalConversation.open(room.database.session, room.pipeline, room.office, user)
        said: Incoming = Incoming(text=self._item.opening)
        try:
            while played.turns < MOST_TURNS:
                bubbles = await talk.send(said)
                played.turns += 1
                played.transcript.append({"resident": said.text or f"（{said.file_name}）"})
                played.transcript += [{"bot": spoken(bubble, only_absolute=False)} for bubble in bubbles]
                card = next((b.card for b in bubbles if isinstance(b.card, CaseCard)), None)
                if card is not None:
                    played.case_number = card.number
                    played.completed = card.item == self._item.name
                    played.problem = None if played.completed else f"办成了{card.item}"
                    return played
                said = await self._reply(talk.id, bubbles)
            played.problem = f"{MOST_TURNS} 轮还没办完"
        except Stuck as stuck:
            played.problem = str(stuck)
        return played

    async def _reply(self, conversation_id: str, bubbles: list[Bubble]) -> Incoming:
        if not bubbles:
            raise Stuck("没有回答")
        last = bubbles[-1]
        field = self._asked(last.text)
        if field is not None:
            return await self._answer(conversation_id, field)
        wanted = self._choice(last.choices)
        if wanted is not None:
            return Incoming(text=wanted.label)
        if not self._rephrased:
            self._rephrased = True
            return Incoming(text=f"我想办{self._item.call_it}")
        raise Stuck(f"不知道怎么回答：{last.text[:60]}")

    def _asked(self, text: str) -> FormField | None:
        return self._questions.get(text.split("\n", 1)[0])

    async def _answer(self, conversation_id: str, field: FormField) -> Incoming:
        if field.type is not FieldType.FILE:
            return Incoming(text=answer_to(field, self._dice))
        async with self._room.database.session() as session:
            resident_id = (await session.get_one(Conversation, conversation_id)).resident_id
            stored = await store_file(session, self._room.office.files_dir, resident_id, "照片.png", PHOTO)
            await session.commit()
        return Incoming(file_id=stored.id, file_name="照片.png")

    def _choice(self, choices: list[Choice]) -> Choice | None:
        """The choice a resident who wants this item would take."""
        for value in (f"item:{self._item.id}", f"begin:{self._item.id}", f"apply:{self._item.id}", "who:self"):
            for choice in choices:
                if choice.value == value:
                    return choice
        for verb in ("submit:", "who:", "prove:counter"):
            for choice in choices:
                if choice.value.startswith(verb):
                    return choice
        return next((choice for choice in choices if choice.value == "none"), None)


def _questions(room: Runtime, item: Item) -> dict[str, FormField]:
    """Every question of the item's form, for each kind of applicant, by its wording."""
    asked = {}
    for kind in ApplicantKind:
        for each in (*item.fields, *room.catalog.proxy_fields):
            asked[form.wording(each, kind, form.UNNAMED)] = each
    return asked

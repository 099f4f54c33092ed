"""Residents who change their mind, ask in between, or do not know: they get there all the same."""

from typing import ClassVar

from app.simulation.answers import answer_to, other_answer
from app.simulation.resident import SimulatedResident, Stuck
from bot.conversation.bubbles import Bubble
from bot.conversation.incoming import Incoming
from bot.conversation.wording import phrase
from cases.answers import AnswerRefused, read_answer
from services_catalog.schema import FieldType, FormField

ASIDES = ("要什么材料？", "要多久才能办好？", "要花钱吗？", "去哪里办？")
NO_ANSWERS = ("utter_not_an_answer", "utter_not_understood", "utter_choose_please")
NONSENSE = ("啊啊啊啊", "哈哈哈哈")


class Correcting(SimulatedResident):
    """Changes an earlier answer in the middle of the form, and another one at the summary."""

    persona: ClassVar[str] = "correcting"

    def __init__(self, *about: object) -> None:
        super().__init__(*about)  # type: ignore[arg-type]
        self._changing: str | None = None
        self._changed: list[str] = []

    async def at_field(self, field: FormField, bubbles: list[Bubble]) -> Incoming:
        """Answer; once, after two answers, go back to an earlier one; give another answer where one is asked again."""
        if self._changing is not None:
            if field.key != self._changing:
                raise Stuck(f"要改{self.fields[self._changing].label}，问的却是{field.label}")
            self._changing = None
            self._changed.append(field.key)
            return self.say(field, other_answer(field, self.dice, self._same_as(field)))
        before = self._earlier(field)
        if not self._changed and len(before) > 1:
            self._changing = self.dice.choice(before)
            return Incoming(text=f"{self.fields[self._changing].label}填错了")
        return await super().at_field(field, bubbles)

    async def at_summary(self, summary: Bubble) -> Incoming:
        """Change another answer, then file."""
        before = self._earlier(None)
        if self._changing is not None:
            raise Stuck(f"要改{self.fields[self._changing].label}，却没有问")
        if len(self._changed) < 2 and before:
            self._changing = self.dice.choice(before)
            return Incoming(text=next(choice.label for choice in summary.choices if choice.value == "change"))
        return await super().at_summary(summary)

    async def at_choices(self, bubble: Bubble) -> Incoming:
        """Name the answer to change, where that is asked."""
        wanted = next((choice for choice in bubble.choices if choice.value == f"change:{self._changing}"), None)
        return await super().at_choices(bubble) if wanted is None else Incoming(text=wanted.label)

    def verdict(self) -> None:
        """Two answers were changed."""
        if len(self._changed) < 2:
            raise Stuck(f"只改到了{len(self._changed)}处")

    def _earlier(self, now: FormField | None) -> list[str]:
        """The fields answered so far that can be answered otherwise."""
        return [
            key
            for key in self.given
            if key not in self._changed and key != (now and now.key) and self.fields[key].type is not FieldType.FILE
        ]

    def _same_as(self, field: FormField) -> str:
        return self.given.get(field.key, "")


class Interrupting(SimulatedResident):
    """Asks two questions in the middle of the form, and has to be answered and asked again."""

    persona: ClassVar[str] = "interrupting"
    MOST = 2

    def __init__(self, *about: object) -> None:
        super().__init__(*about)  # type: ignore[arg-type]
        self._questions_left = self.dice.sample(ASIDES, self.MOST)
        self._asking: str | None = None

    async def at_field(self, field: FormField, bubbles: list[Bubble]) -> Incoming:
        """Ask something instead of answering; then answer."""
        if self._asking is not None:
            if field.key != self._asking:
                raise Stuck(f"中间问了一句，{self.fields[self._asking].label}就没再问")
            if len(bubbles) < 2 or bubbles[0].text in map(phrase, NO_ANSWERS):
                raise Stuck("中间问的没有回答")
            self._asking = None
        elif self._questions_left:
            self._asking = field.key
            return Incoming(text=self._questions_left.pop())
        return await super().at_field(field, bubbles)

    async def at_choices(self, bubble: Bubble) -> Incoming:
        """Whoever asks in the middle is asked the same again, and nothing else."""
        if self._asking is not None:
            raise Stuck(f"中间问了一句，之后说的是：{bubble.text[:60]}")
        return await super().at_choices(bubble)

    def verdict(self) -> None:
        """Both questions were asked."""
        if self._questions_left:
            raise Stuck("申请表太短，两个问题没有问完")


class Refusing(SimulatedResident):
    """Says nonsense and 不知道 first, is offered a way out the second time, and takes it or gives the right answer."""

    persona: ClassVar[str] = "refusing"

    def __init__(self, *about: object) -> None:
        super().__init__(*about)  # type: ignore[arg-type]
        self._field: FormField | None = None
        self._left: list[str] = []
        self._leaves = self.dice.random() < 0.5
        self._tried = self._passed = False

    async def at_field(self, field: FormField, bubbles: list[Bubble]) -> Incoming:
        """Refuse the first field that does not take everything; pass over the first that may be passed over."""
        if field.skippable and not self._passed:
            self._passed = True
            self.given[field.key] = ""
            return Incoming(text="不知道")
        if not self._tried and not field.skippable and self._takes_no_nonsense(field):
            self._tried, self._field = True, field
            self._left = [NONSENSE[1], "不知道"]
            return Incoming(text=NONSENSE[0])
        return await super().at_field(field, bubbles)

    async def at_choices(self, bubble: Bubble) -> Incoming:
        """Go on refusing; the last time look for the ways out that have to be there."""
        field = self._field
        if field is None:
            return await super().at_choices(bubble)
        if self._left:
            return Incoming(text=self._left.pop())
        verbs = {choice.value.partition(":")[0]: choice.label for choice in bubble.choices}
        if not {"human", "later"} <= verbs.keys():
            raise Stuck("第二次没答对，没有给出找人工、先存着")
        self._field = None
        if not self._leaves:
            return await self.answer(field)
        await self.send(Incoming(text=verbs["later"]))
        return Incoming(text="接着上次的办")

    def verdict(self) -> None:
        """There was something to refuse."""
        if not (self._tried or self._passed):
            raise Stuck("没有一个问题能乱答")

    def _takes_no_nonsense(self, field: FormField) -> bool:
        for said in NONSENSE:
            try:
                read_answer(field, said, today=self.today)
            except AnswerRefused:
                continue
            return False
        return field.type is not FieldType.FILE and bool(answer_to(field, self.dice))

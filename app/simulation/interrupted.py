"""Residents whose conversation breaks off: they leave for a day, or ask for a person."""

from datetime import timedelta
from typing import ClassVar

from sqlalchemy import update

from app.simulation.clerk import ADVICE
from app.simulation.resident import SimulatedResident, Stuck
from bot.conversation import handoffs
from bot.conversation.bubbles import Bubble
from bot.conversation.incoming import Incoming
from bot.conversation.models import Conversation
from bot.conversation.ownership import Owner
from bot.conversation.wording import phrase
from records.base import now
from services_catalog.guide import named
from services_catalog.schema import FormField

AWAY = timedelta(hours=25)
CALLS = ("人工", "我要找人工", "转人工")
COMES_BACK = ("答", "你好", "接着上次的办", "先存着")
"""How somebody comes back: with the answer, a greeting, asking to go on, or having put it aside and then greeting."""


class Vanishing(SimulatedResident):
    """Leaves in the middle of the form and takes it up again a day later."""

    persona: ClassVar[str] = "vanishing"
    _left: str | None = None
    _is_back = False

    async def at_field(self, field: FormField, bubbles: list[Bubble]) -> Incoming:
        """Leave once something was answered; then find the same question again."""
        if self._left is None and self.given:
            self._left = field.key
            return await self._leave(field)
        if self._left is not None and not self._is_back:
            self._is_back = True
            if field.key != self._left:
                raise Stuck(f"走之前问到{self.fields[self._left].label}，回来问的是{field.label}")
        return await super().at_field(field, bubbles)

    def verdict(self) -> None:
        """They left, and came back."""
        if self._left is None:
            raise Stuck("申请表太短，来不及走开")

    async def _leave(self, field: FormField) -> Incoming:
        way = self.dice.choice(COMES_BACK)
        if way == "先存着":
            await self.send(Incoming(text=way))
        async with self.room.database.session() as session:
            mine = update(Conversation).where(Conversation.id == self.talk.id)
            await session.execute(mine.values(last_turn_at=now() - AWAY))
            await session.commit()
        self.played.transcript.append({"resident": "（过了一天）"})
        if way == "答":
            self._is_back = True
            return await self.answer(field)
        bubbles = await self.send(Incoming(text="接着上次的办" if way == "接着上次的办" else "你好"))
        if way != "先存着" and bubbles[0].text != phrase("utter_draft_reminder", item=named(self.item)):
            raise Stuck("隔了一天，没有提醒在办什么")
        return await self.reply(bubbles)


class Handoff(SimulatedResident):
    """Asks for a person in the middle; a clerk comes, says something and gives back, and the form goes on."""

    persona: ClassVar[str] = "handoff"
    _asked_for_person = False

    async def at_field(self, field: FormField, bubbles: list[Bubble]) -> Incoming:
        """Ask for a person once something was answered; then be asked the same again."""
        if self._asked_for_person or not self.given:
            return await super().at_field(field, bubbles)
        self._asked_for_person = True
        bubbles = await self._talk_to_a_person(field)
        again = None if not bubbles else self.asked(bubbles[-1])
        if again is None or again.key != field.key:
            raise Stuck(f"人工交还以后，没有接着问{field.label}")
        return await super().at_field(field, bubbles)

    def verdict(self) -> None:
        """A person was there."""
        if not self._asked_for_person:
            raise Stuck("申请表太短，来不及找人工")

    async def _talk_to_a_person(self, field: FormField) -> list[Bubble]:
        await self.send(Incoming(text=self.dice.choice(CALLS)))
        async with self.room.database.session() as session:
            handoff = await handoffs.open_of(session, self.talk.id)
            conversation = await session.get_one(Conversation, self.talk.id)
        if handoff is None or conversation.owner != Owner.WAITING:
            raise Stuck("叫了人工，没有转过去")
        await self.clerk.take(handoff.id)
        heard = await self.send(Incoming(text=f"您好，{field.label}怎么填？"))
        if any(self.asked(bubble) for bubble in heard):
            raise Stuck("办事员在说话，助手也在说")
        await self.clerk.advise(handoff.id)
        await self.clerk.give_back(handoff.id)
        await self.room.pipeline.settled(self.talk.id)
        heard = self.heard(await self.talk.listen())
        if not any(bubble.text == ADVICE for bubble in heard):
            raise Stuck("办事员说的话没有送到")
        return heard

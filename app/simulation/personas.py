"""The eight kinds of residents that are simulated."""

from typing import ClassVar

from app.simulation.interrupted import Handoff, Vanishing
from app.simulation.mistyping import mistyped
from app.simulation.resident import SimulatedResident, Stuck
from app.simulation.unsteady import Correcting, Interrupting, Refusing
from bot.conversation.bubbles import Bubble, Choice
from bot.conversation.incoming import Incoming
from cases import form
from services_catalog.schema import ApplicantKind, FieldType, FormField


class Proxy(SimulatedResident):
    """Applies for their mother, or for a child where only a guardian may; else has to be told who may apply."""

    persona: ClassVar[str] = "proxy"
    speaks_for: ClassVar[tuple[str, ...]] = (form.UNNAMED, "母亲", "孩子")
    _told = False

    def opening(self) -> str:
        """我帮我妈办残疾证."""
        return f"我帮我{'妈' if self._relation == '母亲' else '孩子'}办{self.item.call_it}"

    @property
    def _kinds(self) -> set[ApplicantKind]:
        return {applicant.kind for applicant in self.item.applicants}

    @property
    def _relation(self) -> str:
        return "孩子" if ApplicantKind.GUARDIAN in self._kinds and ApplicantKind.FAMILY not in self._kinds else "母亲"

    @property
    def _may(self) -> bool:
        return bool(self._kinds & {ApplicantKind.FAMILY, ApplicantKind.GUARDIAN})

    def heard(self, bubbles: list[Bubble]) -> list[Bubble]:
        """Notice being told that the item cannot be applied for by family."""
        self._told = self._told or any("没有写家里人可以代办" in bubble.text for bubble in bubbles)
        return super().heard(bubbles)

    def choice(self, choices: list[Choice]) -> Choice | None:
        """Their relative, where that is asked."""
        theirs = next((choice for choice in choices if choice.value.endswith(f":{self._relation}")), None)
        if theirs is None and self._may and any(choice.value.startswith("who:") for choice in choices):
            raise Stuck(f"说了帮{self._relation}办，却没有“给{self._relation}办”可选")
        return theirs or super().choice(choices)

    def verdict(self) -> None:
        """They were taken for a proxy, or told that there can be none."""
        if not self._may:
            if not self._told:
                raise Stuck("不能由家里人代办，却没有告诉居民")
            self.played.not_applicable = "目录里没有写家里人可以代办，助手说明了"
        elif self._told:
            raise Stuck("能由家里人代办，却说不能")

    async def check(self, number: str) -> None:
        """The case names whom it is for."""
        await super().check(number)
        case = await self.case(number)
        if self._may and (case.applicant_kind == ApplicantKind.SELF or case.person != self._relation):
            raise Stuck(f"办件记的是{case.applicant_kind}、{case.person}，应当是代{self._relation}办")


class Typo(SimulatedResident):
    """Mistypes the opening and every answer that can be told from its choices; says it again where not understood."""

    persona: ClassVar[str] = "typo"
    _tried: str | None = None

    def opening(self) -> str:
        """The opening sentence with a mistake."""
        return mistyped(self.item.opening, self.dice)

    async def at_field(self, field: FormField, bubbles: list[Bubble]) -> Incoming:
        """An answer with a mistake, where it is clear from the choices what was meant."""
        right = await self.answer(field)
        self._tried = field.key
        if field.type is not FieldType.CHOICE:
            return right
        wrong = mistyped(right.text, self.dice)
        return right if wrong in (field.choices or []) else Incoming(text=wrong)

    async def at_choices(self, bubble: Bubble) -> Incoming:
        """Say it rightly where the mistake was not understood; else take a choice, mistyped."""
        field = self.fields.get(self._tried or "")
        offered = [choice for choice in bubble.choices if choice.value.startswith(f"value:{self._tried}:")]
        if field is not None and offered:
            meant = self.given[field.key]
            return Incoming(text=next(choice.label for choice in offered if choice.label == meant))
        wanted = self.choice(bubble.choices)
        if wanted is None or self._tried == wanted.value:
            return await super().at_choices(bubble)
        self._tried = wanted.value
        return Incoming(text=mistyped(wanted.label, self.dice))


PERSONAS: dict[str, type[SimulatedResident]] = {
    each.persona: each
    for each in (SimulatedResident, Correcting, Interrupting, Refusing, Vanishing, Proxy, Typo, Handoff)
}
"""All kinds of residents by name, the happy one first."""

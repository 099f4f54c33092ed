"""What goes out: bubbles, as every channel receives them."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Speaker(StrEnum):
    """Who says a bubble."""

    BOT = "bot"
    CLERK = "clerk"
    SYSTEM = "system"


class Choice(_Frozen):
    """One answer to choose by button, number or word. `value` is ours; `label` is what residents see."""

    label: str
    value: str


HUMAN = Choice(label="找人工", value="human")
"""A person, please: offered wherever the bot is at its end."""


def human(reason: str) -> Choice:
    """The same, with the reason it is offered for: one of `bot.conversation.handoffs.Reason`."""
    return Choice(label=HUMAN.label, value=f"{HUMAN.value}:{reason}")


class Link(_Frozen):
    """An address to open."""

    label: str
    href: str


class Progress(_Frozen):
    """第 `step` 步 / 共 `total` 步 of a form."""

    step: int
    total: int


class SummaryRow(_Frozen):
    """One line of a summary; `change` is the choice that corrects it."""

    label: str
    value: str
    change: str | None = None


class SummaryCard(_Frozen):
    """What will be submitted, to be confirmed."""

    kind: str = "summary"
    title: str
    rows: list[SummaryRow]


class TimelineStep(_Frozen):
    """One status on a case's way."""

    label: str
    done: bool
    at: str | None = None


class CaseCard(_Frozen):
    """A filed case."""

    kind: str = "case"
    title: str
    number: str
    item: str
    status: str
    timeline: list[TimelineStep]
    promised: str | None
    next_step: str
    links: list[Link] = []


class Bubble(_Frozen):
    """One thing said: text, with what a channel may show along with it.

    `text` alone is complete: a channel without buttons or cards loses looks, never content. `signed` is the name of
    the clerk who says it.
    """

    text: str
    signed: str | None = None
    choices: list[Choice] = []
    progress: Progress | None = None
    card: SummaryCard | CaseCard | None = None
    links: list[Link] = []
    asks_file: bool = False

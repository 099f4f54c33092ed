"""Puts sentences to the running bot: the engine alone, and a first message of a new conversation each."""

import time
from collections.abc import Callable, Sequence

import httpx
from pydantic import BaseModel, ValidationError

from app.runtime import Runtime
from app.setup.errors import SetupError
from app.setup.paths import Paths
from app.understanding.engine_scripts import answer_of_script
from app.understanding.labelled import Labelled
from app.understanding.labels import folded
from app.understanding.outcomes import Candidate, Outcome, Reaction, Understood, reaction_of
from bot.channels.terminal import TerminalConversation
from bot.conversation.answering import for_the_engine
from bot.conversation.incoming import Incoming
from bot.conversation.models import Conversation
from bot.conversation.state import DialogueState
from records.base import new_id

WARMING = "残疾证要带哪些材料"
_TIMES = 5
_PATIENCE_S = 60


class _Item(BaseModel):
    id: str
    p: float


class _Intent(BaseModel):
    name: str | None = None
    confidence: float | None = None


class _Parse(BaseModel):
    intent: _Intent | None
    items: list[_Item]
    took_ms: float


class _Parses(BaseModel):
    parses: list[_Parse]


async def outcomes(
    room: Runtime,
    rows: Sequence[Labelled],
    on_understood: Callable[[], None] = lambda: None,
    on_answered: Callable[[], None] = lambda: None,
) -> list[Outcome]:
    """What becomes of each sentence, one after the other, so that times are those of a message alone.

    All are understood first, and then said. Raises SetupError where the engine does not answer, or dies meanwhile.
    """
    used = {row.intent for row in rows}
    epoch = room.engine.epoch
    async with httpx.AsyncClient(
        base_url=room.engine.url,
        headers={"Authorization": f"Bearer {room.engine.token}"},
        timeout=_PATIENCE_S,
        trust_env=False,
    ) as engine:
        for _ in range(_TIMES):  # the first ones are slower than all others
            await _understood(engine, WARMING)
            await _reaction(room, WARMING)
        understood = []
        for row in rows:
            understood.append(await _understood(engine, row.text))
            on_understood()
    found = []
    for row, meant in zip(rows, understood, strict=True):
        found.append(Outcome(row, meant, folded(meant.intent, used), await _reaction(room, row.text)))
        on_answered()
    if room.engine.epoch != epoch:
        raise SetupError("对话引擎中途退出又重新启动了，这一次量的不算。", "请看引擎的日志，再量一次。")
    return found


def misheard(paths: Paths, rows: Sequence[Labelled], share: float, seed: int) -> list[Labelled]:
    """The rows with that share of their characters replaced by common ones of the same sound.

    The engine's interpreter does it, which has the readings. The same seed replaces the same. Raises SetupError.
    """
    asked = [row.text for row in rows]
    texts: list[str] = answer_of_script(paths, "homophones", asked, str(share), str(seed))
    return [Labelled(text, row.item_id, row.intent) for text, row in zip(texts, rows, strict=True)]


async def _understood(engine: httpx.AsyncClient, text: str) -> Understood:
    try:
        response = await engine.post("/webhooks/turn/parse", json={"texts": [for_the_engine(text)]})
        response.raise_for_status()
        (parse,) = _Parses.model_validate_json(response.content).parses
    except (httpx.HTTPError, ValidationError, ValueError) as error:
        raise SetupError(f"对话引擎没有回答（{type(error).__name__}）。", "请看引擎的日志。") from None
    intent = parse.intent or _Intent()
    items = tuple(Candidate(item.id, item.p) for item in parse.items)
    return Understood(items, intent.name or "", intent.confidence or 0.0, parse.took_ms)


async def _reaction(room: Runtime, text: str) -> Reaction:
    talk = await TerminalConversation.open(room.database.session, room.pipeline, room.office, f"eval {new_id()}")
    began = time.perf_counter()
    bubbles = await talk.send(Incoming(text=text))
    took = (time.perf_counter() - began) * 1000
    async with room.database.session() as session:
        conversation = await session.get_one(Conversation, talk.id)
        return reaction_of(DialogueState.model_validate(conversation.state), bubbles, took)

"""What each component says to one message, in words to read."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from app.setup.paths import Paths
from app.understanding.engine_scripts import answer_of_script
from app.understanding.showing import percent
from bot.conversation.answering import for_the_engine
from bot.conversation.incoming import cleaned
from services_catalog.loader import Catalog

_COMPONENTS = {
    "ChineseTokenizer": "分词",
    "ItemFinder": "找事项",
    "IntentClassifier": "听意图",
    "PhraseClassifier": "固定短语",
}
_KEYS = {
    "text_tokens": "词",
    "items": "事项",
    "named": "点了名的事项",
    "intent": "意图",
    "intent_ranking": "意图排名",
}
_EVIDENCE = {
    "trained": "训练部分的对数几率",
    "cosine": "与最像的说法的余弦",
    "named": "点了名",
    "alike": "名称音近或形近",
    "known": "训练时就有",
}
_HIDDEN = "\ue000"
"""How the engine writes a hidden number once it has brought a text to its one form."""
_YES_OR_NO = {"named", "alike", "known"}


class _Intent(BaseModel):
    name: str
    confidence: float


class _Item(BaseModel):
    id: str
    p: float
    evidence: dict[str, float]
    nearest: str


class _Step(BaseModel):
    component: str
    said: dict[str, Any]


class Explanation(BaseModel):
    """What `bot/engine/explain.py` tells of a message; `phrase` is the intent if the whole message is a fixed one."""

    text: str
    payload: bool
    normalised: str
    core: str
    phrase: str | None
    intents: list[_Intent]
    named: list[str]
    items: list[_Item]
    components: list[_Step]


def show_explanation(console: Console, said: Explanation, catalog: Catalog) -> None:
    """Print what was said to a message."""
    _line(console, "送给引擎的话", said.text)
    if said.payload:
        _line(console, "说明", "这是一个号码，不经过引擎的理解，直接当作上面的意图。")
        return
    _line(console, "规整以后", said.normalised.replace(_HIDDEN, "【…】"))
    if said.core != said.normalised:
        _line(console, "去掉客套", said.core.replace(_HIDDEN, "【…】"))
    for number, step in enumerate(said.components, 1):
        what = "；".join(f"{_KEYS.get(key, key)} {_short(value)}" for key, value in step.said.items())
        _line(console, f"{number} {_COMPONENTS.get(step.component, step.component)}", what or "没有改动")
    _line(console, "固定短语", said.phrase or "不是")
    intents = Table("意图", "把握")
    for intent in said.intents:
        intents.add_row(intent.name, percent(intent.confidence))
    console.print(intents)
    keys = list(dict.fromkeys(key for item in said.items for key in item.evidence))
    items = Table("事项", "概率", *(_EVIDENCE.get(key, key) for key in keys), Column("最像的说法", overflow="fold"))
    for item in said.items:
        name = catalog.items[item.id].call_it if item.id in catalog.items else item.id
        numbers = (_number(key, item.evidence.get(key)) for key in keys)
        items.add_row(name, percent(item.p), *numbers, Text(item.nearest))
    if said.items:
        items.add_row("都不是，或别的事项", percent(max(1 - sum(item.p for item in said.items), 0.0)))
        console.print(items)


def explanation(paths: Paths, model: Path, text: str) -> Explanation:
    """What each component of that model says to `text`, its personal numbers hidden first. Raises SetupError."""
    return Explanation.model_validate(answer_of_script(paths, "explain", for_the_engine(cleaned(text)), model))


def _line(console: Console, label: str, text: str) -> None:
    console.print(f"{label}：{text}", markup=False, highlight=False)


def _short(value: Any) -> str:
    """A value of any component in one line: the names and numbers that stand in it."""
    if isinstance(value, list):
        return "、".join(_short(each) for each in value) or "无"
    if isinstance(value, dict):
        return " ".join(_short(each) for each in value.values())
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _number(key: str, value: float | None) -> str:
    if value is None:
        return ""
    if key in _YES_OR_NO:
        return "是" if value else "否"
    return f"{value:.3f}"

"""The engine's own understanding beside stock DIET: the same sentences to learn from, the same rows asked, in one run.

Both sides go through Rasa's own training and parsing (`bot/engine/learner.py`). Stock is the pipeline that Rasa
proposes, but for its tokenizer: WhitespaceTokenizer takes a Chinese sentence for one word, so ours cuts it, into
characters. DIET knows one set of labels, so there are two of them, one for items and one for intents.
"""

import os
import re
import threading
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from app.bench.learning_data import LearningData, write_learning_data
from app.setup.paths import Paths
from app.setup.progress import Progress
from app.understanding.engine_scripts import answer_of_script
from app.understanding.figures import FIRST_FEW, share, times_of
from app.understanding.labelled import Labelled
from app.understanding.labels import OUT_OF_SCOPE, folded
from bot.conversation.answering import for_the_engine
from services_catalog.loader import Catalog

SCRIPT = "learner"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
TELL_EVERY_S = 60.0
_STEP = re.compile(r"(\d+)/(\d+) \[")
"""How far a training is, as Rasa's progress bar ends up in a log: `Epochs:  7%|▋ | 7/100 [01:10<...`."""
_TAIL_BYTES = 2000


@dataclass(frozen=True)
class Understanding:
    """What one side achieved, and what it cost. Training in seconds, a sentence in milliseconds, memory in MB."""

    item_acc1: float | None
    item_acc3: float | None
    intent_acc: float | None
    train_s: float
    p50_ms: float
    p95_ms: float
    rss_mb: float


@dataclass(frozen=True)
class Compared:
    """Both sides, with how many sentences they learnt from and how many rows they were asked."""

    ours: Understanding
    stock: Understanding
    sentences: int
    rows: int


class _Trained(BaseModel):
    model: str
    seconds: float


class _Parse(BaseModel):
    intent: str | None
    ranking: list[str]
    items: list[str]


class _Answer(BaseModel):
    parses: list[_Parse]
    ms: float


class _Asked(BaseModel):
    answers: list[_Answer]
    rss_mb: float


@dataclass(frozen=True)
class _Guess:
    """What a side takes a row for: the items, likeliest first, and the intent."""

    items: Sequence[str]
    intent: str


def measure(
    paths: Paths,
    folder: Path,
    catalog: Catalog,
    rows: Sequence[Labelled],
    progress: Progress,
    share_learnt: float,
    stock: Mapping[str, Any],
) -> Compared:
    """Have both learn that share of the sentences, one after the other, and ask each the rows singly, on one thread.

    `stock` is the other side's pipeline, as `stock_config` gives it. Its memory and its time are those of one process
    with both its models, its training the sum of both. Whatever is made lies below `folder`. The pipeline and its
    components are read anew by each process, so nobody may edit them meanwhile. Raises SetupError where the
    engine's interpreter fails.
    """
    data = write_learning_data(folder, paths, catalog, share_learnt)
    config = folder / "stock.yml"
    config.write_text(yaml.safe_dump(dict(stock), sort_keys=False), encoding="utf-8")
    bench = _Bench(paths, folder, data, progress)
    ours = [bench.train("ours", "本服务", paths.root / "config.yml", data.intents)]
    by_item = bench.train("items", "DIET（事项）", config, data.items)
    by_intent = bench.train("intents", "DIET（意图）", config, data.intents)
    texts = [for_the_engine(row.text) for row in rows]
    heard = bench.ask("本服务", ours, texts)
    heard_stock = bench.ask("DIET", [by_item, by_intent], texts)
    guesses = [_Guess(parse.items, parse.intent or "") for (parse,) in _parses(heard)]
    guesses_stock = [
        _Guess(_only(item.ranking, catalog.items), intent.intent or "") for item, intent in _parses(heard_stock)
    ]
    return Compared(
        _understanding(rows, guesses, ours, heard),
        _understanding(rows, guesses_stock, [by_item, by_intent], heard_stock),
        data.sentences,
        len(rows),
    )


def stock_config(epochs: int) -> dict[str, Any]:
    """Rasa's proposed pipeline, as far as it has a part in labels, with our tokenizer.

    Its characters are counted across words (`char`, not `char_wb`): on words of one character the latter sees no pairs.
    """
    return {
        "recipe": "default.v1",
        "language": "zh",
        "assistant_id": "stock",
        "pipeline": [
            {"name": "bot.engine.components.tokenizer.ChineseTokenizer"},
            {"name": "RegexFeaturizer"},
            {"name": "LexicalSyntacticFeaturizer"},
            {"name": "CountVectorsFeaturizer"},
            {"name": "CountVectorsFeaturizer", "analyzer": "char", "min_ngram": 1, "max_ngram": 4},
            {"name": "DIETClassifier", "epochs": epochs, "constrain_similarities": True},
        ],
        "policies": [{"name": "RulePolicy"}],
    }


@dataclass(frozen=True)
class _Bench:
    """Where the processes of a run find what they need."""

    paths: Paths
    folder: Path
    data: LearningData
    progress: Progress

    def train(self, name: str, shown: str, config: Path, sentences: Path) -> _Trained:
        """Train in a process of its own, with all cores, and nothing taken from an earlier training."""
        asked = {"config": str(config), "data": str(sentences), "output": str(self.folder), "name": name}
        environment = {
            "ONECALL_INDEX": str(self.data.index),
            "RASA_CACHE_DIRECTORY": str(self.folder / "cache" / name),
            "OMP_NUM_THREADS": str(os.cpu_count() or 1),
        }
        return _Trained.model_validate(
            self._answer(f"训练{shown}", "本服务一两分钟，DIET 要久得多，每分钟报一次", asked, "train", environment)
        )

    def ask(self, shown: str, models: Sequence[_Trained], texts: Sequence[str]) -> _Asked:
        """Ask in a process of its own, on one thread."""
        asked = {"models": [trained.model for trained in models], "texts": list(texts)}
        environment = {"ONECALL_INDEX": str(self.data.index), **ONE_THREAD}
        return _Asked.model_validate(
            self._answer(f"一句一句地问{shown}", f"{len(texts)} 句", asked, "ask", environment)
        )

    def _answer(self, step: str, hint: str, asked: Mapping[str, Any], task: str, environment: Mapping[str, str]) -> Any:
        log = self.paths.logs / f"{SCRIPT}.log"
        with (
            self.progress.step(step, hint),
            _told_meanwhile(log, lambda how_far: self.progress.say(f"  {step}：{how_far}")),
        ):
            return answer_of_script(self.paths, SCRIPT, asked, task, environment=environment)


@contextmanager
def _told_meanwhile(log: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Say once a minute how far a training is, for hours may pass."""
    ended = threading.Event()

    def tell() -> None:
        while not ended.wait(TELL_EVERY_S):
            how_far = how_far_in(log)
            if how_far is not None:
                say(how_far)

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        ended.set()
        teller.join()


def how_far_in(log: Path) -> str | None:
    """The rounds done of a training, as its log says last; None where it tells of none yet."""
    try:
        end = log.read_bytes()[-_TAIL_BYTES:].decode("utf-8", "replace")
    except OSError:
        return None
    steps = _STEP.findall(end)
    return f"学了 {steps[-1][0]} 轮，共 {steps[-1][1]} 轮" if steps and steps[-1][0] != "0" else None


def _parses(asked: _Asked) -> list[list[_Parse]]:
    return [answer.parses for answer in asked.answers]


def _only(labels: Sequence[str], items: Container[str]) -> list[str]:
    """The items among labels: how likely it is that a sentence is about none is no candidate on either side."""
    return [label for label in labels if label in items]


def _understanding(
    rows: Sequence[Labelled], guesses: Sequence[_Guess], trained: Sequence[_Trained], asked: _Asked
) -> Understanding:
    """The figures as `nlu eval` defines them."""
    used = {row.intent for row in rows}
    pairs = list(zip(rows, guesses, strict=True))
    about = [(row.item_id, guess.items) for row, guess in pairs if row.item_id is not None]
    times = times_of([answer.ms for answer in asked.answers])
    return Understanding(
        item_acc1=share(item in items[:1] for item, items in about),
        item_acc3=share(item in items[:FIRST_FEW] for item, items in about),
        intent_acc=share(
            folded(guess.intent, used) == row.intent for row, guess in pairs if row.intent != OUT_OF_SCOPE
        ),
        train_s=round(sum(each.seconds for each in trained), 1),
        p50_ms=times.p50,
        p95_ms=times.p95,
        rss_mb=round(asked.rss_mb, 1),
    )

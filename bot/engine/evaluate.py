"""How well the engine understands, on sentences held out of training: run in the engine's own interpreter.

    bot/engine/.venv/bin/python -m bot.engine.evaluate INDEX bot/training/nlu

Sentences are split by a hash of their text, so the same ones are held out each time and on every machine.
"""

import argparse
import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rasa.shared.nlu.training_data.loading import load_data

from bot.engine.components.candidates import NONE, Candidates
from bot.engine.components.catalogue import IndexedItem, read_index
from bot.engine.components.evidence import probabilities
from bot.engine.components.features import counts
from bot.engine.components.finder_training import Knowledge, learn
from bot.engine.components.intent import learn_intents, weigh_outside
from bot.engine.components.linear import softmax

PARTS = 5
UNDECIDED = {"ambiguous", "ask_benefits"}
THRESHOLDS = (0.3, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True)
class Sentence:
    """A labelled sentence; `item` is None where it has none, NONE where it is about none."""

    text: str
    intent: str
    item: str | None


def main() -> None:
    """Read the arguments, train on four fifths, print the figures of the fifth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path, help="catalogue index written by services_catalog.index")
    parser.add_argument("nlu", type=Path, help="folder of the generic examples")
    parser.add_argument("--part", type=int, default=0, choices=range(PARTS), help="which fifth is held out")
    arguments = parser.parse_args()
    items = read_index(arguments.index.read_bytes())
    sentences = _sentences(arguments.index, arguments.nlu)
    held = [sentence for sentence in sentences if _part(sentence.text) == arguments.part]
    kept = [sentence for sentence in sentences if _part(sentence.text) != arguments.part]
    started = time.monotonic()
    knowledge = learn(_without(items, held), [sentence.text for sentence in kept if sentence.item == NONE])
    print(f"item finder: {len(kept)} sentences, trained in {time.monotonic() - started:.0f} s")
    _print_items(knowledge, held)
    _print_new_items(knowledge, held)
    _print_intents(knowledge, kept, held)


def _sentences(index: Path, nlu: Path) -> list[Sentence]:
    about_items = {
        Sentence(text, intent, entry["id"])
        for entry in json.loads(index.read_bytes())["items"]
        for intent, texts in entry["utterances"].items()
        for text in texts
    }
    generic = {
        Sentence(example.get("text"), example.get("intent"), None if example.get("intent") in UNDECIDED else NONE)
        for example in load_data(str(nlu)).intent_examples
    }
    return sorted(about_items | generic, key=lambda sentence: (sentence.text, sentence.intent, sentence.item or ""))


def _part(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % PARTS


def _without(items: Sequence[IndexedItem], held: Sequence[Sentence]) -> list[IndexedItem]:
    hidden = {sentence.text for sentence in held}
    return [replace(item, utterances=tuple(text for text in item.utterances if text not in hidden)) for item in items]


def _print_items(knowledge: Knowledge, held: Sequence[Sentence]) -> None:
    candidates = Candidates(knowledge.items, knowledge.none, {})
    spent: list[float] = []
    chances: list[np.ndarray] = []
    asked = [sentence for sentence in held if sentence.item is not None]
    for sentence in asked:
        started = time.perf_counter()
        evidence = candidates.evidence(knowledge.model, [sentence.text], counts([sentence.text]))
        chances.append(probabilities(evidence, knowledge.weights)[0, :-1])
        spent.append((time.perf_counter() - started) * 1000)
    _print_figures(candidates.ids, asked, np.array(chances))
    print(f"  latency p50 {np.percentile(spent, 50):.1f} ms, p95 {np.percentile(spent, 95):.1f} ms")


def _print_new_items(knowledge: Knowledge, held: Sequence[Sentence]) -> None:
    """Every tenth item forgotten by the trained part, as if published after training."""
    candidates = Candidates(knowledge.items, knowledge.none, {})
    new = set(candidates.ids[::10])
    asked = [sentence for sentence in held if sentence.item in new]
    texts = [sentence.text for sentence in asked]
    evidence = candidates.evidence(knowledge.model, texts, counts(texts))
    evidence.known[[candidates.ids.index(item) for item in new]] = False
    print(f"items published after training ({len(new)} of {len(candidates.ids)}):")
    _print_figures(candidates.ids, asked, probabilities(evidence, knowledge.weights)[:, :-1])


def _print_figures(ids: Sequence[str], asked: Sequence[Sentence], chances: np.ndarray) -> None:
    order = np.argsort(-chances, axis=1)
    ranked = np.array(ids)[order]
    top = chances[np.arange(len(chances)), order[:, 0]]
    truth = np.array([sentence.item for sentence in asked])
    inside = truth != NONE
    right = ranked[:, 0] == truth
    three = (ranked[:, :3] == truth[:, None]).any(axis=1)
    print(f"  {inside.sum()} about an item: acc@1 {right[inside].mean():.3f}, acc@3 {three[inside].mean():.3f}")
    outside = np.array([sentence.intent == "out_of_scope" for sentence in asked])
    for threshold in THRESHOLDS:
        sure = top >= threshold
        line = f"  P >= {threshold}: covers {sure[inside].mean():.3f}, precision {right[inside & sure].mean():.3f}"
        if outside.any():
            line += f", answers {sure[outside].mean():.3f} of {outside.sum()} out of scope"
            line += f", precision over all {right[sure].mean():.3f}"
        print(line)


def _print_intents(knowledge: Knowledge, kept: Sequence[Sentence], held: Sequence[Sentence]) -> None:
    started = time.monotonic()
    model, sharpness = learn_intents([(sentence.text, sentence.intent) for sentence in kept])
    print(f"intents: trained in {time.monotonic() - started:.0f} s")
    texts = [sentence.text for sentence in held]
    candidates = Candidates(knowledge.items, knowledge.none, {})
    evidence = candidates.evidence(knowledge.model, texts, counts(texts))
    chances = np.sort(probabilities(evidence, knowledge.weights)[:, :-1], axis=1)[:, -5:]
    confidence = np.array(
        [
            weigh_outside(row, model.classes, [{"p": chance} for chance in likely])
            for row, likely in zip(softmax(model.scores(counts(texts, ends=True)) * sharpness), chances, strict=True)
        ]
    )
    order = np.argsort(-confidence, axis=1)
    guessed = np.array(model.classes)[order]
    truth = np.array([sentence.intent for sentence in held])
    right = guessed[:, 0] == truth
    about = np.array([sentence.item not in (None, NONE) for sentence in held])
    three = (guessed[:, :3] == truth[:, None]).any(axis=1)
    outside = truth == "out_of_scope"
    for threshold in THRESHOLDS:
        answered = (guessed[outside, 0] != "out_of_scope") & (chances[outside, -1] >= threshold)
        silent = (guessed[about, 0] == "out_of_scope") | (chances[about, -1] < threshold)
        print(
            f"  P >= {threshold} and not out of scope: {1 - silent.mean():.3f} covered, {answered.mean():.3f} answered"
        )
    print(f"  {len(held)}: {right.mean():.3f} right, {three.mean():.3f} among three")
    print(f"  about an item {right[about].mean():.3f}, generic {right[~about].mean():.3f}")
    for intent in sorted(set(truth)):
        own, called = truth == intent, guessed[:, 0] == intent
        wrong = list(guessed[own & ~right, 0])
        often = max(set(wrong), key=wrong.count) if wrong else "-"
        print(
            f"  {intent:16} {own.sum():4}  recall {right[own].mean():.2f}"
            f"  precision {right[called].mean() if called.any() else 0:.2f}  mostly taken for {often}"
        )


if __name__ == "__main__":
    main()

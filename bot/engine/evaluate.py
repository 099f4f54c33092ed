"""How well strangers are understood: whole voices are left out of training and asked afterwards.

    bot/engine/.venv/bin/python -m bot.engine.evaluate INDEX .local/engine/training/items.yml bot/training/nlu

Run in the engine's own interpreter. The twelve voices are left out in four groups of three, one after the other, so
that each sentence in a voice is asked once by models that know nobody who talks like that. The thresholds of the bot
are not asked here; `./onecall nlu eval` measures what the bot does, on any file.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.components.candidates import NONE, Candidates
from bot.engine.components.catalogue import IndexedItem, read_index
from bot.engine.components.evidence import probabilities
from bot.engine.components.features import counts, counts_of_asking
from bot.engine.components.finder_training import learn
from bot.engine.components.held_out import voice_of
from bot.engine.components.intent import OUTSIDE, learn_intents, weigh_by_items
from bot.engine.components.linear import softmax

GROUPS = 4
UNDECIDED = {"ambiguous", "ask_benefits"}
THRESHOLDS = (0.5, 0.6, 0.7, 0.8)


@dataclass(frozen=True)
class Sentence:
    """A labelled sentence in a voice; `item` is NONE where it is about none, None where that is left open."""

    text: str
    intent: str
    voice: str
    item: str | None


@dataclass(frozen=True)
class Answers:
    """What was understood of sentences nobody trained on: ranked ids and the probability of the first, the intents."""

    asked: Sequence[Sentence]
    ranked: np.ndarray
    top: np.ndarray
    intents: np.ndarray


def main() -> None:
    """Read the arguments, leave out each group of voices once, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path, help="catalogue index written by services_catalog.index")
    parser.add_argument("examples", type=Path, nargs="+", help="files or folders of Rasa's examples")
    parser.add_argument("--groups", type=int, default=GROUPS, help="into how many groups the voices are put")
    arguments = parser.parse_args()
    items = read_index(arguments.index.read_bytes())
    sentences = list(_sentences(arguments.index, items, [load_data(str(path)) for path in arguments.examples]))
    voices = sorted({sentence.voice for sentence in sentences} - {""})
    answers = []
    for number in range(arguments.groups):
        left_out = set(voices[number :: arguments.groups])
        began = time.monotonic()
        answers.append(_ask(items, sentences, left_out))
        print(f"without {', '.join(sorted(left_out))}: {time.monotonic() - began:.0f} s", flush=True)
        _print_figures(answers[-1:])
    print("all voices:")
    _print_figures(answers)


def _sentences(index: Path, items: Sequence[IndexedItem], data: Sequence[TrainingData]) -> Iterator[Sentence]:
    intents = {
        (entry["id"], text): intent
        for entry in json.loads(index.read_bytes())["items"]
        for intent, texts in entry["utterances"].items()
        for text in texts
    }
    about_items = set()
    for item in items:
        voice = {text: name for name, texts in item.voices for text in texts}
        for text in item.utterances:
            about_items.add(text)
            yield Sentence(text, intents[item.id, text], voice.get(text, ""), item.id)
    names = {name for item in items for name in item.names}
    for example in (example for each in data for example in each.intent_examples):
        text, intent = example.get("text"), example.get("intent")
        if text not in about_items and text not in names:
            yield Sentence(text, intent, voice_of(example), None if intent in UNDECIDED else NONE)


def _ask(items: Sequence[IndexedItem], sentences: Sequence[Sentence], left_out: set[str]) -> Answers:
    asked = [sentence for sentence in sentences if sentence.voice in left_out]
    kept = [sentence for sentence in sentences if sentence.voice not in left_out]
    known = {(sentence.item, sentence.text) for sentence in kept}
    reduced = [
        replace(item, utterances=tuple(text for text in item.utterances if (item.id, text) in known)) for item in items
    ]
    knowledge = learn(reduced, {sentence.text: sentence.voice for sentence in kept if sentence.item == NONE})
    names = [(name, "apply", "") for item in items for name in item.names]
    model, sharpness = learn_intents([*names, *((each.text, each.intent, each.voice) for each in kept)])
    texts = [sentence.text for sentence in asked]
    candidates = Candidates(knowledge.items, knowledge.none, {})
    evidence = candidates.evidence(knowledge.model, texts, counts(texts))
    chances = probabilities(evidence, knowledge.weights)[:, :-1]
    order = np.argsort(-chances, axis=1)[:, :5]
    likeliest = np.take_along_axis(chances, order, axis=1)
    confidence = [
        weigh_by_items(row, model.classes, [{"p": chance} for chance in five])
        for row, five in zip(softmax(model.scores(counts_of_asking(texts)) * sharpness), likeliest)
    ]
    return Answers(
        asked, np.array(candidates.ids)[order], likeliest[:, 0], np.array(model.classes)[np.argmax(confidence, axis=1)]
    )


def _print_figures(answers: Sequence[Answers]) -> None:
    asked = [sentence for each in answers for sentence in each.asked]
    ranked = np.concatenate([each.ranked for each in answers])
    top = np.concatenate([each.top for each in answers])
    guessed = np.concatenate([each.intents for each in answers])
    truth = np.array([sentence.item or "" for sentence in asked])
    wanted = np.array([sentence.intent for sentence in asked])
    about = np.array([sentence.item not in (None, NONE) for sentence in asked])
    outside = wanted == OUTSIDE
    right = ranked[:, 0] == truth
    three = (ranked[:, :3] == truth[:, None]).any(axis=1)
    print(f"  {about.sum()} about an item: acc@1 {right[about].mean():.3f}, acc@3 {three[about].mean():.3f}")
    print(f"  intents: in scope {(guessed == wanted)[~outside].mean():.3f}, about an item", end=" ")
    print(f"{(guessed == wanted)[about].mean():.3f}; out of scope {(guessed == wanted)[outside].mean():.3f}")
    for threshold in THRESHOLDS:
        sure = (top >= threshold) & (guessed != OUTSIDE)
        print(
            f"  P >= {threshold}: covers {sure[about].mean():.3f}, precision {right[about & sure].mean():.3f},"
            f" answers {sure[outside].mean():.3f} of {outside.sum()} out of scope"
        )


if __name__ == "__main__":
    main()

"""How the item finder learns: the linear model, and the weights that turn evidence into probability."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix

from bot.engine.components.candidates import NONE, Candidates
from bot.engine.components.catalogue import IndexedItem
from bot.engine.components.evidence import Evidence, fit_weights
from bot.engine.components.features import counts
from bot.engine.components.held_out import held_out
from bot.engine.components.linear import SEED, LinearModel, fit

logger = logging.getLogger(__name__)

STRENGTH = 40.0
HIDDEN = 0.15
"""Share of items the trained part is made to forget, to learn how far retrieval alone may be trusted."""


@dataclass
class Knowledge:
    """What training leaves behind."""

    model: LinearModel
    weights: np.ndarray
    none: csr_matrix
    """Counted sentences about no item."""
    items: list[IndexedItem]
    """The catalogue as it was at training, used until the index file can be read."""


def learn(items: Sequence[IndexedItem], none: Mapping[str, str]) -> Knowledge:
    """Train on the items' texts and on sentences about no item, `none`, with the voice of each ("" if in none's).

    Same input, same result.
    """
    started = time.monotonic()
    sentences = _Sentences.of(items, none)
    held = sentences.held_out()
    model = fit(sentences.counted, sentences.labels, STRENGTH)
    without = fit(sentences.counted[~held], sentences.labels[~held], STRENGTH)
    weights = fit_weights(_evidence(items, sentences, held, without))
    about_none = sentences.counted[sentences.labels == NONE]
    spent = time.monotonic() - started
    logger.info("%d items, %d sentences, %d about none, %.0f s", len(items), len(held), len(none), spent)
    return Knowledge(model, weights, about_none, list(items))


@dataclass(frozen=True)
class _Sentences:
    """All texts to learn from, row by row: counted, the item or NONE, the voice, and whether it only describes."""

    texts: list[str]
    counted: csr_matrix
    labels: np.ndarray
    voices: list[str]
    describing: np.ndarray

    @classmethod
    def of(cls, items: Sequence[IndexedItem], none: Mapping[str, str]) -> "_Sentences":
        rows: list[tuple[str, str, str, bool]] = []
        for item in items:
            described = {*item.names, *item.descriptions}
            voice = {text: name for name, texts in item.voices for text in texts}
            rows += [(text, item.id, voice.get(text, ""), text in described) for text in item.texts]
        rows += [(text, NONE, voice, False) for text, voice in none.items()]
        texts, labels, voices, describing = (list(column) for column in zip(*rows))
        return cls(texts, counts(texts), np.array(labels), voices, np.array(describing))

    def held_out(self) -> np.ndarray:
        """Which rows calibrate. What an item is called and said to be is not held out: it will be in the index,
        however new the sentence."""
        return held_out(self.texts, self.voices) & ~self.describing


def _evidence(
    items: Sequence[IndexedItem], sentences: _Sentences, held: np.ndarray, model: LinearModel
) -> Iterator[tuple[Evidence, np.ndarray]]:
    """Evidence for the held-out rows, which `model` has not seen, with the column of the truth; then the same with
    some items forgotten by the trained part."""
    chance = np.random.default_rng(SEED)
    column = {item.id: number for number, item in enumerate(items)} | {NONE: len(items)}
    seen = np.flatnonzero(~held)
    row_of = {(sentences.texts[row], sentences.labels[row]): row for row in seen}
    reduced = [
        replace(item, utterances=tuple(text for text in item.utterances if (text, item.id) in row_of)) for item in items
    ]
    rows = {item: sentences.counted[[row_of[text, item.id] for text in item.texts]] for item in reduced}
    candidates = Candidates(reduced, sentences.counted[~held & (sentences.labels == NONE)], rows)
    truth = np.array([column[label] for label in sentences.labels[held]])
    asked = [sentences.texts[row] for row in np.flatnonzero(held)]
    evidence = candidates.evidence(model, asked, sentences.counted[held])
    yield evidence, truth
    forgotten = chance.random(len(items) + 1) < HIDDEN
    forgotten[-1] = False
    sample = forgotten[truth] | (chance.random(len(truth)) < HIDDEN)
    yield _rows(replace(evidence, known=evidence.known & ~forgotten), sample), truth[sample]


def _rows(evidence: Evidence, chosen: np.ndarray) -> Evidence:
    return Evidence(
        evidence.trained[chosen],
        evidence.known,
        evidence.cosine[chosen],
        evidence.named[chosen],
        evidence.alike[chosen],
    )

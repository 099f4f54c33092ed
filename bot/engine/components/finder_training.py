"""How the item finder learns: the linear model, and the weights that turn evidence into probability."""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix

from bot.engine.components.candidates import NONE, Candidates
from bot.engine.components.catalogue import IndexedItem
from bot.engine.components.evidence import Evidence, fit_weights
from bot.engine.components.features import counts
from bot.engine.components.linear import SEED, LinearModel, fit, held_out

logger = logging.getLogger(__name__)

STRENGTH = 20.0
FOLDS = 4
HIDDEN = 0.15
"""Share of items the trained part is made to forget, in turn, to learn how far retrieval alone may be trusted."""


@dataclass
class Knowledge:
    """What training leaves behind."""

    model: LinearModel
    weights: np.ndarray
    none: csr_matrix
    """Counted sentences about no item."""
    items: list[IndexedItem]
    """The catalogue as it was at training, used until the index file can be read."""


def learn(items: Sequence[IndexedItem], none_texts: Sequence[str]) -> Knowledge:
    """Train on the items' texts and on sentences about no item. Same input, same result."""
    started = time.monotonic()
    fixed = [(text, item.id) for item in items for text in (*item.names, *item.descriptions)]
    spoken = [(text, item.id) for item in items for text in dict.fromkeys(item.utterances)]
    spoken += [(text, NONE) for text in none_texts]
    weights = fit_weights(_held_out_evidence(items, fixed, spoken))
    texts, labels = zip(*(fixed + spoken))
    model = fit(counts(texts), labels, STRENGTH)
    logger.info(
        "items: %d sentences about %d items, %d about none, %.0f s",
        len(texts) - len(none_texts), len(items), len(none_texts), time.monotonic() - started,
    )  # fmt: skip
    return Knowledge(model, weights, counts(none_texts), list(items))


def _held_out_evidence(
    items: Sequence[IndexedItem], fixed: list[tuple[str, str]], spoken: list[tuple[str, str]]
) -> Iterator[tuple[Evidence, np.ndarray]]:
    """Evidence for sentences the models of their fold have not seen, with the column of the truth."""
    chance = np.random.default_rng(SEED)
    labels = [label for _, label in spoken]
    column = {item.id: number for number, item in enumerate(items)} | {NONE: len(items)}
    for training, rest in held_out(labels, FOLDS):
        seen = [spoken[row] for row in training]
        texts, classes = zip(*(fixed + seen))
        model = fit(counts(texts), classes, STRENGTH)
        remembered = {text for text, _ in seen}
        reduced = [
            replace(item, utterances=tuple(text for text in item.utterances if text in remembered))
            for item in items
        ]
        candidates = Candidates(reduced, counts([text for text, label in seen if label == NONE]), {})
        asked = [spoken[row][0] for row in rest]
        truth = np.array([column[spoken[row][1]] for row in rest])
        evidence = candidates.evidence(model, asked, counts(asked))
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

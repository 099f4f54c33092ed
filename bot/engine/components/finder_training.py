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

STRENGTH = 40.0
FOLDS = 3
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
    pairs = [(text, item.id) for item in items for text in item.texts] + [(text, NONE) for text in none_texts]
    counted = counts([text for text, _ in pairs])
    weights = fit_weights(_held_out_evidence(items, pairs, counted))
    model = fit(counted, [label for _, label in pairs], STRENGTH)
    about = len(pairs) - len(none_texts)
    spent = time.monotonic() - started
    logger.info("%d items, %d sentences, %d about none, %.0f s", len(items), about, len(none_texts), spent)
    return Knowledge(model, weights, counted[about:], list(items))


def _held_out_evidence(
    items: Sequence[IndexedItem], pairs: Sequence[tuple[str, str]], counted: csr_matrix
) -> Iterator[tuple[Evidence, np.ndarray]]:
    """Evidence for sentences the models of their fold have not seen, with the column of the truth.

    `counted` has a row for each (text, label) of `pairs`. What an item is called and said to be is never held out:
    it will be in the index, however new the sentence.
    """
    chance = np.random.default_rng(SEED)
    labels = np.array([label for _, label in pairs])
    column = {item.id: number for number, item in enumerate(items)} | {NONE: len(items)}
    row_of = {pair: row for row, pair in enumerate(pairs)}
    described = {(text, item.id) for item in items for text in (*item.names, *item.descriptions)}
    spoken = np.array([row for row, pair in enumerate(pairs) if pair not in described])
    for _, part in held_out(labels[spoken], FOLDS):
        held = spoken[part]
        seen = np.ones(len(pairs), dtype=bool)
        seen[held] = False
        model = fit(counted[seen], labels[seen], STRENGTH)
        reduced = [
            replace(item, utterances=tuple(text for text in item.utterances if seen[row_of[text, item.id]]))
            for item in items
        ]
        rows = {item: counted[[row_of[text, item.id] for text in item.texts]] for item in reduced}
        candidates = Candidates(reduced, counted[seen & (labels == NONE)], rows)
        truth = np.array([column[labels[row]] for row in held])
        evidence = candidates.evidence(model, [pairs[row][0] for row in held], counted[held])
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

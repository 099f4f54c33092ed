"""From evidence to probability: how likely each item is, and that it is none of them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from bot.engine.components.linear import softmax

FEATURES = 11
PENALTY = 0.5


@dataclass
class Evidence:
    """What speaks for each candidate of each message; columns are items, the last one is none of them."""

    trained: np.ndarray
    """Log-odds of the trained part; anything where it does not know the candidate."""
    known: np.ndarray
    """Candidate by candidate, whether the trained part knows it (one row for all messages)."""
    cosine: np.ndarray
    named: np.ndarray
    alike: np.ndarray

    def features(self) -> np.ndarray:
        """Messages x candidates x FEATURES, the terms whose weighted sum is a candidate's score."""
        none = np.zeros(self.trained.shape, dtype=np.float32)
        none[:, -1] = 1.0
        known = np.broadcast_to(self.known, none.shape).astype(np.float32) * (1.0 - none)
        new = 1.0 - known - none
        trained = np.where(known + none > 0, self.trained, 0.0)
        return np.stack(
            [
                trained * known,
                trained * none,
                self.cosine * known,
                self.cosine * none,
                self.cosine * new,
                new,
                none,
                self.named * known,
                self.alike * known,
                self.named * new,
                self.alike * new,
            ],
            axis=-1,
        ).astype(np.float32)


def probabilities(evidence: Evidence, weights: np.ndarray) -> np.ndarray:
    """Messages x candidates; each row sums to 1."""
    return softmax(evidence.features() @ weights)


def fit_weights(parts: Iterable[tuple[Evidence, np.ndarray]]) -> np.ndarray:
    """Weights under which held-out messages' true candidates (column numbers) are most likely.

    A conditional logit: eleven numbers for all items together, so that an item published today, which the
    trained part has never seen, is judged by the same measure as the others.
    """
    prepared = [(evidence.features(), truth) for evidence, truth in parts]
    total = sum(len(truth) for _, truth in prepared)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = 0.0, np.zeros(FEATURES)
        for features, truth in prepared:
            rows = np.arange(len(truth))
            chances = softmax(features @ weights.astype(np.float32))
            value -= float(np.log(chances[rows, truth] + 1e-12).sum())
            expected = np.einsum("rc,rcf->f", chances, features)
            slope += expected - features[rows, truth].sum(axis=0)
        ridge = PENALTY * float(weights @ weights)
        return (value + ridge) / total, (slope + 2 * PENALTY * weights) / total

    return minimize(loss, np.zeros(FEATURES), jac=True, method="L-BFGS-B").x.astype(np.float32)

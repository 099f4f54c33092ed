"""Whether two faces are one person: the distance, what it means, and what strangers tell about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from kyc.faces.encoder import Vector

NEAREST = 30
"""Strangers that a score is compared with: the nearest of the cohort, as in adaptive s-norm (Matejka et al. 2017)."""
SMALLEST_COHORT = 80
"""Fewer strangers say too little; figures in docs/faces.md were measured with 87."""
FRAMES_IN_TEMPLATE = 3


class Verdict(StrEnum):
    """What a comparison of faces comes to."""

    ACCEPTED = "accepted"
    REVIEW = "review"
    """Too near to refuse and too far to accept: a clerk decides."""
    REJECTED = "rejected"


@dataclass(frozen=True)
class Thresholds:
    """At or below `accept` it is the same person; above `review` it is not; in between a clerk decides.

    Raises ValueError where `review` lies below `accept`.
    """

    accept: float
    review: float

    def __post_init__(self) -> None:
        if not self.accept <= self.review:
            raise ValueError("the limit of review lies below that of acceptance")

    def verdict(self, score: float) -> Verdict:
        """What a score means. What is not a number is rejected."""
        if score <= self.accept:
            return Verdict.ACCEPTED
        return Verdict.REVIEW if score <= self.review else Verdict.REJECTED


def template_of(vectors: Sequence[Vector]) -> Vector:
    """One vector for a person, from several pictures: their mean. One frame's accidents weigh less in it.

    Vectors of unit length give one of unit length again.
    """
    stacked = np.stack(vectors).astype(np.float64)
    mean = np.asarray(stacked.mean(axis=0))
    if np.allclose(np.linalg.norm(stacked, axis=1), 1.0, atol=1e-3):
        mean = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return mean.astype(np.float32)


def distance(one: Vector, other: Vector) -> float:
    """The Euclidean distance. Raises ValueError where the two cannot be of one encoder."""
    if one.shape != other.shape:
        raise ValueError("vectors of different encoders")
    return float(np.linalg.norm(one.astype(np.float64) - other.astype(np.float64)))


@dataclass(frozen=True)
class Cohort:
    """Faces of strangers, one row each, from the people a site serves."""

    vectors: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.vectors)

    def normalised(self, one: Vector, other: Vector) -> float:
        """How near two faces are, measured by how near each is to strangers: in their standard deviations, below zero
        where the two are nearer than that. Adaptive and symmetric.

        An encoder that knows few faces of a population puts all of them near each other; this takes that out.
        """
        between = distance(one, other)
        return sum((between - mean) / deviation for mean, deviation in map(self._strangers, (one, other))) / 2

    def _strangers(self, vector: Vector) -> tuple[float, float]:
        distances = np.linalg.norm(self.vectors.astype(np.float64) - vector.astype(np.float64), axis=1)
        nearest = np.sort(distances)[:NEAREST]
        return float(nearest.mean()), max(float(nearest.std()), 1e-6)


def score(one: Vector, other: Vector, cohort: Cohort | None) -> float:
    """How near two faces are: their distance, or, with a cohort, normalised by it."""
    return distance(one, other) if cohort is None else cohort.normalised(one, other)

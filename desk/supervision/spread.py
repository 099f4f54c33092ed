"""How durations spread: the one in the middle, and the one that nine of ten do not exceed."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median


@dataclass(frozen=True)
class Spread:
    """`count` values; `p90` is the smallest of them that at least nine of ten do not exceed (nearest rank)."""

    count: int
    median: float
    p90: float


def spread_of(values: Sequence[float]) -> Spread | None:
    """How `values` spread, in their unit; None where there are none."""
    if not values:
        return None
    ordered = sorted(values)
    rank = -(-9 * len(ordered) // 10)
    return Spread(len(ordered), median(ordered), ordered[rank - 1])


def in_classes(values: Sequence[float], limits: Sequence[float]) -> list[int]:
    """How many values are at most the first limit, above it and at most the second …, and above the last."""
    bounds = [float("-inf"), *limits, float("inf")]
    return [sum(low < value <= high for value in values) for low, high in pairwise(bounds)]

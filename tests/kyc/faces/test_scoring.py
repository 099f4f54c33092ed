"""Scores, thresholds and templates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.faces.scoring import Cohort, Thresholds, Verdict, distance, score, template_of

UNIT = np.eye(4, dtype=np.float32)


def test_a_score_at_a_limit_is_within_it() -> None:
    limits = Thresholds(0.40, 0.50)
    assert [limits.verdict(each) for each in (0.40, 0.4001, 0.50, 0.5001, float("nan"))] == [
        Verdict.ACCEPTED,
        Verdict.REVIEW,
        Verdict.REVIEW,
        Verdict.REJECTED,
        Verdict.REJECTED,
    ]


def test_limits_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match="below"):
        Thresholds(0.5, 0.4)
    with pytest.raises(ValueError, match="below"):
        Thresholds(float("nan"), 0.4)


def test_a_template_of_unit_vectors_has_unit_length_and_of_others_their_mean() -> None:
    assert np.linalg.norm(template_of([UNIT[0], UNIT[1]])) == pytest.approx(1.0)
    assert template_of([2 * UNIT[0], 4 * UNIT[0]]).tolist() == [3, 0, 0, 0]


def test_vectors_of_different_encoders_are_not_compared() -> None:
    with pytest.raises(ValueError, match="different encoders"):
        distance(np.zeros(128, np.float32), np.zeros(512, np.float32))


@given(seed=st.integers(0, 1000))
def test_normalising_is_symmetric_and_ranks_the_nearer_first(seed: int) -> None:
    chance = np.random.default_rng(seed)
    cohort = Cohort(chance.normal(0, 1, (100, 16)).astype(np.float32))
    one, stranger = (chance.normal(0, 1, 16).astype(np.float32) for _ in range(2))
    near = (one + chance.normal(0, 0.05, 16)).astype(np.float32)
    assert score(one, near, cohort) == pytest.approx(score(near, one, cohort))
    assert score(one, near, cohort) < score(one, stranger, cohort)


def test_a_crowded_corner_of_faces_asks_for_more_likeness() -> None:
    """Two strangers of whom the encoder knows little lie near each other, and near everybody of their kind."""
    chance = np.random.default_rng(1)
    crowded = Cohort(chance.normal(0, 0.1, (100, 16)).astype(np.float32))
    spread = Cohort(chance.normal(0, 1.0, (100, 16)).astype(np.float32))
    one, other = (chance.normal(0, 0.1, 16).astype(np.float32) for _ in range(2))
    assert score(one, other, crowded) > score(one, other, spread)

"""Attempts before the camera, played from photographs: who passes, and which attacks do not."""

from collections.abc import Callable, Sequence
from functools import cache, partial

import pytest

from kyc.faces.encoder import Vector
from kyc.faces.portrait import Portrait, portrait_of
from kyc.faces.quality import FaceFault
from kyc.faces.scoring import Thresholds, Verdict, distance
from kyc.images import ImageRefused, Pixels
from kyc.liveness.attempt import Attempt, Comparison, Frame, examined
from kyc.liveness.challenge import Action, Challenge
from kyc.liveness.judging import LivenessFault
from tests.support.acting import acting, jpeg, person, recorded, side_by_side, tilted
from tests.support.photographs import photograph

LIMITS = Thresholds(0.40, 0.50)
CHALLENGE = Challenge("c", (Action.EYES, Action.MOUTH, Action.LEFT))


@cache
def _reference(name: str) -> Vector:
    portrait = portrait_of(photograph(name), None, strict=False)
    assert isinstance(portrait, Portrait)
    return portrait.vector


def _examined(frames: Sequence[tuple[Action, float, bytes]], challenge: Challenge = CHALLENGE) -> Attempt:
    comparison = Comparison((_reference("obama3"), _reference("obama2")), LIMITS, LIMITS)
    return examined(challenge, [Frame(*frame) for frame in frames], comparison, None, None)


def _instead(plays: dict[Action, Action], asked: Action) -> Action:
    return plays.get(asked, asked)


def _still(picture: Callable[[int], Pixels]) -> list[tuple[Action, float, bytes]]:
    """The same picture in every frame, as `picture` changes it."""
    steps = [step for step in CHALLENGE.steps for _ in range(5)]
    return [(step, 166.0 * number, jpeg(picture(number), number)) for number, step in enumerate(steps)]


@pytest.mark.parametrize(
    "actions",
    [
        (*order[place:], *order[:place])
        for order in ((Action.EYES, Action.MOUTH, Action.LEFT), (Action.MOUTH, Action.EYES, Action.RIGHT))
        for place in range(3)
    ],
)
def test_the_person_is_accepted_wherever_an_action_stands(actions: tuple[Action, ...]) -> None:
    challenge = Challenge("c", actions)
    attempt = _examined(recorded(person("obama"), challenge.steps), challenge)
    assert (attempt.liveness, attempt.quality, attempt.verdict) == ((), None, Verdict.ACCEPTED)
    assert attempt.template is not None
    assert distance(attempt.template, _reference("obama")) < 0.25


def test_another_living_person_is_rejected() -> None:
    attempt = _examined(recorded(person("biden"), CHALLENGE.steps))
    assert (attempt.liveness, attempt.verdict) == ((), Verdict.REJECTED)


def test_a_photograph_held_up_is_not_alive() -> None:
    attempt = _examined(_still(lambda number: person("obama").pixels))
    assert set(attempt.liveness) == {LivenessFault.EYES, LivenessFault.MOUTH, LivenessFault.TURN}
    assert attempt.verdict is None


def test_a_photograph_that_is_tilted_and_waved_is_not_alive() -> None:
    for most in (8.0, 20.0):
        pictures = [tilted(person("obama").pixels, (number % 5 - 2) * most / 2) for number in range(20)]
        attempt = _examined(_still(pictures.__getitem__))
        assert attempt.liveness
        assert attempt.verdict is None


def test_a_photograph_with_painted_eyelids_is_not_alive() -> None:
    does = {Action.EYES: Action.EYES}
    attempt = _examined(recorded(person("obama"), CHALLENGE.steps, lambda asked: does.get(asked, Action.LOOK)))
    assert set(attempt.liveness) == {LivenessFault.MOUTH, LivenessFault.TURN}


@pytest.mark.parametrize("order", [(Action.MOUTH, Action.EYES, Action.LEFT), (Action.LEFT, Action.EYES, Action.MOUTH)])
def test_a_recording_of_another_order_is_suspicious(order: tuple[Action, ...]) -> None:
    plays = dict(zip(CHALLENGE.actions, order, strict=True))
    attempt = _examined(recorded(person("obama"), CHALLENGE.steps, partial(_instead, plays)))
    assert attempt.liveness[0] is LivenessFault.ORDER
    assert attempt.is_suspicious


def test_one_frame_repeated_is_refused() -> None:
    frames = recorded(person("obama"), CHALLENGE.steps)
    frames[8] = (*frames[8][:2], frames[7][2])
    assert _examined(frames).liveness == (LivenessFault.REPEATED,)


def test_two_people_are_asked_to_come_one_by_one() -> None:
    both = side_by_side(person("obama").pixels, person("biden").pixels)
    assert _examined(_still(lambda number: both)).liveness == (LivenessFault.PEOPLE,)


def test_somebody_else_who_does_the_actions_is_noticed() -> None:
    mine = recorded(person("obama"), CHALLENGE.steps)
    theirs = recorded(person("biden"), CHALLENGE.steps)
    swapped = [mine[number] if mine[number][0] is Action.LOOK else theirs[number] for number in range(len(mine))]
    attempt = _examined(swapped)
    assert attempt.verdict is None
    assert set(attempt.liveness) & {LivenessFault.SWAPPED, LivenessFault.EYES}


def test_darkness_is_told_apart_from_not_being_alive() -> None:
    dark = _examined(_still(lambda number: (acting(person("obama"), Action.LOOK) * 0.16).astype("uint8")))
    assert dark.quality in (FaceFault.DARK, FaceFault.NONE)


def test_without_a_reference_there_is_a_template_and_no_verdict() -> None:
    frames = [Frame(*frame) for frame in recorded(person("obama"), CHALLENGE.steps)]
    attempt = examined(CHALLENGE, frames, Comparison((), LIMITS, LIMITS), None, None)
    assert (attempt.is_alive, attempt.verdict) == (True, None)
    assert attempt.template is not None


def test_a_frame_that_is_no_picture_is_refused() -> None:
    frames = recorded(person("obama"), CHALLENGE.steps)
    frames[3] = (*frames[3][:2], b"\x00\x00\x00\x18ftypmp42")
    with pytest.raises(ImageRefused):
        _examined(frames)

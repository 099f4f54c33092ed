"""What passes for a living person, frame by frame, without any picture."""

import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.wording import phrases
from kyc.liveness.challenge import Action, Challenge, drawn
from kyc.liveness.judging import LivenessFault, judged
from kyc.liveness.seeing import Measures, Seen

CHALLENGE = Challenge("c", (Action.EYES, Action.MOUTH, Action.LEFT))
REST = Measures(0.25, 0.05, 0.5)
DOING = {
    Action.LOOK: REST,
    Action.EYES: replace(REST, eyes=0.12),
    Action.MOUTH: replace(REST, mouth=0.5),
    Action.LEFT: replace(REST, turn=0.75),
    Action.RIGHT: replace(REST, turn=0.25),
}


def _frames(challenge: Challenge = CHALLENGE, count: int = 5) -> list[Seen]:
    """A perfect attempt."""
    steps = [step for step in challenge.steps for _ in range(count)]
    return [Seen(step, 166.0 * number, 1, DOING[step], str(number)) for number, step in enumerate(steps)]


def _with(frames: list[Seen], step: Action, measures: Measures | None, most: int = 99) -> list[Seen]:
    left = iter(range(most))
    return [
        replace(frame, measures=measures) if frame.step is step and next(left, None) is not None else frame
        for frame in frames
    ]


@pytest.mark.parametrize("turn", [Action.LEFT, Action.RIGHT])
def test_who_does_what_was_asked_passes_in_its_order_and_in_no_other(turn: Action) -> None:
    orders = [*itertools.permutations((turn, Action.EYES, Action.MOUTH))]
    for asked, done in itertools.product(orders, orders):
        challenge, plays = Challenge("c", asked), dict(zip(asked, done, strict=True))
        frames = [replace(frame, measures=DOING[plays.get(frame.step, Action.LOOK)]) for frame in _frames(challenge)]
        faults = judged(challenge, frames, took_s=4.0)
        assert faults[:1] == ([] if asked == done else [LivenessFault.ORDER])


@pytest.mark.parametrize(
    ("step", "fault"),
    [(Action.EYES, LivenessFault.EYES), (Action.MOUTH, LivenessFault.MOUTH), (Action.LEFT, LivenessFault.TURN)],
)
def test_an_action_left_out_is_named(step: Action, fault: LivenessFault) -> None:
    assert judged(CHALLENGE, _with(_frames(), step, REST)) == [fault]


def test_eyes_are_measured_against_the_person_s_own() -> None:
    narrow = [
        replace(frame, measures=replace(frame.measures, eyes=frame.measures.eyes * 0.6))
        for frame in _frames()
        if frame.measures
    ]
    assert judged(CHALLENGE, narrow) == []
    half = _with(_frames(), Action.EYES, replace(REST, eyes=0.6 * REST.eyes + 0.001))
    assert judged(CHALLENGE, half) == [LivenessFault.EYES]


def test_two_frames_are_not_enough_and_three_apart_neither() -> None:
    frames = _frames()
    assert judged(CHALLENGE, _with(frames, Action.EYES, REST, most=3)) == [LivenessFault.EYES]
    gap = [replace(frame, measures=REST) if number == 7 else frame for number, frame in enumerate(frames)]
    assert judged(CHALLENGE, gap) == [LivenessFault.EYES]


def test_another_action_in_the_place_of_one_is_a_wrong_order() -> None:
    swapped = _with(_with(_frames(), Action.EYES, DOING[Action.MOUTH]), Action.MOUTH, DOING[Action.EYES])
    assert judged(CHALLENGE, swapped)[0] is LivenessFault.ORDER
    other_side = _with(_frames(), Action.LEFT, DOING[Action.RIGHT])
    assert judged(CHALLENGE, other_side) == [LivenessFault.ORDER, LivenessFault.TURN]


def test_eyes_that_look_closed_because_the_head_is_turned_do_not_count() -> None:
    assert LivenessFault.EYES in judged(CHALLENGE, _with(_frames(), Action.EYES, replace(REST, eyes=0.1, turn=0.2)))


def _broken() -> Iterator[tuple[str, list[Seen], float | None, LivenessFault]]:
    frames = _frames()
    yield "steps in another order", frames[:5] + frames[10:15] + frames[5:10] + frames[15:], None, LivenessFault.ORDER
    yield "a step left out", frames[:15], None, LivenessFault.ORDER
    yield "a step twice", [*frames[:-1], replace(frames[-1], step=Action.EYES)], None, LivenessFault.ORDER
    yield "time standing still", [*frames[:-1], replace(frames[-1], at_ms=frames[-2].at_ms)], None, LivenessFault.ORDER
    yield "time running backwards", [*frames[:-1], replace(frames[-1], at_ms=0.0)], None, LivenessFault.ORDER
    yield "no time", [replace(frame, at_ms=float("nan")) for frame in frames], None, LivenessFault.ORDER
    yield "a pause", [*frames[:-1], replace(frames[-1], at_ms=9000.0)], None, LivenessFault.ORDER
    yield "more time than has passed", frames, 1.0, LivenessFault.ORDER
    yield "one picture twice", [*frames[:-1], replace(frames[-1], print="0")], None, LivenessFault.REPEATED
    yield "two people", [*frames[:-1], replace(frames[-1], faces=2, measures=None)], None, LivenessFault.PEOPLE
    yield "nobody", [replace(frame, faces=0, measures=None) for frame in frames], None, LivenessFault.FACE
    yield "nobody at first", _with(frames, Action.LOOK, None), None, LivenessFault.FACE
    yield "too few", frames[::2], None, LivenessFault.FRAMES
    yield "200 frames", _frames(count=50), None, LivenessFault.FRAMES
    yield "none", [], None, LivenessFault.FRAMES


@pytest.mark.parametrize(("frames", "took_s", "fault"), [pytest.param(*case[1:], id=case[0]) for case in _broken()])
def test_what_no_honest_camera_sends_is_refused(frames: list[Seen], took_s: float | None, fault: LivenessFault) -> None:
    assert judged(CHALLENGE, frames, took_s)[0] is fault


_NUMBERS = st.floats(allow_nan=True, allow_infinity=True)
_SEEN = st.builds(
    Seen,
    step=st.sampled_from(Action),
    at_ms=_NUMBERS,
    faces=st.integers(0, 3),
    measures=st.none() | st.builds(Measures, _NUMBERS, _NUMBERS, _NUMBERS),
    print=st.text(),
)


@given(frames=st.lists(_SEEN, max_size=70), took_s=st.none() | _NUMBERS)
def test_whatever_is_seen_is_judged(frames: list[Seen], took_s: float | None) -> None:
    judged(CHALLENGE, frames, took_s)


def test_a_photograph_passes_with_no_noise_of_its_landmarks() -> None:
    """A jump in one frame of each step is noise."""
    frames = [replace(frame, measures=REST) for frame in _frames()]
    for number in (6, 11, 16):
        frames[number] = replace(frames[number], measures=DOING[frames[number].step])
    assert set(judged(CHALLENGE, frames)) == {LivenessFault.EYES, LivenessFault.MOUTH, LivenessFault.TURN}


def test_challenges_come_in_every_order_with_eyes_always_among_them() -> None:
    challenges = [drawn() for _ in range(300)]
    assert all(Action.EYES in each.actions and Action.MOUTH in each.actions for each in challenges)
    assert len({each.actions for each in challenges}) == 12
    assert len({each.id for each in challenges}) == 300


def test_every_fault_has_words() -> None:
    assert {f"utter_liveness_{fault}" for fault in LivenessFault} <= set(phrases())

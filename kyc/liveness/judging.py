"""Whether the frames of an attempt show one living person doing what was asked.

Each person is measured against themselves: eyes of one are as wide open as those of another half closed. An action
counts when at least three frames in a row show it, for in one frame a landmark jumps on a photograph, too.
"""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, pairwise

from kyc.liveness.challenge import Action, Challenge
from kyc.liveness.seeing import Measures, Seen

IN_A_ROW = 3
CLOSED_BELOW = 0.6
"""Of the person's own open eyes."""
MOUTH_OPENS_BY = 0.25
TURNED = (0.32, 0.68)
FEWEST_FRAMES, MOST_FRAMES = 12, 60
LONGEST_GAP_MS = 1500.0
MOST_WITHOUT_FACE = 0.34
"""A head that is turned is lost for a frame or two."""
MOST_DRIFT_MS = 1500.0


class LivenessFault(StrEnum):
    """What is missing or wrong; each has a sentence `utter_liveness_<fault>`."""

    FRAMES = "frames"
    """Too few frames, or too many."""
    ORDER = "order"
    """Steps or times that are not those that were asked for, or another action in the place of one."""
    REPEATED = "repeated"
    """The very same picture twice."""
    PEOPLE = "people"
    FACE = "face"
    """No face for too long."""
    SWAPPED = "swapped"
    EYES = "eyes"
    MOUTH = "mouth"
    TURN = "turn"


SUSPICIOUS = frozenset({LivenessFault.ORDER, LivenessFault.REPEATED, LivenessFault.SWAPPED})
"""What an honest person does not do by accident."""


@dataclass(frozen=True)
class Baseline:
    """A person's own measures, looking straight ahead."""

    eyes: float
    mouth: float


def judged(challenge: Challenge, frames: Sequence[Seen], took_s: float | None = None) -> list[LivenessFault]:
    """What is wrong with an attempt; nothing where it passed.

    `took_s` are the seconds from the challenge to its frames by our clock, if they are known.
    """
    if (fault := _wrong_as_a_whole(challenge, frames, took_s)) is not None:
        return [fault]
    if any(frame.faces > 1 for frame in frames):
        return [LivenessFault.PEOPLE]
    if sum(frame.measures is None for frame in frames) > MOST_WITHOUT_FACE * len(frames):
        return [LivenessFault.FACE]
    looks = [frame.measures for frame in frames if frame.step is Action.LOOK and frame.measures is not None]
    if len(looks) < IN_A_ROW:
        return [LivenessFault.FACE]
    baseline = Baseline(statistics.median(look.eyes for look in looks), statistics.median(look.mouth for look in looks))
    faults = [_fault_of(action) for action in challenge.actions if not _did(action, frames, action, baseline)]
    if faults and _did_another(challenge, frames, baseline):
        return [LivenessFault.ORDER, *faults]
    return faults


def _wrong_as_a_whole(challenge: Challenge, frames: Sequence[Seen], took_s: float | None) -> LivenessFault | None:
    if not FEWEST_FRAMES <= len(frames) <= MOST_FRAMES:
        return LivenessFault.FRAMES
    if tuple(step for step, _ in groupby(frame.step for frame in frames)) != challenge.steps:
        return LivenessFault.ORDER
    gaps = [after.at_ms - before.at_ms for before, after in pairwise(frames)]
    if not all(0 < gap <= LONGEST_GAP_MS for gap in gaps):
        return LivenessFault.ORDER
    if took_s is not None and sum(gaps) > took_s * 1000 + MOST_DRIFT_MS:
        return LivenessFault.ORDER
    prints = [frame.print for frame in frames]
    return LivenessFault.REPEATED if len(set(prints)) < len(prints) else None


def _did(action: Action, frames: Sequence[Seen], step: Action, baseline: Baseline) -> bool:
    """Whether enough frames in a row, of those taken in `step`, show an action."""
    shows = _SHOWN_BY[action]
    shown = [frame.measures is not None and shows(frame.measures, baseline) for frame in frames if frame.step is step]
    return max((len(list(run)) for is_shown, run in groupby(shown) if is_shown), default=0) >= IN_A_ROW


def _did_another(challenge: Challenge, frames: Sequence[Seen], baseline: Baseline) -> bool:
    """Whether in the place of an action that was not done another was."""
    return any(
        not _did(step, frames, step, baseline) and _did(other, frames, step, baseline)
        for step in challenge.actions
        for other in _SHOWN_BY
        if other is not step
    )


def _fault_of(action: Action) -> LivenessFault:
    return {Action.EYES: LivenessFault.EYES, Action.MOUTH: LivenessFault.MOUTH}.get(action, LivenessFault.TURN)


_SHOWN_BY: dict[Action, Callable[[Measures, Baseline], bool]] = {
    Action.EYES: lambda now, own: now.eyes < CLOSED_BELOW * own.eyes and TURNED[0] <= now.turn <= TURNED[1],
    Action.MOUTH: lambda now, own: now.mouth > own.mouth + MOUTH_OPENS_BY,
    # Seen from the camera, a head that turns to its own left turns to the picture's right.
    Action.LEFT: lambda now, _: now.turn > TURNED[1],
    Action.RIGHT: lambda now, _: now.turn < TURNED[0],
}

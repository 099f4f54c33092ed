"""One attempt before the camera, looked at in a worker's process: alive, one person, good enough, and whose face."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kyc.faces.encoder import Face, FaceEncoder, Vector, faces_in
from kyc.faces.portrait import encoder_of
from kyc.faces.quality import FaceFault, fault_of, grey_crop, sharpness
from kyc.faces.scoring import FRAMES_IN_TEMPLATE, Cohort, Thresholds, Verdict, distance, score, template_of
from kyc.images import Pixels, pixels_of
from kyc.liveness.challenge import Action, Challenge
from kyc.liveness.judging import SUSPICIOUS, LivenessFault, judged
from kyc.liveness.seeing import Seen, seen

FRAME_SIDE = 480
"""Pixels at which frames are looked at: 12 ms for the face and its points."""
_COMPARED_PER_ACTION = 2
_TURNED_APART = 1.1
"""A turned head is further from the same head looking ahead, up to the limit of review and a little."""


@dataclass(frozen=True)
class Frame:
    """A picture as it came, with the step it was taken in and when, in milliseconds from the first."""

    step: Action
    at_ms: float
    content: bytes


@dataclass(frozen=True)
class Comparison:
    """What a face is compared with, and how: vectors of one person, all of the encoder in use."""

    references: tuple[Vector, ...]
    thresholds: Thresholds
    swap: Thresholds
    """The limits of the plain distance within one attempt."""
    cohort: Cohort | None = None


@dataclass(frozen=True)
class Attempt:
    """What came of an attempt. `verdict` and `score` are none where it did not come to a comparison."""

    liveness: tuple[LivenessFault, ...]
    quality: FaceFault | None
    encoder: str
    template: Vector | None
    verdict: Verdict | None
    score: float | None

    @property
    def is_alive(self) -> bool:
        """Whether nothing speaks against a living person."""
        return not self.liveness

    @property
    def is_suspicious(self) -> bool:
        """Whether something happened that does not happen by accident."""
        return bool(SUSPICIOUS.intersection(self.liveness))


@dataclass(frozen=True)
class _Looked:
    frame: Frame
    pixels: Pixels
    faces: list[Face]

    def as_seen(self) -> Seen:
        return seen(self.frame.step, self.frame.at_ms, self.pixels, self.faces)


def examined(
    challenge: Challenge, frames: Sequence[Frame], comparison: Comparison, model: Path | None, took_s: float | None
) -> Attempt:
    """Judge an attempt. Raises ImageRefused for a frame that is no picture, and ModelRefused."""
    encoder = encoder_of(model)
    looked = [_look(frame) for frame in frames]
    faults = judged(challenge, [each.as_seen() for each in looked], took_s)
    if faults:
        return Attempt(tuple(faults), _common_fault(looked), encoder.name, None, None, None)
    good = [each for each in looked if each.frame.step is Action.LOOK and fault_of(each.pixels, each.faces) is None]
    if not good:
        return Attempt((), _common_fault(looked), encoder.name, None, None, None)
    good.sort(key=lambda each: sharpness(grey_crop(each.pixels, each.faces[0])), reverse=True)
    template = template_of([_encoded(encoder, each) for each in good[:FRAMES_IN_TEMPLATE]])
    if _is_swapped(encoder, template, looked, challenge, comparison.swap):
        return Attempt((LivenessFault.SWAPPED,), None, encoder.name, template, None, None)
    if not comparison.references:
        return Attempt((), None, encoder.name, template, None, None)
    nearest = min(score(template, reference, comparison.cohort) for reference in comparison.references)
    return Attempt((), None, encoder.name, template, comparison.thresholds.verdict(nearest), nearest)


def _look(frame: Frame) -> _Looked:
    pixels = pixels_of(frame.content, FRAME_SIDE)
    return _Looked(frame, pixels, faces_in(pixels, thorough=False))


def _encoded(encoder: FaceEncoder, looked: _Looked) -> Vector:
    return encoder.encode(looked.pixels, looked.faces[0])


def _common_fault(looked: Sequence[_Looked]) -> FaceFault | None:
    """What is wrong with most frames of the first look: the advice for the next try."""
    faults = [fault_of(each.pixels, each.faces) for each in looked if each.frame.step is Action.LOOK]
    wrong = [fault for fault in faults if fault is not None]
    return max(set(wrong), key=wrong.count) if len(wrong) * 2 > len(faults) else None


def _is_swapped(
    encoder: FaceEncoder, template: Vector, looked: Sequence[_Looked], challenge: Challenge, swap: Thresholds
) -> bool:
    """Whether somebody else stands before the camera during an action."""
    for action in challenge.actions:
        turned = action in (Action.LEFT, Action.RIGHT)
        limit = swap.review * _TURNED_APART if turned else swap.accept
        seen_once = [each for each in looked if each.frame.step is action and len(each.faces) == 1]
        if any(distance(template, _encoded(encoder, each)) > limit for each in seen_once[-_COMPARED_PER_ACTION:]):
            return True
    return False

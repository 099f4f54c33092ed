"""What one frame shows: how many faces, and of one face how open its eyes and mouth are and where it looks."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kyc.faces.encoder import Face
from kyc.faces.quality import turn_of
from kyc.images import Pixels
from kyc.liveness.challenge import Action

_SEEN_SIDE = 64


@dataclass(frozen=True)
class Measures:
    """Ratios of one face's landmarks: `eyes` and `mouth` height over width, `turn` as in `turn_of`."""

    eyes: float
    mouth: float
    turn: float


@dataclass(frozen=True)
class Seen:
    """A frame as it is judged: `at_ms` since the first, the step it was taken in, and what it shows.

    `print` is the same for frames that show the very same picture; no camera takes one twice.
    """

    step: Action
    at_ms: float
    faces: int
    measures: Measures | None
    print: str


def seen(step: Action, at_ms: float, pixels: Pixels, faces: Sequence[Face]) -> Seen:
    """What a frame shows."""
    measures = measures_of(faces[0]) if len(faces) == 1 else None
    return Seen(step, at_ms, len(faces), measures, _print(pixels))


def measures_of(face: Face) -> Measures:
    """The ratios of a face."""
    points = face.points.astype(np.float64)
    eyes = (_openness(points[36:42]) + _openness(points[42:48])) / 2
    inner_height = float(np.linalg.norm(points[61:64] - points[[67, 66, 65]], axis=1).mean())
    return Measures(eyes, inner_height / _distance(points[60], points[64]), turn_of(face))


def _openness(eye: NDArray[np.float64]) -> float:
    """Height over width of an eye (Soukupova and Cech 2016)."""
    return (_distance(eye[1], eye[5]) + _distance(eye[2], eye[4])) / (2 * _distance(eye[0], eye[3]))


def _distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return max(float(np.linalg.norm(one - other)), 1e-6)


def _print(pixels: Pixels) -> str:
    small = Image.fromarray(pixels).convert("L").resize((_SEEN_SIDE, _SEEN_SIDE), Image.Resampling.BOX)
    return hashlib.sha256(np.asarray(small).tobytes()).hexdigest()

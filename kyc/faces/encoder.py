"""What turns a picture into faces, and a face into numbers that are near each other for one person."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import ImageFile

from kyc.images import Pixels

Vector = NDArray[np.float32]
"""A face as numbers, as many as its encoder has dimensions."""

_POINTS = (
    "chin", "left_eyebrow", "right_eyebrow", "nose_bridge", "nose_tip", "left_eye", "right_eye",
)  # fmt: skip
_FINER = 1
"""How often a picture is doubled when no face is found in it as it is: finds faces of 40 pixels, at four times the
cost."""


@dataclass(frozen=True)
class Box:
    """Where a face is, in pixels."""

    top: int
    right: int
    bottom: int
    left: int

    @property
    def width(self) -> int:
        """Pixels from side to side."""
        return self.right - self.left


@dataclass(frozen=True)
class Face:
    """A face found in a picture. `points` are 68 landmarks, x and y in pixels, in the order of iBUG 300-W."""

    box: Box
    points: NDArray[np.float32]


class FaceEncoder(Protocol):
    """Turns a face into a vector. Vectors of different encoders, told apart by `name`, are never compared."""

    @property
    def name(self) -> str:
        """Stored with each template."""
        ...

    def encode(self, pixels: Pixels, face: Face) -> Vector:
        """The face as a vector; the distance of two is Euclidean."""
        ...


class DlibEncoder:
    """The 128 numbers of dlib's ResNet, as `face_recognition` gives them.

    Weak on East-Asian faces: at the library's own limit of 0.6 it takes 41 of 100 wrong pairs for one person, at 0.4
    one of 600. See docs/faces.md.
    """

    name = "dlib-resnet-1"

    def encode(self, pixels: Pixels, face: Face) -> Vector:
        """The face as 128 numbers."""
        box = (face.box.top, face.box.right, face.box.bottom, face.box.left)
        (vector,) = _library().face_encodings(pixels, known_face_locations=[box], num_jitters=1, model="large")
        return np.asarray(vector, dtype=np.float32)


def faces_in(pixels: Pixels, *, thorough: bool = True) -> list[Face]:
    """The faces in a picture, largest first. `thorough` looks for small ones where there are no large ones."""
    library = _library()
    found = library.face_locations(pixels, number_of_times_to_upsample=0, model="hog")
    if not found and thorough:
        found = library.face_locations(pixels, number_of_times_to_upsample=_FINER, model="hog")
    found.sort(key=lambda box: box[1] - box[3], reverse=True)
    marks = library.face_landmarks(pixels, face_locations=found, model="large") if found else []
    return [Face(Box(*box), _points(each)) for box, each in zip(found, marks, strict=True)]


def _points(marks: dict[str, list[tuple[int, int]]]) -> NDArray[np.float32]:
    """The landmarks in their order again; the library groups them, and the lips with shared corners."""
    points = [point for name in _POINTS for point in marks[name]]
    upper, lower = marks["top_lip"], marks["bottom_lip"]
    # Outer line: six along the top from corner to corner, then the bottom's inner five; the inner line likewise.
    outer = [*upper[:7], *lower[1:6]]
    inner = [*reversed(upper[7:12]), *reversed(lower[8:11])]
    return np.asarray([*points, *outer, *inner], dtype=np.float32)


@cache
def _library() -> Any:
    """`face_recognition`, imported in the process that needs it: it takes a second and 150 MB."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import face_recognition
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # the library lets half a picture pass, for the whole process
    return face_recognition

"""Whether a picture of a face is good enough to compare, and if not, what to do better."""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kyc.faces.encoder import Face
from kyc.images import Pixels

SMALLEST_FACE = 90
"""Pixels across; the encoder looks at 150, and much less is guessed."""
SHARPEST_BLUR = 30.0
"""Variance of the Laplacian of a face 150 pixels wide. Photographs lie above 80; with a blur of sigma 2, which costs
0.23 of distance, below 15."""
DARKEST, BRIGHTEST = 45.0, 225.0
"""Mean brightness of the face, of 255."""
FRONTAL = (0.38, 0.62)
"""Where the nose's tip stands between the sides of the jaw. A head that is turned lies below 0.32 or above 0.68."""
_STANDARD_WIDTH = 150


class FaceFault(StrEnum):
    """Why a picture of a face cannot be used; each has a sentence `utter_face_<fault>`."""

    NONE = "none"
    MANY = "many"
    SMALL = "small"
    DARK = "dark"
    BRIGHT = "bright"
    BLURRED = "blurred"
    TURNED = "turned"


def fault_of(pixels: Pixels, faces: Sequence[Face]) -> FaceFault | None:
    """What is wrong with a picture of which `faces` were found, the gravest first; None where it can be used."""
    if not faces:
        return FaceFault.NONE
    if len(faces) > 1:
        return FaceFault.MANY
    (face,) = faces
    if face.box.width < SMALLEST_FACE:
        return FaceFault.SMALL
    crop = grey_crop(pixels, face)
    brightness = float(crop.mean())
    if brightness < DARKEST:
        return FaceFault.DARK
    if brightness > BRIGHTEST:
        return FaceFault.BRIGHT
    if not FRONTAL[0] <= turn_of(face) <= FRONTAL[1]:
        return FaceFault.TURNED
    return FaceFault.BLURRED if sharpness(crop) < SHARPEST_BLUR else None


def grey_crop(pixels: Pixels, face: Face) -> NDArray[np.float32]:
    """The face alone, in grey, at the width at which sharpness is measured."""
    height, width = pixels.shape[:2]
    box = face.box
    crop = pixels[max(box.top, 0) : min(box.bottom, height), max(box.left, 0) : min(box.right, width)]
    grey = Image.fromarray(crop).convert("L")
    scaled = grey.resize((_STANDARD_WIDTH, max(1, round(_STANDARD_WIDTH * grey.height / grey.width))))
    return np.asarray(scaled, dtype=np.float32)


def sharpness(grey: NDArray[np.float32]) -> float:
    """The variance of the Laplacian: how much brightness changes from one pixel to the next."""
    inner = -4 * grey[1:-1, 1:-1] + grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    return float(inner.var())


def turn_of(face: Face) -> float:
    """Where the nose's tip stands between the sides of the jaw, as the picture shows it: 0.5 is straight ahead.

    Below, the head is turned to the picture's left.
    """
    left, right, nose = face.points[0][0], face.points[16][0], face.points[30][0]
    return float((nose - left) / max(right - left, 1.0))

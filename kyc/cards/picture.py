"""How a photograph of something printed was taken: sharp, bright, without glare."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from kyc.faces.quality import sharpness
from kyc.images import Pixels

_STANDARD_WIDTH = 600
SHARPEST_BLUR = 60.0
"""Variance of the Laplacian at 600 pixels: print lies above 300, print that nobody can read below this."""
FLATTEST = 5.0
"""Deviation of brightness below which there is nothing in a picture that could be blurred."""
DARKEST = 40.0
"""Mean brightness, of 255."""
BRIGHT_SPOT, LARGEST_GLARE = 250, 0.02
"""A share of the picture that is nearly white hides print."""


@dataclass(frozen=True)
class Picture:
    """`sharpness`: variance of the Laplacian of the middle, 600 pixels wide; `contrast`: deviation of brightness there.

    `brightness`: the mean, of 255; `glare`: the share that is nearly white, up to 1.
    """

    sharpness: float
    contrast: float
    brightness: float
    glare: float

    @property
    def is_dark(self) -> bool:
        """Whether there was too little light."""
        return self.brightness < DARKEST

    @property
    def is_blurred(self) -> bool:
        """Whether there is something in it, and it is out of focus."""
        return self.sharpness < SHARPEST_BLUR and self.contrast > FLATTEST

    @property
    def has_glare(self) -> bool:
        """Whether a light is reflected; white paper in full light looks the same."""
        return self.glare > LARGEST_GLARE


def picture_of(pixels: Pixels) -> Picture:
    """How the picture was taken."""
    image = Image.fromarray(pixels).convert("L")
    height = round(_STANDARD_WIDTH * image.height / image.width)
    small = image.resize((_STANDARD_WIDTH, min(max(height, 12), 3 * _STANDARD_WIDTH)))
    grey = np.asarray(small, dtype=np.float32)
    quarter = grey.shape[0] // 4
    middle = grey[quarter:-quarter, _STANDARD_WIDTH // 4 : -_STANDARD_WIDTH // 4]
    return Picture(
        sharpness=sharpness(middle),
        contrast=float(middle.std()),
        brightness=float(grey.mean()),
        glare=float((grey >= BRIGHT_SPOT).mean()),
    )

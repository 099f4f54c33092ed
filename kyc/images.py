"""From bytes that a stranger sent to pixels that can be worked with, or a reason why not."""

import io
import warnings
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

Pixels = NDArray[np.uint8]
"""An image as rows x columns x 3, red, green and blue from 0 to 255."""

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
"""A phone's largest photographs have 48 to 50 million; a decompression bomb claims more."""
LONGEST_SIDE = 1600
"""What is worked on, in pixels: enough for the small print of an ID card that fills half the picture."""
_FORMATS = ("JPEG", "PNG", "WEBP")
_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


class ImageFault(StrEnum):
    """Why bytes are no image we take; each has a sentence `utter_image_<fault>`."""

    EMPTY = "empty"
    LARGE = "large"
    HEIC = "heic"
    KIND = "kind"
    BROKEN = "broken"


class ImageRefused(Exception):
    """Bytes that are no image we take."""

    def __init__(self, fault: ImageFault) -> None:
        super().__init__(fault)
        self.fault = fault


def pixels_of(content: bytes, longest_side: int = LONGEST_SIDE) -> Pixels:
    """The picture, turned upright as its camera noted, at most `longest_side` large. Raises ImageRefused.

    Phones store how they were held instead of turning the picture, and no face is found in one that lies on its side.
    """
    if not content:
        raise ImageRefused(ImageFault.EMPTY)
    if len(content) > MAX_BYTES:
        raise ImageRefused(ImageFault.LARGE)
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        raise ImageRefused(ImageFault.HEIC)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise ImageRefused(ImageFault.LARGE)
                if image.format in ("JPEG", "MPO"):
                    image.draft("RGB", (longest_side, longest_side))  # decodes no more than is needed
                upright = ImageOps.exif_transpose(image)
                flat = _on_white(upright)
    except UnidentifiedImageError:
        raise ImageRefused(ImageFault.KIND) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ImageRefused(ImageFault.LARGE) from None
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, ZeroDivisionError):
        raise ImageRefused(ImageFault.BROKEN) from None
    flat.thumbnail((longest_side, longest_side))
    return np.asarray(flat)


def _on_white(image: Image.Image) -> Image.Image:
    """The picture without transparency or palette; what is seen through becomes white."""
    if image.has_transparency_data:
        whole = image.convert("RGBA")
        white = Image.new("RGBA", whole.size, "white")
        return Image.alpha_composite(white, whole).convert("RGB")
    return image.convert("RGB")

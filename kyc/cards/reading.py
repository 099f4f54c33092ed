"""A photograph of an identity card: which side it is and what it says, or what to do better."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from PIL import Image

from kyc.cards.fields import Back, Front, back_in, front_in, words_of_a_card
from kyc.cards.ocr import lines_in, rows_of
from kyc.faces.quality import sharpness
from kyc.images import Pixels, pixels_of

READ_SIDE = 1200
"""Pixels at which a card is read; the small print of one that fills half the picture is legible at that."""
_STANDARD_WIDTH = 600
SHARPEST_BLUR = 60.0
"""Variance of the Laplacian at 600 pixels: print lies above 300, print that nobody can read below this."""
FLATTEST = 5.0
"""Deviation of brightness below which there is nothing in a picture that could be blurred."""
DARKEST = 40.0
BRIGHT_SPOT, LARGEST_GLARE = 250, 0.02
"""A share of the picture that is nearly white hides print."""
WORDS_UNTIL_A_CARD = 2
ORIENTATIONS = (0, 1, 3, 2)
"""Quarter turns, in the order in which phones are held."""


class CardFault(StrEnum):
    """Why a photograph of a card cannot be used; each has a sentence `utter_card_<fault>`."""

    NOT_CARD = "not_card"
    BLURRED = "blurred"
    DARK = "dark"
    GLARE = "glare"
    CROPPED = "cropped"
    NUMBER = "number"
    MISMATCH = "mismatch"
    EXPIRED = "expired"


@dataclass(frozen=True)
class CardReading:
    """What a photograph of a card came to: a side, or a fault; with a fault sometimes the side, too."""

    front: Front | None = None
    back: Back | None = None
    fault: CardFault | None = None


def read_card(content: bytes, today: date) -> CardReading:
    """Read one side of a card. Raises ImageRefused."""
    pixels = pixels_of(content, READ_SIDE)
    most_words = 0
    for turned in _turned(pixels):
        rows = rows_of(lines_in(turned))
        if (front := front_in(rows)) is not None:
            return CardReading(front=front, fault=_fault_of_front(front))
        if (back := back_in(rows)) is not None and words_of_a_card(rows) >= WORDS_UNTIL_A_CARD:
            return CardReading(back=back, fault=CardFault.EXPIRED if back.has_expired(today) else None)
        most_words = max(most_words, words_of_a_card(rows))
        if most_words == 0 and not rows:
            break  # no print at all is none in any direction
    return CardReading(fault=_fault_of_picture(pixels, most_words))


def _turned(pixels: Pixels) -> Iterator[Pixels]:
    for quarters in ORIENTATIONS:
        yield np.ascontiguousarray(np.rot90(pixels, quarters))


def _fault_of_front(front: Front) -> CardFault | None:
    if not front.has_right_digit:
        return CardFault.NUMBER
    return None if front.agrees_with_itself else CardFault.MISMATCH


def _fault_of_picture(pixels: Pixels, words: int) -> CardFault:
    """Why nothing could be read: the light, the sharpness, or what it is a picture of."""
    image = Image.fromarray(pixels).convert("L")
    small = image.resize((_STANDARD_WIDTH, max(3, round(_STANDARD_WIDTH * image.height / image.width))))
    grey = np.asarray(small, dtype=np.float32)
    if float(grey.mean()) < DARKEST:
        return CardFault.DARK
    middle = grey[grey.shape[0] // 4 : -grey.shape[0] // 4, _STANDARD_WIDTH // 4 : -_STANDARD_WIDTH // 4]
    if sharpness(middle) < SHARPEST_BLUR and float(middle.std()) > FLATTEST:
        return CardFault.BLURRED
    if words < WORDS_UNTIL_A_CARD:
        return CardFault.NOT_CARD
    return CardFault.GLARE if float((grey >= BRIGHT_SPOT).mean()) > LARGEST_GLARE else CardFault.CROPPED

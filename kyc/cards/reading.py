"""A photograph of an identity card: which side it is and what it says, or what to do better."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from PIL import Image

from kyc.cards.fields import Back, Front, back_in, front_in, unread_fields, words_of_a_card
from kyc.cards.ocr import Line, Reader, lines_in, rows_of, slant_of, turned_back
from kyc.cards.picture import picture_of
from kyc.images import Pixels, pixels_of

READ_SIDE = 1200
"""Pixels at which a card is read; the small print of one that fills a third of the picture is legible at that."""
WORDS_UNTIL_A_CARD = 2
STRAIGHT, UPRIGHT = 2.0, 45.0
"""Degrees: within the one nothing is gained by turning a picture; beyond the other short words are misread."""
SMALLER = 0.75
"""The second size; of four cards with a field overlooked it gave all, 1.33 and the same size turned a little three."""


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


@dataclass(frozen=True)
class _Look:
    """What was read when the picture was held so that `direction`, in degrees, points right."""

    direction: float
    side: Front | Back | None
    words: int

    @property
    def worth(self) -> tuple[bool, bool, int, int]:
        """The more, the better it was read."""
        sound = not isinstance(self.side, Front) or (self.side.has_right_digit and self.side.agrees_with_itself)
        return self.side is not None, sound, -(unread_fields(self.side) if self.side else 0), self.words

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left to be read better."""
        return self.worth[:3] == (True, True, 0)


def read_card(content: bytes, today: date) -> CardReading:
    """Read one side of a card. Raises ImageRefused."""
    return reading_of(pixels_of(content, READ_SIDE), today, lines_in)


def reading_of(pixels: Pixels, today: date, reader: Reader) -> CardReading:
    """Read one side of a card that is held in any direction, in one go if it is upright and clear, else in two."""
    lines = reader(pixels)
    if not lines:
        return CardReading(fault=_fault_of_picture(pixels, 0))
    look = _better_way_up(lines)
    if abs(look.direction) > UPRIGHT or (look.words >= WORDS_UNTIL_A_CARD and not look.is_whole):
        look = max(_better_way_up(reader(_otherwise(pixels, look))), look, key=lambda look: look.worth)
    if isinstance(look.side, Front):
        return CardReading(front=look.side, fault=_fault_of_front(look.side))
    if isinstance(look.side, Back):
        return CardReading(back=look.side, fault=CardFault.EXPIRED if look.side.has_expired(today) else None)
    return CardReading(fault=_fault_of_picture(pixels, look.words))


def _otherwise(pixels: Pixels, look: _Look) -> Pixels:
    """The picture held straight, or if it is, smaller: what was overlooked in one size is often found in another."""
    if abs(look.direction) > STRAIGHT:
        return turned_back(pixels, look.direction)
    smaller = Image.fromarray(pixels)
    smaller.thumbnail((round(pixels.shape[1] * SMALLER), round(pixels.shape[0] * SMALLER)))
    return np.asarray(smaller)


def _better_way_up(lines: Sequence[Line]) -> _Look:
    """The lines read along their direction or against it, whichever says more."""
    slant = slant_of(lines)
    return max((_look(lines, slant), _look(lines, slant + 180)), key=lambda look: look.worth)


def _look(lines: Sequence[Line], direction: float) -> _Look:
    rows = rows_of(lines, direction)
    words = words_of_a_card(rows)
    side = front_in(rows) or (back_in(rows) if words >= WORDS_UNTIL_A_CARD else None)
    return _Look((direction + 180) % 360 - 180, side, words)


def _fault_of_front(front: Front) -> CardFault | None:
    if not front.has_right_digit:
        return CardFault.NUMBER
    return None if front.agrees_with_itself else CardFault.MISMATCH


def _fault_of_picture(pixels: Pixels, words: int) -> CardFault:
    """Why nothing could be read: the light, the sharpness, or what it is a picture of."""
    picture = picture_of(pixels)
    if picture.is_dark:
        return CardFault.DARK
    if picture.is_blurred:
        return CardFault.BLURRED
    if words < WORDS_UNTIL_A_CARD:
        return CardFault.NOT_CARD
    return CardFault.GLARE if picture.has_glare else CardFault.CROPPED

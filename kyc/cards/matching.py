"""Whether a card is that of whom it was declared to be."""

import re
import unicodedata
from enum import StrEnum

from kyc.cards.fields import Front


class Difference(StrEnum):
    """What on the card is not as declared; each has a sentence `utter_card_other_<difference>`."""

    NAME = "name"
    NUMBER = "number"


def differences(front: Front, name: str, number: str) -> list[Difference]:
    """What differs from the declared name and number; nothing where the card is theirs."""
    found = []
    if _bare(front.name) != _bare(name):
        found.append(Difference.NAME)
    if front.number != number.strip().upper():
        found.append(Difference.NUMBER)
    return found


def _bare(name: str) -> str:
    """A name without the dots and blanks that are written one way or another."""
    return re.sub(r"[\s·•・.．‧]", "", unicodedata.normalize("NFKC", name))

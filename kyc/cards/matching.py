"""Whether a card is that of whom it was declared to be."""

from enum import StrEnum

from kyc.cards.fields import Front
from kyc.cards.printed import bare_name


class Difference(StrEnum):
    """What on the card is not as declared; each has a sentence `utter_card_other_<difference>`."""

    NAME = "name"
    NUMBER = "number"


def differences(front: Front, name: str, number: str) -> list[Difference]:
    """What differs from the declared name and number; nothing where the card is theirs."""
    found = []
    if bare_name(front.name) != bare_name(name):
        found.append(Difference.NAME)
    if front.number != number.strip().upper():
        found.append(Difference.NUMBER)
    return found

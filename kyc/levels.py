"""How sure we are who somebody is, and by which ways one can be surer."""

from enum import IntEnum, StrEnum

from records.encryption import blind_index


def identity_index(id_number: str) -> str:
    """What an identity is known by: the keyed hash of its ID number."""
    return blind_index(id_number.strip().upper(), "identity")


class Level(IntEnum):
    """The assurance levels 核验等级, as in docs/architecture.md."""

    NOBODY = 0
    DECLARED = 1
    DOCUMENT = 2
    FACE = 3
    """By face, or by a way of equal weight: a person looks at the person and the card."""


class Way(StrEnum):
    """How identity is proved."""

    FACE = "face"
    CARD = "card"
    CLERK = "clerk"
    COUNTER = "counter"
    KIOSK = "kiosk"
    HOME = "home"

    @property
    def level(self) -> Level:
        """What it proves once it is done."""
        return Level.DOCUMENT if self is Way.CARD else Level.FACE

"""What somebody is asked to do before the camera: three actions, in an order nobody knows beforehand."""

import secrets
from dataclasses import dataclass
from enum import StrEnum

FRAMES_PER_SECOND = 6
LOOK_SECONDS, ACTION_SECONDS = 1.2, 2.4
VALID_FOR_S = 90.0
"""From asking to having all frames; who fetches a video made to measure needs longer."""


class Action(StrEnum):
    """What is done in a step. `left` and `right` are the person's own."""

    LOOK = "look"
    EYES = "eyes"
    MOUTH = "mouth"
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True)
class Challenge:
    """The actions of one attempt, after a first look straight ahead. `id` is used once."""

    id: str
    actions: tuple[Action, ...]

    @property
    def steps(self) -> tuple[Action, ...]:
        """The first look, and the actions."""
        return (Action.LOOK, *self.actions)


def drawn() -> Challenge:
    """A new challenge: eyes closed, which no photograph does, a mouth opened, a head turned, in random order."""
    chance = secrets.SystemRandom()
    actions = [Action.EYES, Action.MOUTH, chance.choice((Action.LEFT, Action.RIGHT))]
    chance.shuffle(actions)
    return Challenge(secrets.token_urlsafe(16), tuple(actions))

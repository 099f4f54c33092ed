"""All items matched with one person: what fits, what nearly fits, what cannot be told, and what to ask next."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from services_catalog.eligibility.evaluate import Reason, Truth, Verdict, evaluate, inferred, nearly, presumed
from services_catalog.eligibility.facts import Profile, Span, vocabulary
from services_catalog.schema import Item

WIDESPREAD = frozenset({"hukou", "lives_here", "residence_permit", "insured_pension", "insured_medical"})
"""Facts that hold for most people and say little of whom an item is meant for."""
SPOKEN_OF_BY_NOTHING = 0.05
"""What an item counts for the next question where no fact of the person points at it."""
BEGINNING = "age"
"""Asked first where nothing of the person points anywhere: everybody can answer it."""


@dataclass(frozen=True)
class Match:
    """An item and what can be said of it for the person; `partial` where a condition is not in its rule."""

    item: Item
    verdict: Verdict
    partial: bool

    @property
    def telling(self) -> int:
        """How many different facts of this person point at the item, beyond what holds for most people."""
        return len({reason.clause.fact for reason in self.verdict.fits if _is_telling(reason)})


@dataclass(frozen=True)
class Matches:
    """What fits, what nearly fits and what cannot be told, each the most certain first; `profile` is what was used."""

    profile: Profile
    fits: tuple[Match, ...]
    nearly: tuple[Match, ...]
    open: tuple[Match, ...]

    @property
    def all(self) -> tuple[Match, ...]:
        """The three together."""
        return (*self.fits, *self.nearly, *self.open)


def match(items: Iterable[Item], known: Profile) -> Matches:
    """Match every item that gives something with the person of whom `known` is known.

    What is likely ruled out, as a child of three at eighty, is not among `open`; nothing likely is told as certain.
    """
    profile, likely = inferred(known), presumed(known)
    fits, near, undecided = [], [], []
    for item in items:
        eligibility = item.eligibility
        if eligibility is None or not eligibility.benefit:
            continue
        found = Match(item, evaluate(eligibility.rule, profile), eligibility.partial)
        if found.verdict.truth is Truth.YES:
            fits.append(found)
        elif found.verdict.truth is Truth.NO:
            if _worth_telling(found.verdict) and nearly(eligibility.rule, profile):
                near.append(found)
        elif evaluate(eligibility.rule, likely).truth is not Truth.NO:
            undecided.append(found)
    return Matches(
        profile,
        tuple(sorted(fits, key=lambda each: (-each.telling, each.partial))),
        tuple(sorted(near, key=lambda each: (len(each.verdict.fails), -each.telling))),
        tuple(sorted(undecided, key=lambda each: (-each.telling, len(each.verdict.open)))),
    )


def next_question(matches: Matches, asked: Collection[str]) -> str | None:
    """The fact not yet asked whose answer would decide most; None where nothing undecided depends on one.

    An item counts the more, the fewer facts it still needs and the more of the person points at it.
    """
    if BEGINNING not in matches.profile and BEGINNING not in asked and not any(each.telling for each in matches.all):
        return BEGINNING
    weights: dict[str, float] = defaultdict(float)
    for each in matches.open:
        missing = {_asked_first(key, matches.profile) for key in each.verdict.missing}
        for key in missing.difference(asked):
            weights[key] += (SPOKEN_OF_BY_NOTHING + each.telling) / len(missing) ** 0.5
    order = list(vocabulary())
    return max(weights, key=lambda key: (weights[key], -order.index(key)), default=None)


def _asked_first(key: str, profile: Profile) -> str:
    """The fact itself, or the one that has to be known before it makes sense to ask."""
    before = vocabulary()[key].after
    return key if before is None or before in profile else before


def _worth_telling(verdict: Verdict) -> bool:
    """Whether it is worth telling whoever nearly fits: something of them fits, or it is a matter of time."""
    numbers = any(isinstance(reason.clause.wanted, Span) for reason in verdict.fails)
    return numbers or any(_is_telling(reason) for reason in verdict.fits)


def _is_telling(reason: Reason) -> bool:
    """Whether a clause says what somebody is, and not only what they are not."""
    clause = reason.clause
    if clause.fact is None or clause.fact in WIDESPREAD or reason.negated or clause.is_ is False:
        return False
    return clause.is_ is None or clause.is_ != vocabulary()[clause.fact].none

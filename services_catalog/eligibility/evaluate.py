"""Whether a rule holds for a person: yes, no, or it cannot be told, and by which clauses.

More knowledge never takes a yes or a no back (Kleene's strong three-valued logic).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache
from typing import Self

from pydantic import model_validator

from services_catalog.eligibility.facts import (
    Entry,
    Possible,
    Profile,
    Span,
    narrowed,
    read_part,
    vocabulary,
)
from services_catalog.eligibility.rules import Clause


class Truth(IntEnum):
    """The three answers, in the order that `all` takes the least of and `any` the greatest."""

    NO = 0
    CANNOT_BE_TOLD = 1
    YES = 2


@dataclass(frozen=True)
class Reason:
    """A comparison, or an unclear clause, that counted; `negated` where it stands below a `not`."""

    clause: Clause
    negated: bool = False


@dataclass(frozen=True)
class Verdict:
    """The answer, and the clauses that fit, that fail, and that cannot be told."""

    truth: Truth
    fits: tuple[Reason, ...] = ()
    fails: tuple[Reason, ...] = ()
    open: tuple[Reason, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts that would tell, each once."""
        return tuple(dict.fromkeys(reason.clause.fact for reason in self.open if reason.clause.fact is not None))


def evaluate(rule: Clause, profile: Profile) -> Verdict:
    """What can be said of `rule` for the person of `profile`. Never raises for a rule that was loaded."""
    if rule.all_ is not None:
        return _all([evaluate(part, profile) for part in rule.all_])
    if rule.any_ is not None:
        return _any([evaluate(part, profile) for part in rule.any_])
    if rule.not_ is not None:
        return _not(evaluate(rule.not_, profile))
    reason = (Reason(rule),)
    match _compared(rule, profile):
        case Truth.YES:
            return Verdict(Truth.YES, fits=reason)
        case Truth.NO:
            return Verdict(Truth.NO, fails=reason)
        case _:
            return Verdict(Truth.CANNOT_BE_TOLD, open=reason)


def nearly(rule: Clause, profile: Profile) -> bool:
    """Whether `rule` would not fail if what is within reach were so: the age in a few years, a registration."""
    if rule.all_ is not None:
        return all(nearly(part, profile) for part in rule.all_)
    if rule.any_ is not None:
        return any(nearly(part, profile) for part in rule.any_)
    if rule.not_ is not None:
        return evaluate(rule, profile).truth is not Truth.NO
    return _compared(rule, profile) is not Truth.NO or _within_reach(rule, profile)


def inferred(profile: Profile) -> dict[str, Possible]:
    """`profile` with what certainly follows from it: who has no certificate has none of its kinds."""
    return _concluded(profile, _conclusions("implies"))


def presumed(profile: Profile) -> dict[str, Possible]:
    """`profile` with what is likely, too. Only for what to ask and to list first, never for an answer."""
    likely = _concluded(inferred(profile), _conclusions("presumes"))
    return {**{key: _NOT for key, fact in vocabulary().items() if fact.rare}, **likely}


_NOT: Possible = frozenset({False})


class _Conclusion(Entry):
    when: Clause
    then: Clause

    @model_validator(mode="after")
    def _compares(self) -> Self:
        if self.when.fact is None or self.then.fact is None:
            raise ValueError("when 和 then 都要写 fact")
        return self


@lru_cache(maxsize=2)
def _conclusions(part: str) -> tuple[_Conclusion, ...]:
    return tuple(read_part(part, list[_Conclusion]))


def _concluded(profile: Profile, conclusions: tuple[_Conclusion, ...]) -> dict[str, Possible]:
    """Follow each conclusion, in their order; one that contradicts what is known is none."""
    known = dict(profile)
    for each in conclusions:
        if each.when.fact in known and _compared(each.when, known) is Truth.YES:
            fact = each.then.fact or ""
            both = narrowed(known.get(fact, vocabulary()[fact].anything), each.then.wanted)
            if both is not None:
                known[fact] = both
    return known


def _compared(clause: Clause, profile: Mapping[str, Possible]) -> Truth:
    known = None if clause.fact is None else profile.get(clause.fact)
    if known is None:
        return Truth.CANNOT_BE_TOLD
    wanted = clause.wanted
    both = narrowed(known, wanted)
    if both is None:
        return Truth.NO
    return Truth.YES if both == known else Truth.CANNOT_BE_TOLD


def _within_reach(clause: Clause, profile: Profile) -> bool:
    fact, known, wanted = vocabulary()[clause.fact or ""], profile.get(clause.fact or ""), clause.wanted
    if isinstance(known, Span) and isinstance(wanted, Span):
        return 0 < wanted.low - known.high <= fact.within
    return fact.attainable and wanted != frozenset({False})


def _all(parts: list[Verdict]) -> Verdict:
    truth = min(part.truth for part in parts)
    return Verdict(
        truth,
        fits=tuple(reason for part in parts if part.truth is not Truth.NO for reason in part.fits),
        fails=tuple(reason for part in parts if part.truth is Truth.NO for reason in part.fails),
        open=tuple(reason for part in parts if part.truth is Truth.CANNOT_BE_TOLD for reason in part.open),
    )


def _any(parts: list[Verdict]) -> Verdict:
    truth = max(part.truth for part in parts)
    of_it = [part for part in parts if part.truth is truth]
    return Verdict(
        truth,
        fits=() if truth is Truth.NO else tuple(reason for part in of_it for reason in part.fits),
        fails=tuple(reason for part in of_it for reason in part.fails) if truth is Truth.NO else (),
        open=tuple(reason for part in of_it for reason in part.open) if truth is Truth.CANNOT_BE_TOLD else (),
    )


def _not(part: Verdict) -> Verdict:
    def turned(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
        return tuple(replace(reason, negated=not reason.negated) for reason in reasons)

    match part.truth:
        case Truth.YES:
            return Verdict(Truth.NO, fails=turned(part.fits))
        case Truth.NO:
            return Verdict(Truth.YES, fits=turned(part.fails))
        case _:
            return Verdict(Truth.CANNOT_BE_TOLD, open=turned(part.open))

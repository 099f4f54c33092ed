"""Facts and conditions as half-sentences for residents: 81岁, 户口在本区; 满80岁."""

from services_catalog.eligibility.evaluate import Reason
from services_catalog.eligibility.facts import Fact, Possible, Profile, Span, Value, vocabulary

MOST_VALUES = 3


def known(reason: Reason, profile: Profile) -> str:
    """What is known of the person that makes a comparison hold or fail; the clause itself where it is known roughly."""
    key = reason.clause.fact
    if key is None or key not in profile:
        return wanted(reason)
    return told_of(key, profile[key]) or wanted(reason)


def told_of(key: str, possible: Possible) -> str:
    """What is known of a fact; empty where that is nothing one would say."""
    fact = vocabulary()[key]
    if isinstance(possible, Span):
        exact = possible.low == possible.high
        return (fact.told or "").format(n=possible.low) if exact else _bounds(fact, possible)
    return _values(fact, possible)


def wanted(reason: Reason) -> str:
    """What a clause asks for, said of a person; of an unclear one, what only the window can tell."""
    clause = reason.clause
    if clause.fact is None:
        return clause.unclear or ""
    fact, values = vocabulary()[clause.fact], clause.wanted
    if isinstance(values, Span):
        return f"不是{_bounds(fact, values)}" if reason.negated else _bounds(fact, values)
    return _values(fact, frozenset(fact.values) - values if reason.negated else values)


def open_points(reasons: tuple[Reason, ...]) -> list[str]:
    """What has to be looked at, each once: the labels of facts, and what is unclear."""
    points = (
        (reason.clause.unclear or "") if reason.clause.fact is None else vocabulary()[reason.clause.fact].label
        for reason in reasons
    )
    return list(dict.fromkeys(points))


def _bounds(fact: Fact, span: Span) -> str:
    low = (fact.at_least or "").format(n=span.low) if span.low != fact.least else ""
    high = (fact.at_most or "").format(n=span.high) if span.high != fact.most else ""
    return "、".join(part for part in (low, high) if part)


def _values(fact: Fact, values: frozenset[Value]) -> str:
    if fact.several is not None and values == fact.several.means:
        return fact.several.told
    named = [told for value, told in fact.values.items() if value in values]
    return "或".join(named) if 0 < len(named) <= MOST_VALUES else ""

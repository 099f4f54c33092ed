"""The figures of an evaluation, from what became of each sentence. Their definitions: docs/understanding.md."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.understanding.labelled import NO_ITEM
from app.understanding.labels import AMBIGUOUS, OUT_OF_SCOPE
from app.understanding.outcomes import Kind, Outcome

FIRST_FEW = 3
BINS = 10
WORST = 50
TEXTS = 3


@dataclass(frozen=True)
class IntentFigures:
    """How well one intent is told from the others, and what it is mostly taken for where it is not."""

    n: int
    recall: float | None
    precision: float | None
    f1: float | None
    mostly: str | None


@dataclass(frozen=True)
class DepartmentFigures:
    """How well the items of one department are found."""

    n: int
    acc1: float | None
    acc3: float | None
    answered: float | None
    precision: float | None


@dataclass(frozen=True)
class Confusion:
    """An item, or none, that was taken for another: how often, how sure on average, and some of the sentences."""

    true: str
    guessed: str
    count: int
    p: float
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Bin:
    """The sentences whose likeliest item has a probability between two tenths, and how often it was right."""

    low: float
    high: float
    count: int
    mean_p: float | None
    right: float | None


@dataclass(frozen=True)
class Times:
    """Milliseconds."""

    p50: float
    p95: float


@dataclass(frozen=True)
class Figures:
    """All figures of a file. A share of nothing is None."""

    n: int
    item_acc1: float | None
    item_acc3: float | None
    intent_acc: float | None
    answered: float | None
    answered_precision: float | None
    clarified: float | None
    clarified_hit: float | None
    oos_answered: float | None
    intents: Mapping[str, IntentFigures]
    departments: Mapping[str, DepartmentFigures]
    confusions: Sequence[Confusion]
    latency_ms: Times
    turn_ms: Times
    reliability: Sequence[Bin]

    def as_json(self) -> dict[str, Any]:
        """The figures under their names."""
        return asdict(self)


def figures(found: Sequence[Outcome], department_of: Mapping[str, str]) -> Figures:
    """The figures of what became of a file's sentences; `department_of` names the department of each item."""
    about = [each for each in found if each.row.item_id is not None]
    outside = [each for each in found if each.row.intent == OUT_OF_SCOPE]
    answered = [each for each in about if each.reaction.kind is Kind.ANSWERED]
    clarified = [each for each in about if each.reaction.kind is Kind.CLARIFIED]
    return Figures(
        n=len(found),
        item_acc1=share(each.right_at == 0 for each in about),
        item_acc3=share(_among_first(each) for each in about),
        intent_acc=share(each.guessed == each.row.intent for each in found if each.row.intent != OUT_OF_SCOPE),
        answered=share(each.reaction.kind is Kind.ANSWERED for each in about),
        answered_precision=share(each.row.item_id in each.reaction.items for each in answered),
        clarified=share(each.reaction.kind is Kind.CLARIFIED for each in about),
        clarified_hit=share(each.row.item_id in each.reaction.items for each in clarified),
        oos_answered=share(each.goes_ahead for each in outside),
        intents=_intents(found),
        departments=_departments(about, department_of),
        confusions=_confusions(found),
        latency_ms=times_of([each.understood.ms for each in found]),
        turn_ms=times_of([each.reaction.ms for each in found]),
        reliability=_reliability(found),
    )


def share(of: Iterable[bool]) -> float | None:
    """The share of those that hold; None of nothing."""
    each = list(of)
    return sum(each) / len(each) if each else None


def _among_first(outcome: Outcome) -> bool:
    return outcome.right_at is not None and outcome.right_at < FIRST_FEW


def _intents(found: Sequence[Outcome]) -> dict[str, IntentFigures]:
    pairs = Counter((each.row.intent, each.guessed) for each in found)
    true, guessed = Counter(each.row.intent for each in found), Counter(each.guessed for each in found)
    figures = {}
    for intent, n in sorted(true.items(), key=lambda counted: (-counted[1], counted[0])):
        right = pairs[intent, intent]
        wrong = [(-count, other) for (own, other), count in pairs.items() if own == intent != other]
        figures[intent] = IntentFigures(
            n=n,
            recall=right / n,
            precision=right / guessed[intent] if guessed[intent] else None,
            f1=2 * right / (n + guessed[intent]),
            mostly=min(wrong)[1] if wrong else None,
        )
    return figures


def _departments(about: Sequence[Outcome], department_of: Mapping[str, str]) -> dict[str, DepartmentFigures]:
    figures = {}
    for department in sorted(set(department_of.values())):
        own = [each for each in about if department_of[each.row.item_id or ""] == department]
        answered = [each for each in own if each.reaction.kind is Kind.ANSWERED]
        if own:
            figures[department] = DepartmentFigures(
                n=len(own),
                acc1=share(each.right_at == 0 for each in own),
                acc3=share(_among_first(each) for each in own),
                answered=len(answered) / len(own),
                precision=share(each.row.item_id in each.reaction.items for each in answered),
            )
    return figures


def _confusions(found: Sequence[Outcome]) -> list[Confusion]:
    """The worst ones: the likeliest item where another is meant, and items gone ahead with where none is."""
    by_pair: dict[tuple[str, str], list[tuple[float, str]]] = {}
    for each in found:
        first = each.understood.first
        if each.row.item_id is not None and each.right_at != 0:
            pair = each.row.item_id, first.id if first else NO_ITEM
        elif each.row.item_id is None and each.goes_ahead:
            pair = NO_ITEM, each.reaction.items[0]
        else:
            continue
        by_pair.setdefault(pair, []).append((first.p if first else 0.0, each.row.text))
    confusions = [
        Confusion(
            true=true,
            guessed=guessed,
            count=len(cases),
            p=sum(p for p, _ in cases) / len(cases),
            texts=tuple(text for _, text in sorted(cases, reverse=True)[:TEXTS]),
        )
        for (true, guessed), cases in by_pair.items()
    ]
    return sorted(confusions, key=lambda each: (-each.count, -each.p, each.true, each.guessed))[:WORST]


def _reliability(found: Sequence[Outcome]) -> list[Bin]:
    """How truthful the likeliest item's probability is, of all sentences that say what they are about."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for each in found:
        first = each.understood.first
        if first is not None and each.row.intent != AMBIGUOUS:
            bins[min(int(first.p * BINS), BINS - 1)].append((first.p, each.right_at == 0))
    return [
        Bin(
            low=number / BINS,
            high=(number + 1) / BINS,
            count=len(cases),
            mean_p=sum(p for p, _ in cases) / len(cases) if cases else None,
            right=share(right for _, right in cases),
        )
        for number, cases in enumerate(bins)
    ]


def times_of(taken: Sequence[float]) -> Times:
    """Percentiles, by nearest rank, of at least one time."""
    ordered = sorted(taken)
    return Times(*(round(ordered[-(-len(ordered) * percent // 100) - 1], 2) for percent in (50, 95)))

"""What a form's conversation must be, proved on its graph. A fault comes with a shortest conversation that shows it."""

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from actions.form_turn import REFUSALS_UNTIL_HELP
from app.proof.flow import Aside, Flow, Place, Step, labels_of, taken_for
from app.proof.graph import Graph, explore, leading_to
from app.proof.telling import conversation, sentence
from services_catalog.loader import Catalog
from services_catalog.schema import FormField, Item

MOST_PLACES = 200_000
"""A form with more places than this is too tangled to be proved, and to be filled in."""


class Fault(StrEnum):
    """What is wrong with a form; the sentence of each stands in `telling.py`."""

    NO_WAY_TO_DONE = "no_way_to_done"
    NO_WAY_TO_PERSON = "no_way_to_person"
    NO_WAY_TO_CANCEL = "no_way_to_cancel"
    NO_ANSWER = "no_answer"
    NEVER_ASKED = "never_asked"
    LATER_CONDITION = "later_condition"
    IMPOSSIBLE_CONDITION = "impossible_condition"
    CHOICE_NOT_TAKEN = "choice_not_taken"
    RETRIES_WITHOUT_END = "retries_without_end"
    TOO_MANY_PLACES = "too_many_places"


@dataclass(frozen=True)
class Finding:
    """One fault of an item's form: what it is, in Chinese, and the conversation that shows it."""

    item_id: str
    fault: Fault
    message: str
    conversation: tuple[str, ...]


@dataclass(frozen=True)
class Proof:
    """What was proved of one item: how many places its conversation has, and everything that is wrong."""

    item_id: str
    places: int
    findings: tuple[Finding, ...]


def prove_all(catalog: Catalog, items: Iterable[Item]) -> list[Proof]:
    """Prove the forms of many items. Graphs hold no cycles of references: the collector, which finds none, rests."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        return [prove(catalog, item) for item in items]
    finally:
        if was_on:
            gc.enable()


def prove(catalog: Catalog, item: Item, most: int = MOST_PLACES) -> Proof:
    """Prove an item's form, or find everything that is wrong with it."""
    graph = explore(Flow(catalog, item), most)
    if not graph.is_whole:
        message = sentence(Fault.TOO_MANY_PLACES, most=most)
        return Proof(item.id, len(graph.before), (Finding(item.id, Fault.TOO_MANY_PLACES, message, ()),))
    findings = [
        Finding(item.id, fault, sentence(fault, **values), conversation(graph.flow, graph.way_to(place), place, end))
        for check in (_every_way_out, _every_field, _every_condition, _every_choice, _bounded_retries)
        for fault, place, values, end in check(graph)
    ]
    return Proof(item.id, len(graph.before), tuple(findings))


Found = Iterator[tuple[Fault, Place, dict[str, str], str]]
"""A fault, where it shows, what its sentence is about, and what is said there last by the resident."""


def _every_way_out(graph: Graph) -> Found:
    """From every place the case can still be filed, given up, or passed to a person."""
    goals: tuple[tuple[Fault, Callable[[Place], bool], tuple[str, ...]], ...] = (
        (Fault.NO_WAY_TO_DONE, lambda place: place.step == Step.DONE, (Step.CANCELLED,)),
        (Fault.NO_WAY_TO_PERSON, lambda place: place.aside == Aside.WAITING, (Step.DONE, Step.CANCELLED)),
        (Fault.NO_WAY_TO_CANCEL, lambda place: place.step == Step.CANCELLED, (Step.DONE,)),
    )
    for fault, is_goal, ended in goals:
        safe = leading_to(graph, [place for place in graph.moves if is_goal(place)])
        stuck = next((place for place in graph.moves if place not in safe and place.step not in ended), None)
        if stuck is not None:
            last = _deepest(graph, stuck, safe)
            yield fault, last, {"step": _name_of(graph.flow, last)}, ""


def _deepest(graph: Graph, stuck: Place, safe: set[Place]) -> Place:
    """The place where the conversation cannot go on: the first question, from the stuck place on, without an answer."""
    seen, waiting = {stuck}, deque([stuck])
    while waiting:
        place = waiting.popleft()
        if place.field is not None and not place.aside and not graph.flow.can_answer(place.field):
            return place
        for move in graph.moves[place]:
            if move.to not in seen and move.to not in safe:
                seen.add(move.to)
                waiting.append(move.to)
    return stuck


def _every_field(graph: Graph) -> Found:
    """Every field of the item is asked in some conversation, and there is an answer to whatever is asked."""
    for key in dict.fromkeys(place.field for place in graph.moves if place.field is not None):
        if not graph.flow.can_answer(key):
            place = next(place for place in graph.moves if place.field == key)
            yield Fault.NO_ANSWER, place, {"field": graph.flow.field(key).label}, ""
    asked = {place.field for place in graph.moves}
    blamed = {field.key for field in graph.flow.item.fields if _later(graph.flow, field) or _impossible(graph, field)}
    for field in graph.flow.item.fields:
        if field.key not in asked and field.key not in blamed:
            yield Fault.NEVER_ASKED, _summary_without(graph, field), {"field": field.label}, ""


def _every_condition(graph: Graph) -> Found:
    """A condition looks at an earlier field, at answers that can be given, and holds wherever its field is asked."""
    flow = graph.flow
    for field in flow.item.fields:
        if field.ask_if is None:
            continue
        if _later(flow, field):
            values = {"field": field.label, "on": _label_of(flow, field.ask_if.field)}
            yield Fault.LATER_CONDITION, _summary_without(graph, field), values, ""
        for value in _impossible(graph, field):
            values = {"field": field.label, "on": _label_of(flow, field.ask_if.field), "value": value}
            yield Fault.IMPOSSIBLE_CONDITION, _summary_without(graph, field), values, ""
    for place in graph.moves:
        asked = flow.field(place.field) if place.field is not None else None
        if asked is None or asked.ask_if is None:
            continue
        if place.decided[flow.deciding.index(asked.ask_if.field)] not in asked.ask_if.is_:
            values = {"field": asked.label, "on": _label_of(flow, asked.ask_if.field)}
            yield Fault.LATER_CONDITION, place, values, ""
            return


def _every_choice(graph: Graph) -> Found:
    """Whoever answers with a choice's own words is taken at their word."""
    for field in (*graph.flow.item.fields, *graph.flow.catalog.proxy_fields):
        place = next((place for place in graph.moves if place.field == field.key), None)
        for label in labels_of(field):
            if place is not None and (value := taken_for(field, label)) != label:
                taken = value if value is None or value else "跳过"
                values = {"field": field.label, "choice": label, "taken": taken or "没听懂"}
                yield Fault.CHOICE_NOT_TAKEN, place, values, label


def _bounded_retries(graph: Graph) -> Found:
    """Whoever is not understood again and again is offered a person soon."""
    for place in graph.moves:
        if place.misses or place.aside:
            continue
        now, said = place, ""
        for _ in range(REFUSALS_UNTIL_HELP):
            missed = next((move for move in graph.moves[now] if move.to.misses > now.misses), None)
            if missed is None:
                break
            said, now = missed.said, missed.to
        else:
            if not graph.flow.offers_person(now):
                yield Fault.RETRIES_WITHOUT_END, now, {"step": _name_of(graph.flow, now)}, said
                return


def _later(flow: Flow, field: FormField) -> bool:
    keys = [each.key for each in flow.item.fields]
    return field.ask_if is not None and field.ask_if.field not in keys[: keys.index(field.key)]


def _impossible(graph: Graph, field: FormField) -> list[str]:
    """The values of a field's condition that no answer gives."""
    if field.ask_if is None or field.ask_if.field not in graph.flow.deciding:
        return []
    at = graph.flow.deciding.index(field.ask_if.field)
    given = {place.decided[at] for place in graph.moves if not place.is_over}
    return [value for value in field.ask_if.is_ if value not in given]


def _summary_without(graph: Graph, field: FormField) -> Place:
    """The nearest summary of a conversation that never asked a field, with its condition met where that can be."""
    at = None
    if field.ask_if is not None and field.ask_if.field in graph.flow.deciding:
        at = graph.flow.deciding.index(field.ask_if.field)
    summaries = [place for place in graph.moves if place.step == Step.CONFIRM]
    met = [p for p in summaries if at is not None and field.ask_if is not None and p.decided[at] in field.ask_if.is_]
    return next(iter(met or summaries), next(iter(graph.moves)))


def _name_of(flow: Flow, place: Place) -> str:
    return place.step if place.field is None else flow.field(place.field).label


def _label_of(flow: Flow, key: str) -> str:
    return flow.field(key).label if flow.has_field(key) else key

"""All places of a form's conversation that can be reached, and the ways between them."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from app.proof.flow import Flow, Move, Place


@dataclass(frozen=True)
class Graph:
    """All places that can be reached, each with the moves from it, and how each was reached first."""

    flow: Flow
    moves: dict[Place, list[Move]]
    before: dict[Place, tuple[Place, str] | None]
    is_whole: bool

    @cached_property
    def into(self) -> dict[Place, list[Place]]:
        """For each place, those from which one move leads there."""
        found: dict[Place, list[Place]] = {place: [] for place in self.moves}
        for place, moves in self.moves.items():
            for _, to in moves:
                found[to].append(place)
        return found

    def way_to(self, place: Place) -> list[tuple[Place, str]]:
        """A shortest way to a place: where one was and what was said there, in order."""
        way = []
        step = self.before[place]
        while step is not None:
            way.append(step)
            step = self.before[step[0]]
        return way[::-1]


def explore(flow: Flow, most: int) -> Graph:
    """All places of a form's conversation, nearest first."""
    start = flow.start()
    moves: dict[Place, list[Move]] = {}
    before: dict[Place, tuple[Place, str] | None] = {start: None}
    waiting = deque([start])
    while waiting and len(before) <= most:
        place = waiting.popleft()
        moves[place] = list(flow.moves(place))
        for said, to in moves[place]:
            if to not in before:
                before[to] = (place, said)
                waiting.append(to)
    return Graph(flow, moves, before, is_whole=not waiting)


def leading_to(graph: Graph, goals: Iterable[Place]) -> set[Place]:
    """All places from which there is a way to one of `goals`, and these."""
    found = set(goals)
    waiting = deque(found)
    while waiting:
        for place in graph.into[waiting.popleft()]:
            if place not in found:
                found.add(place)
                waiting.append(place)
    return found

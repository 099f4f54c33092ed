"""A figure: the question's answer as its title, a chart, the table behind it, and what exactly was counted."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from desk.supervision.charts import Column
from desk.supervision.export import Cell
from desk.supervision.telling import hour, hour_span
from desk.wording import said

TICK_EVERY = 3
"""Every third hour is named under a chart: more do not fit on a telephone."""


@dataclass(frozen=True)
class Table:
    """Heads and rows, as they are shown and exported."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Figure:
    """`key` names it in addresses. Without data there is no chart, and the title says so."""

    key: str
    name: str
    title: str
    meaning: str
    chart: Markup | None
    table: Table
    notes: tuple[str, ...] = field(default=())


def figure(
    key: str, title: str, chart: Markup | None, table: Table, notes: Sequence[str] = (), **meaning: str | int
) -> Figure:
    """A figure with the name and meaning that the wording gives it."""
    name, told = said(f"figure_{key}_name"), said(f"figure_{key}_meaning", **meaning)
    return Figure(key, name, title, told, chart, table, tuple(notes))


def table(key: str, rows: Sequence[Sequence[Cell]]) -> Table:
    """A table under the heads that the wording gives it."""
    heads = said(f"figure_{key}_heads").split("，")
    return Table(tuple(heads), tuple(tuple(row) for row in rows))


def hour_columns(values: Sequence[float], label: str) -> list[Column]:
    """The 24 hours as bars; `label` stands over the highest."""
    peak = max(range(24), key=lambda of_day: values[of_day])
    return [Column(hour_tick(of_day), value, label if of_day == peak else "") for of_day, value in enumerate(values)]


def hour_tick(of_day: int) -> str:
    """What stands under an hour of a chart."""
    return str(of_day) if of_day % TICK_EVERY == 0 else ""


def busiest(values: Sequence[float]) -> str:
    """The hour of the highest value, as one says it."""
    return hour(max(range(24), key=lambda of_day: values[of_day]))


def hours_described(values: Sequence[str]) -> str:
    """The 24 hours in words, for those who do not see the chart."""
    return "；".join(f"{hour_span(of_day)} {value}" for of_day, value in enumerate(values))

"""Figures of the cases: of what, when, and how long they take."""

from collections.abc import Mapping
from datetime import date

from desk.supervision import charts
from desk.supervision.charts import Row
from desk.supervision.figure import Figure, busiest, figure, hour_columns, hours_described, table
from desk.supervision.numbers import Decided, by_hour_of_day
from desk.supervision.spread import in_classes, spread_of
from desk.supervision.talk_figures import class_chart
from desk.supervision.telling import classes, hour_span, number, percent
from desk.wording import said
from services_catalog.schema import Item

ITEMS_DRAWN = 8
"""The others are told together; the table has all."""
TERM_CLASSES_DAYS = (1, 3, 5, 10, 20)


def items_figure(counts: Mapping[str, int], items: Mapping[str, Item]) -> Figure:
    """What do residents apply for? `counts` has the most first; an item that left the catalogue is told by its id."""
    whole = sum(counts.values())
    named = [(items[item].name if item in items else item, count) for item, count in counts.items()]
    rows = [(name, count, percent(count, whole)) for name, count in named]
    if not rows:
        return figure("items", said("figure_items_none"), None, table("items", rows))
    title = said("figure_items_title", item=rows[0][0], number=rows[0][1], share=rows[0][2])
    bars = [
        Row(name, count, said("figure_cases", number=count, share=share)) for name, count, share in rows[:ITEMS_DRAWN]
    ]
    others = [count for _name, count in named[ITEMS_DRAWN:]]
    share = percent(sum(others), whole)
    described = "；".join(f"{bar.name} {bar.told}" for bar in bars)
    notes = [said("figure_items_others", items=len(others), number=sum(others), share=share)] if others else []
    return figure("items", title, charts.rows("items", title, described, bars), table("items", rows), notes)


def hours_figure(counts: Mapping[tuple[date, int], int]) -> Figure:
    """When do cases come in?"""
    sums = by_hour_of_day(counts)
    whole = sum(sums)
    rows = [(hour_span(of_day), sums[of_day], percent(sums[of_day], whole)) for of_day in range(24)]
    if not whole:
        return figure("hours", said("figure_items_none"), None, table("hours", rows))
    most, share = max(sums), percent(max(sums), whole)
    title = said("figure_hours_title", hour=busiest(sums), number=most, share=share)
    chart = charts.columns(
        "hours",
        title,
        hours_described([said("figure_cases_only", number=each) for each in sums]),
        hour_columns(sums, said("figure_cases_only", number=most)),
        across=said("figure_axis_hours"),
        up=said("figure_axis_cases"),
    )
    return figure("hours", title, chart, table("hours", rows))


def terms_figure(counted: Decided) -> Figure:
    """How long do cases take?"""
    names = classes(TERM_CLASSES_DAYS, said("figure_unit_days"))
    counts = in_classes(counted.working_days, TERM_CLASSES_DAYS)
    spread = spread_of(counted.working_days)
    rows: list[tuple[str, int | float]] = list(zip(names, counts, strict=True))
    if spread is None:
        return figure("terms", said("figure_terms_none"), None, table("terms", []))
    rows += [(said("figure_median_days"), spread.median), (said("figure_p90_days"), spread.p90)]
    title = said("figure_terms_title", median=number(spread.median), p90=number(spread.p90))
    chart = class_chart("terms", title, TERM_CLASSES_DAYS, counts, said("figure_axis_cases"), said("figure_axis_days"))
    note = said("figure_terms_in_time", in_time=counted.in_time, all=counted.with_promise)
    return figure("terms", title, chart, table("terms", rows), [note] if counted.with_promise else [])

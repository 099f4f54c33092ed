"""Figures of the talk: who asks when, what tomorrow brings, what the bot settles, and how clerks answer."""

from collections.abc import Mapping, Sequence
from datetime import date
from statistics import mean

from markupsafe import Markup

from desk.supervision import charts
from desk.supervision.charts import Column, Row, Span
from desk.supervision.figure import (
    Figure,
    busiest,
    figure,
    hour_columns,
    hour_tick,
    hours_described,
    table,
)
from desk.supervision.forecast import Forecast, NotYet
from desk.supervision.numbers import Ended, Handoffs, Talks, by_hour_of_day
from desk.supervision.periods import Period
from desk.supervision.spread import in_classes, spread_of
from desk.supervision.telling import class_ticks, classes, day, duration, hour, hour_span, number, percent
from desk.wording import said

FEWEST_RATINGS = 5
"""Fewer are neither averaged nor shown one by one: they would tell who rated whom, and prove nothing."""
WAIT_CLASSES_MIN = (1, 2, 5, 10, 30)
HANDLING_CLASSES_MIN = (5, 10, 20, 30, 60)


def asked_figure(counts: Mapping[tuple[date, int], int], period: Period) -> Figure:
    """When do residents ask?"""
    sums = by_hour_of_day(counts)
    averages = [total / period.days for total in sums]
    rows = [(hour_span(of_day), sums[of_day], round(averages[of_day], 1)) for of_day in range(24)]
    if not any(sums):
        return figure("asked", said("figure_asked_none"), None, table("asked", rows))
    most = number(max(averages))
    ways = "one_day" if period.days == 1 else "daily"
    title = said(f"figure_asked_title_{ways}", hour=busiest(averages), number=most)
    chart = charts.columns(
        "asked",
        title,
        hours_described([said("figure_people", number=number(each)) for each in averages]),
        hour_columns(averages, said("figure_people", number=most)),
        across=said("figure_axis_hours"),
        up=said(f"figure_axis_people_{ways}"),
    )
    return figure("asked", title, chart, table("asked", rows))


def forecast_figure(expected: Forecast | NotYet) -> Figure:
    """What will tomorrow bring?"""
    told = {"day": day(expected.day), "kind": said(f"figure_kind_{'working' if expected.is_working_day else 'off'}")}
    if isinstance(expected, NotYet):
        title = said("figure_forecast_not_yet", known=expected.known, **told)
        return figure("forecast", title, None, table("forecast", []))
    rows = [(hour_span(of_day), each.median, each.low, each.high) for of_day, each in enumerate(expected.hours)]
    peak = max(range(24), key=lambda of_day: (expected.hours[of_day].median, expected.hours[of_day].high))
    most = expected.hours[peak]
    if most.high == 0:
        return figure("forecast", said("figure_forecast_none", **told), None, table("forecast", rows))
    title = said("figure_forecast_title", hour=hour(peak), number=number(most.median), low=most.low, high=most.high)
    label = said("figure_span", number=number(most.median), low=most.low, high=most.high)
    chart = charts.spans(
        "forecast",
        title,
        hours_described([said("figure_span", number=number(e.median), low=e.low, high=e.high) for e in expected.hours]),
        [
            Span(hour_tick(of_day), each.low, each.median, each.high, label if of_day == peak else "")
            for of_day, each in enumerate(expected.hours)
        ],
        across=said("figure_axis_hours"),
        up=said("figure_axis_people_one_day"),
    )
    days = "、".join(day(each) for each in sorted(expected.compared))
    compared = said("figure_forecast_compared", days=days, **told)
    return figure("forecast", title, chart, table("forecast", rows), [said("figure_forecast_reading"), compared])


def alone_figure(counted: Talks) -> Figure:
    """How much does the bot settle by itself?"""
    helped = counted.all - counted.without_clerk
    rows = [
        (said("figure_alone_bot"), counted.without_clerk, percent(counted.without_clerk, counted.all)),
        (said("figure_alone_clerk"), helped, percent(helped, counted.all)),
    ]
    if not counted.all:
        return figure("alone", said("figure_alone_none"), None, table("alone", rows))
    title = said("figure_alone_title", share=percent(counted.without_clerk, counted.all))
    bars = [Row(name, count, said("figure_talks", number=count, share=share)) for name, count, share in rows]
    chart = charts.share("alone", title, _described(bars), *bars)
    return figure("alone", title, chart, table("alone", rows))


def reasons_figure(counted: Handoffs) -> Figure:
    """Why do residents need a clerk?"""
    most_first = sorted(counted.by_reason.items(), key=lambda each: (-each[1], each[0]))
    named = [(said(f"reason_{reason}"), count) for reason, count in most_first]
    rows = [(name, count, percent(count, counted.all)) for name, count in named]
    if not rows:
        return figure("reasons", said("figure_reasons_none"), None, table("reasons", rows))
    title = said("figure_reasons_title", reason=rows[0][0], number=rows[0][1], share=rows[0][2])
    bars = [Row(name, count, said("figure_times", number=count, share=share)) for name, count, share in rows]
    return figure("reasons", title, charts.rows("reasons", title, _described(bars), bars), table("reasons", rows))


def waits_figure(counted: Handoffs, limit_min: int) -> Figure:
    """How long do residents wait for a clerk's first words?"""
    notes = [
        said("figure_waits_late", late=counted.late, all=counted.in_hours, minutes=limit_min),
        said("figure_waits_off_hours", number=counted.off_hours),
    ]
    return _spread_figure("waits", counted.first_response_min, WAIT_CLASSES_MIN, notes)


def handling_figure(counted: Ended) -> Figure:
    """How long do clerks talk about a matter?"""
    return _spread_figure("handling", counted.handling_min, HANDLING_CLASSES_MIN, [])


def ratings_figure(counted: Ended) -> Figure:
    """How content are residents?"""
    count = len(counted.ratings)
    if count < FEWEST_RATINGS:
        title = (
            said("figure_ratings_few", number=count, fewest=FEWEST_RATINGS) if count else said("figure_ratings_none")
        )
        return figure("ratings", title, None, table("ratings", []), fewest=FEWEST_RATINGS)
    stars = [(stars, counted.ratings.count(stars)) for stars in range(5, 0, -1)]
    rows = [(said("figure_stars", stars=each), number_of, percent(number_of, count)) for each, number_of in stars]
    title = said("figure_ratings_title", average=f"{mean(counted.ratings):.1f}", number=count)
    bars = [Row(name, each, said("figure_raters", number=each, share=share)) for name, each, share in rows]
    chart = charts.rows("ratings", title, _described(bars), bars)
    return figure("ratings", title, chart, table("ratings", rows), fewest=FEWEST_RATINGS)


def _spread_figure(key: str, minutes: Sequence[float], limits: tuple[int, ...], notes: list[str]) -> Figure:
    names = classes(limits, said("figure_unit_minutes"))
    counts = in_classes(minutes, limits)
    spread = spread_of(minutes)
    rows: list[tuple[str, int | float]] = list(zip(names, counts, strict=True))
    if spread is None:
        return figure(key, said(f"figure_{key}_none"), None, table(key, []), notes)
    rows += [(said("figure_median_min"), round(spread.median, 1)), (said("figure_p90_min"), round(spread.p90, 1))]
    title = said(f"figure_{key}_title", median=duration(spread.median), p90=duration(spread.p90))
    chart = class_chart(key, title, limits, counts, said("figure_axis_handoffs"), said("figure_axis_minutes"))
    return figure(key, title, chart, table(key, rows), notes)


def class_chart(key: str, title: str, limits: Sequence[int], counts: Sequence[int], up: str, across: str) -> Markup:
    """A chart of how many fall into each class between limits, each bar with its number."""
    bars = [Column(tick, count, str(count)) for tick, count in zip(class_ticks(limits), counts, strict=True)]
    described = "；".join(f"{bar.tick} {bar.label}" for bar in bars)
    return charts.columns(key, title, described, bars, across=across, up=up)


def _described(bars: Sequence[Row]) -> str:
    return "；".join(f"{bar.name} {bar.told}" for bar in bars)

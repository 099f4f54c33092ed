"""Charts drawn as SVG on the server. Each answers one question, and its title is the answer.

Across they are measured in percent, down in pixels: so a chart is as wide as its place, and its letters keep their
size. Colours come from classes of `supervision.css`; nothing depends on colour alone.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

_LEFT = 8.0
"""Percent of the width kept for the numbers of the upright axis."""
_TOP, _PLOT, _BELOW = 40, 148, 40
_ROW, _BAR, _ROWS_TOP = 40, 14, 4
_LONGEST = 70.0
"""Percent of the width that the longest lying bar takes; its number stands behind it."""
_HALF_LETTER = 2.3
"""Percent of a telephone's width that half a letter takes: a label without room over its mark begins or ends there."""


@dataclass(frozen=True)
class Column:
    """An upright bar: what it is of, how high, and what stands over it, where anything does. `tick` under it."""

    tick: str
    value: float
    label: str = ""


@dataclass(frozen=True)
class Span:
    """From lowest to highest, with the one in the middle."""

    tick: str
    low: float
    middle: float
    high: float
    label: str = ""


@dataclass(frozen=True)
class Row:
    """A lying bar: what it is of, how long, and the number as it is told."""

    name: str
    value: float
    told: str


def columns(key: str, title: str, description: str, bars: Sequence[Column], across: str, up: str) -> Markup:
    """Upright bars over a common axis; `across` and `up` name the axes with their units. Labelled bars stand out."""
    svg, top, width = _upright(key, title, description, [bar.value for bar in bars], len(bars), across, up)
    for place, bar in enumerate(bars):
        x, height = _LEFT + place * width, _PLOT * bar.value / top
        mark = "chart__bar chart__bar--named" if bar.label else "chart__bar"
        _put(
            svg,
            "rect",
            mark,
            x=_percent(x + width * 0.12),
            y=_px(_TOP + _PLOT - height),
            width=_percent(width * 0.76),
            height=_px(height),
        )
        _tick(svg, bar.tick, x + width / 2)
        _label(svg, bar.label, x + width / 2, _TOP + _PLOT - height - 6)
    return _drawn(svg)


def spans(key: str, title: str, description: str, marks: Sequence[Span], across: str, up: str) -> Markup:
    """For each place a line from lowest to highest and a dot in the middle; `across` and `up` name the axes."""
    svg, top, width = _upright(key, title, description, [mark.high for mark in marks], len(marks), across, up)
    for place, mark in enumerate(marks):
        x = _LEFT + (place + 0.5) * width
        low, middle, high = (_TOP + _PLOT * (1 - value / top) for value in (mark.low, mark.middle, mark.high))
        _put(svg, "line", "chart__span", x1=_percent(x), x2=_percent(x), y1=_px(high), y2=_px(low))
        _put(svg, "circle", "chart__dot", cx=_percent(x), cy=_px(middle), r="4")
        _tick(svg, mark.tick, x)
        _label(svg, mark.label, x, high - 8)
    return _drawn(svg)


def rows(key: str, title: str, description: str, bars: Sequence[Row]) -> Markup:
    """Lying bars, each under its name, with its number behind it."""
    svg = _begun(key, title, description, _ROWS_TOP + _ROW * len(bars))
    longest = max((bar.value for bar in bars), default=0) or 1
    for place, bar in enumerate(bars):
        y, length = _ROWS_TOP + place * _ROW, _LONGEST * bar.value / longest
        _put(svg, "text", "chart__name", bar.name, x="0", y=_px(y + 14))
        _put(svg, "rect", "chart__bar", x="0", y=_px(y + 20), width=_percent(length), height=_px(_BAR))
        _put(svg, "text", "chart__number", bar.told, x=_percent(length), y=_px(y + 32), dx="6")
    return _drawn(svg)


def share(key: str, title: str, description: str, part: Row, rest: Row) -> Markup:
    """One bar that is the whole, cut where the part ends, each with its name and number under it."""
    svg = _begun(key, title, description, 76)
    whole = (part.value + rest.value) or 1
    cut = 100 * part.value / whole
    _put(svg, "rect", "chart__rest", x="0", y="4", width="100%", height="24")
    _put(svg, "rect", "chart__bar", x="0", y="4", width=_percent(cut), height="24")
    for one, x, anchor in ((part, "0", "start"), (rest, "100%", "end")):
        _put(svg, "text", "chart__name", one.name, x=x, y="48", text_anchor=anchor)
        _put(svg, "text", "chart__number", one.told, x=x, y="68", text_anchor=anchor)
    return _drawn(svg)


def round_top(highest: float) -> tuple[float, float]:
    """Where an axis up to `highest` ends, and its step: 1, 2 or 5 times a power of ten, in two to five steps."""
    if highest <= 2:
        return 2.0, 1.0
    power = 10.0 ** math.floor(math.log10(highest))
    step = next(
        each * power / 10 for each in (1, 2, 5, 10, 20, 50) if math.ceil(highest / (each * power / 10) - 1e-9) <= 5
    )
    step = max(step, 1.0)
    return math.ceil(highest / step - 1e-9) * step, step


def _upright(
    key: str, title: str, description: str, values: Sequence[float], places: int, across: str, up: str
) -> tuple[Element, float, float]:
    """A chart with its axes; the value at the top of it, and the width of a place in percent."""
    svg = _begun(key, title, description, _TOP + _PLOT + _BELOW)
    top, step = round_top(max(values, default=0))
    for number in range(round(top / step) + 1):
        y = _TOP + _PLOT * (1 - number * step / top)
        _put(svg, "line", "chart__grid", x1=_percent(_LEFT), x2="100%", y1=_px(y), y2=_px(y))
        _put(
            svg,
            "text",
            "chart__tick",
            f"{number * step:.0f}",
            x=_percent(_LEFT),
            y=_px(y + 4),
            dx="-6",
            text_anchor="end",
        )
    _put(svg, "text", "chart__axis", up, x="0", y="14")
    _put(svg, "text", "chart__axis", across, x="100%", y=_px(_TOP + _PLOT + _BELOW - 4), text_anchor="end")
    return svg, top, (100 - _LEFT) / max(places, 1)


def _tick(svg: Element, tick: str, x: float) -> None:
    if tick:
        _put(svg, "text", "chart__tick", tick, x=_percent(x), y=_px(_TOP + _PLOT + 16), text_anchor="middle")


def _label(svg: Element, label: str, x: float, y: float) -> None:
    if label:
        half = _HALF_LETTER * len(label)
        anchor = "start" if x < half else "end" if x > 100 - half else "middle"
        _put(svg, "text", "chart__label", label, x=_percent(x), y=_px(max(y, 28)), text_anchor=anchor)


def _begun(key: str, title: str, description: str, height: int) -> Element:
    named = f"{key}-title {key}-desc"
    svg = Element(
        "svg", {"class": "chart", "role": "img", "aria-labelledby": named, "width": "100%", "height": str(height)}
    )
    SubElement(svg, "title", {"id": f"{key}-title"}).text = title
    SubElement(svg, "desc", {"id": f"{key}-desc"}).text = description
    return svg


def _put(svg: Element, tag: str, mark: str, text: str | None = None, **attributes: str) -> None:
    named = {name.replace("_", "-"): value for name, value in attributes.items()}
    SubElement(svg, tag, {"class": mark, **named}).text = text


def _drawn(svg: Element) -> Markup:
    return Markup(tostring(svg, encoding="unicode"))  # noqa: S704 - the writer of XML escapes every text


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def _px(value: float) -> str:
    return f"{value:.1f}"

"""The reliability diagram: how often the likeliest item is right, against the probability the bot gives it."""

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

import manimgx_fonts_cjk
from PIL import Image, ImageDraw, ImageFont

from app.understanding.figures import Bin

_FINE = 2
"""Drawn so many times as large and then made smaller, which smooths the edges."""
_WIDTH, _HEIGHT = 900, 1040
_LEFT, _RIGHT, _TOP = 110, 860, 90
_SIDE = _RIGHT - _LEFT
_COUNTS_TOP, _COUNTS_BOTTOM = 922, 1002
_BACKGROUND, _INK, _FAINT, _GRID = "#ffffff", "#1f2328", "#57606a", "#d8dee4"
_WEIGHT = 400
_BAR, _GAP, _COUNT = "#2f6fb2", "#f0b8a8", "#9fb8d3"

_Box = tuple[float, float, float, float]


def reliability_diagram(bins: Sequence[Bin]) -> bytes:
    """A PNG of `bins`: a bar for the share that was right, the gap to the mean probability, and how many there were.

    Bars that end on the diagonal are probabilities that can be believed.
    """
    image = Image.new("RGB", (_WIDTH * _FINE, _HEIGHT * _FINE), _BACKGROUND)
    canvas = _Canvas(ImageDraw.Draw(image))
    canvas.text((_LEFT + _SIDE / 2, 38), "第一名事项的概率，可信不可信", 26, _INK, "mm")
    canvas.text((_LEFT, 72), "实际对的比例", 16, _FAINT, "lm")
    canvas.text((_RIGHT, 72), "蓝：实际对的　浅红：与平均概率的差　斜线：完全可信", 16, _FAINT, "rm")
    canvas.text((_RIGHT, _TOP + _SIDE + 48), "机器人给的概率", 16, _FAINT, "rm")
    canvas.text((_LEFT, _TOP + _SIDE + 48), f"句数（共 {sum(each.count for each in bins)} 句）", 16, _FAINT, "lm")
    for tenth in range(0, 11, 2):
        at = tenth / 10
        canvas.line((_x(0), _y(at), _x(1), _y(at)), _GRID, 1)
        canvas.text((_LEFT - 12, _y(at)), f"{at:.1f}", 16, _FAINT, "rm")
        canvas.text((_x(at), _TOP + _SIDE + 20), f"{at:.1f}", 16, _FAINT, "mm")
    most = max((each.count for each in bins), default=0) or 1
    for each in bins:
        _draw_bin(canvas, each, most)
    canvas.line((_x(0), _y(0), _x(1), _y(1)), _INK, 2)
    canvas.line((_x(0), _y(0), _x(1), _y(0)), _INK, 2)
    canvas.line((_LEFT, _COUNTS_BOTTOM, _RIGHT, _COUNTS_BOTTOM), _INK, 1)
    smooth = image.resize((_WIDTH, _HEIGHT), Image.Resampling.LANCZOS)
    written = BytesIO()
    smooth.save(written, "PNG", optimize=True)
    return written.getvalue()


def _draw_bin(canvas: "_Canvas", each: Bin, most: int) -> None:
    if each.right is None or each.mean_p is None:
        return
    left, right = _x(each.low) + 4, _x(each.high) - 4
    canvas.box((left, _y(each.right), right, _y(0)), _BAR)
    high, low = max(each.right, each.mean_p), min(each.right, each.mean_p)
    canvas.box((left + 12, _y(high), right - 12, _y(low)), _GAP)
    canvas.line((left, _y(each.right), right, _y(each.right)), _INK, 2)
    middle = (left + right) / 2
    top = _COUNTS_BOTTOM - (_COUNTS_BOTTOM - _COUNTS_TOP) * each.count / most
    canvas.box((left, top, right, _COUNTS_BOTTOM), _COUNT)
    canvas.text((middle, _COUNTS_BOTTOM + 14), str(each.count), 15, _FAINT, "mm")


def _x(p: float) -> float:
    return _LEFT + _SIDE * p


def _y(share: float) -> float:
    return _TOP + _SIDE * (1 - share)


class _Canvas:
    """Draws in the units of the finished picture."""

    def __init__(self, draw: ImageDraw.ImageDraw) -> None:
        self._draw = draw

    def line(self, ends: _Box, colour: str, width: int) -> None:
        self._draw.line(_fine(ends), fill=colour, width=width * _FINE)

    def box(self, corners: _Box, colour: str) -> None:
        self._draw.rectangle(_fine(corners), fill=colour)

    def text(self, at: tuple[float, float], text: str, size: int, colour: str, anchor: str) -> None:
        place = (at[0] * _FINE, at[1] * _FINE)
        self._draw.text(place, text, font=_font(size * _FINE), fill=colour, anchor=anchor)


def _fine(corners: _Box) -> _Box:
    a, b, c, d = (value * _FINE for value in corners)
    return a, b, c, d


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    (path,) = Path(manimgx_fonts_cjk.__file__).parent.rglob("*.ttc")
    # The collection's faces differ by region; the third is that of the mainland.
    font = ImageFont.truetype(str(path), size, index=2)
    font.set_variation_by_axes([_WEIGHT])
    return font

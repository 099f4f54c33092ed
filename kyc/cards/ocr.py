"""Printed characters in a picture, line by line. Runs in a worker's process: the models take a second and 850 MB."""

import cmath
import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import fmean
from typing import Any

import numpy as np
from PIL import Image

from kyc.images import Pixels


@dataclass(frozen=True)
class Line:
    """A piece of text: its middle in pixels from the top left, its length and height, and how sure the reader is.

    `slant` is the direction of its longer side in degrees, from -90 to 90, clockwise; `score` goes up to 1.
    """

    text: str
    x: float
    y: float
    width: float
    height: float
    slant: float
    score: float


NARROWEST = 3
"""How many times longer than wide a picture may be: the reader makes the short side 736 pixels, and dies of a strip."""

Reader = Callable[[Pixels], list[Line]]
"""Anything that reads lines from a picture, in no order."""


def lines_in(pixels: Pixels) -> list[Line]:
    """The text in a picture, in no order. What is read is logged nowhere.

    Each line is turned upright by itself before it is read, so that text lying on its side or upside down is read, too:
    only its place then tells how the picture was held.
    """
    found = _reader()(_widened(pixels))
    if found is None or found.txts is None:
        return []
    return [_line(text, box, score) for text, box, score in zip(found.txts, found.boxes, found.scores, strict=True)]


def slant_of(lines: Sequence[Line]) -> float:
    """The direction in which the lines run, in degrees from -90 to 90, clockwise; the longest tell most.

    Which end is the beginning cannot be seen from it.
    """
    doubled = sum(
        ((line.width - line.height) * cmath.exp(2j * math.radians(line.slant)) for line in lines), start=complex(0)
    )
    return math.degrees(cmath.phase(doubled)) / 2


def rows_of(lines: Sequence[Line], direction: float = 0.0) -> list[str]:
    """The lines as a person reads them who holds the picture so that `direction` points right.

    What stands side by side is one row; from the top; no blanks.
    """
    along, down = _unit(direction), _unit(direction + 90)
    placed = [(line.x * down[0] + line.y * down[1], line.x * along[0] + line.y * along[1], line) for line in lines]
    rows: list[list[tuple[float, float, Line]]] = []
    for one in sorted(placed, key=lambda one: one[0]):
        if rows:
            height = max(one[2].height, *(other[2].height for other in rows[-1]))
            if one[0] - fmean(other[0] for other in rows[-1]) < 0.55 * height:
                rows[-1].append(one)
                continue
        rows.append([one])
    return ["".join("".join(line.text for _, _, line in sorted(row, key=lambda one: one[1])).split()) for row in rows]


def turned_back(pixels: Pixels, direction: float) -> Pixels:
    """The picture, turned so that what runs in `direction` runs straight to the right."""
    turned = Image.fromarray(pixels).rotate(
        direction, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=(128, 128, 128)
    )
    return np.asarray(turned)


def _widened(pixels: Pixels) -> Pixels:
    """The picture with grey to the right or below it, if it is narrow."""
    height, width = pixels.shape[:2]
    least = math.ceil(max(height, width) / NARROWEST)
    if min(height, width) >= least:
        return pixels
    return np.pad(pixels, ((0, max(0, least - height)), (0, max(0, least - width)), (0, 0)), constant_values=128)


def _unit(degrees: float) -> tuple[float, float]:
    return math.cos(math.radians(degrees)), math.sin(math.radians(degrees))


def _line(text: str, box: Any, score: float) -> Line:
    corners = np.asarray(box, dtype=np.float64)
    first, second = corners[1] - corners[0], corners[2] - corners[1]
    long, short = (first, second) if np.hypot(*first) >= np.hypot(*second) else (second, first)
    slant = math.degrees(math.atan2(long[1], long[0]))
    x, y = corners.mean(axis=0)
    return Line(
        text=str(text),
        x=float(x),
        y=float(y),
        width=float(np.hypot(*long)),
        height=float(np.hypot(*short)),
        slant=(slant + 90) % 180 - 90,
        score=float(score),
    )


@cache
def _reader() -> Any:
    """The models of `rapidocr`, which come in its wheel, on one thread."""
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").disabled = True
    one = {f"EngineConfig.onnxruntime.{name}_op_num_threads": 1 for name in ("intra", "inter")}
    reader = RapidOCR(params={"Global.log_level": "critical", **one})
    logging.getLogger("RapidOCR").disabled = True
    return reader

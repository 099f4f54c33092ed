"""Printed characters in a picture, line by line. Runs in a worker's process: the models take a second and 850 MB."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from kyc.images import Pixels


@dataclass(frozen=True)
class Line:
    """A piece of text: its middle in pixels from the top left, its height, and how sure the reader is, up to 1."""

    text: str
    x: float
    y: float
    height: float
    score: float


def lines_in(pixels: Pixels) -> list[Line]:
    """The text in a picture, in no order. What is read is logged nowhere."""
    found = _reader()(pixels)
    if found is None or found.txts is None:
        return []
    return [_line(text, box, score) for text, box, score in zip(found.txts, found.boxes, found.scores, strict=True)]


def rows_of(lines: Sequence[Line]) -> list[str]:
    """The lines as a person reads them: what stands side by side as one row, from the top; no blanks."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.y):
        if rows and abs(line.y - rows[-1][0].y) < 0.6 * max(line.height, rows[-1][0].height):
            rows[-1].append(line)
        else:
            rows.append([line])
    return ["".join("".join(each.text for each in sorted(row, key=lambda line: line.x)).split()) for row in rows]


def _line(text: str, box: Any, score: float) -> Line:
    corners = np.asarray(box, dtype=np.float64)
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return Line(str(text), float(left + right) / 2, float(top + bottom) / 2, float(bottom - top), float(score))


@cache
def _reader() -> Any:
    """The models of `rapidocr`, which come in its wheel, on one thread."""
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").disabled = True
    one = {f"EngineConfig.onnxruntime.{name}_op_num_threads": 1 for name in ("intra", "inter")}
    reader = RapidOCR(params={"Global.log_level": "critical", **one})
    logging.getLogger("RapidOCR").disabled = True
    return reader

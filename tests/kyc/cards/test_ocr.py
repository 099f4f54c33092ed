"""Lines become rows as a person reads them, however the picture was held."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.cards.ocr import Line, rows_of, slant_of

PLACES = {
    "姓名": (90, 80),
    "王秀英": (250, 82),
    "性别": (90, 160),
    "女": (210, 158),
    "民族": (330, 161),
    "汉": (440, 159),
    "出生": (90, 240),
    "1945年3月5日": (380, 238),
}
ROWS = ["姓名王秀英", "性别女民族汉", "出生1945年3月5日"]


def _held(degrees: float) -> list[Line]:
    """The lines of a card that was turned clockwise by so much."""
    along, down = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [
        Line(
            text, x * along - y * down, x * down + y * along, 34.0 * len(text) + 2, 34.0, (degrees + 90) % 180 - 90, 1.0
        )
        for text, (x, y) in PLACES.items()
    ]


@given(degrees=st.floats(-180, 180))
def test_rows_are_those_of_the_card_in_whatever_direction_it_lies(degrees: float) -> None:
    lines = _held(degrees)
    slant = slant_of(lines)
    assert ROWS in (rows_of(lines, slant), rows_of(lines, slant + 180))
    assert rows_of(lines, degrees) == ROWS


@pytest.mark.parametrize(("degrees", "slant"), [(0, 0), (8, 8), (-20, -20), (180, 0), (170, -10)])
def test_the_slant_is_that_of_the_lines_and_knows_no_beginning(degrees: float, slant: float) -> None:
    assert slant_of(_held(degrees)) == pytest.approx(slant, abs=0.01)


def test_no_lines_have_no_rows() -> None:
    assert rows_of([]) == []
    assert slant_of([]) == 0

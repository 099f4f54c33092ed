"""Tables as files that a spreadsheet opens."""

from collections.abc import Iterable, Sequence

from cases.export import line

Cell = str | int | float


def csv_of(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The table in UTF-8 with the mark by which Excel knows it; nothing in it is a formula to Excel."""
    lines = [line(list(heads)), *(line([str(cell) for cell in row]) for row in rows)]
    return "".join(lines).encode("utf-8-sig")

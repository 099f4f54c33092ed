"""Tables as files: one workbook with a sheet each, or CSV files beside each other."""

import csv
import io
import zipfile
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from services_catalog.editing.columns import plain

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
LONGEST_CELL = 32_767
"""What a cell of a spreadsheet can hold, in characters."""

Table = list[list[str]]
Tables = dict[str, Table]


class TableFault(Exception):
    """A file that is no table of ours; says why in Chinese."""


def write_workbook(tables: Tables, path: Path) -> None:
    """One workbook; every cell is text, the first two rows stay in sight. Raises TableFault."""
    _refuse_unwritable(tables)
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, table in tables.items():
        sheet = book.create_sheet(title)
        for row in table:
            sheet.append(row)
        for cells in sheet.iter_rows():
            for cell in cells:
                cell.data_type, cell.number_format = "s", "@"
                cell.alignment = Alignment(wrap_text=True, vertical="top")
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for number in range(1, len(table[0]) + 1):
            sheet.column_dimensions[get_column_letter(number)].width = 24
        sheet.freeze_panes = "B3"
    book.save(path)


def write_csv(tables: Tables, path: Path) -> list[Path]:
    """The first table as `path`, the others beside it with their title in the name. Gives the paths."""
    paths = []
    for number, (title, table) in enumerate(tables.items()):
        target = path if number == 0 else _beside(path, title)
        with target.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(table)
        paths.append(target)
    return paths


def read_tables(path: Path, titles: list[str]) -> Tables:
    """The tables in a workbook, or in a CSV file and those beside it; a title that is not there is left out.

    Raises TableFault where the file is neither, or too large.
    """
    try:
        if path.suffix.lower() == ".csv":
            places = {title: path if n == 0 else _beside(path, title) for n, title in enumerate(titles)}
            return {title: _read_csv(place) for title, place in places.items() if place.exists()}
        return _read_workbook(path, titles)
    except OSError as error:
        raise TableFault(f"{path.name} 读不了：{error.strerror}") from error


def _read_workbook(path: Path, titles: list[str]) -> Tables:
    _refuse_large(path)
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise TableFault(f"{path.name} 解开以后太大")
        book = load_workbook(path, read_only=True, data_only=True)
        return {
            title: [[plain(cell) for cell in row] for row in book[title].iter_rows(values_only=True)]
            for title in titles
            if title in book.sheetnames
        }
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise TableFault(f"{path.name} 不是 xlsx 表格，或者坏了") from error


def _read_csv(path: Path) -> Table:
    _refuse_large(path)
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        except csv.Error as error:
            raise TableFault(f"{path.name} 不是 CSV：引号没有配对，或者有读不了的字符") from error
        return [[plain(cell) for cell in row] for row in rows]
    raise TableFault(f"{path.name} 的编码读不了，请存成 UTF-8")


def _refuse_large(path: Path) -> None:
    if path.stat().st_size > MAX_BYTES:
        raise TableFault(f"{path.name} 超过 {MAX_BYTES // 1024 // 1024} MB")


def _refuse_unwritable(tables: Tables) -> None:
    for title, table in tables.items():
        for number, row in enumerate(table, start=1):
            for cell in row:
                if ILLEGAL_CHARACTERS_RE.search(cell) or len(cell) > LONGEST_CELL:
                    raise TableFault(f"“{title}”第{number}行有表格装不下的内容，请改用 CSV")


def _beside(path: Path, title: str) -> Path:
    return path.with_name(f"{path.stem}-{title}{path.suffix}")

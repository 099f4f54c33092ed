"""The catalogue in a spreadsheet, and back."""

import copy
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from services_catalog.editing.columns import Kind, WrongCell, item_columns, read, written
from services_catalog.editing.importing import imported, write
from services_catalog.editing.new import written_item
from services_catalog.editing.sheet import ITEMS, exported, titles
from services_catalog.editing.table_files import TableFault, Tables, read_tables, write_csv, write_workbook
from services_catalog.loader import CATALOG_DIR, expanded, load_catalog
from services_catalog.schema import Item
from services_catalog.yaml_source import read_mapping

Write = Callable[[Tables, Path], object]
FORMATS = [(write_workbook, "a.xlsx"), (write_csv, "a.csv")]
ITEM = "yidi-beian"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A catalogue of two real items, one with comments."""
    folder = tmp_path / "catalogue"
    folder.mkdir()
    for name in ("departments.yml", "windows.yml", "fields.yml"):
        shutil.copy(CATALOG_DIR / name, folder)
    for name in (ITEM, "lingxing-baoxiao"):
        path = folder / "items" / "yibao" / f"{name}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        raw = {
            key: value
            for key, value in read_mapping(CATALOG_DIR / "items/yibao" / path.name).items()
            if key != "confusable_with"
        }
        path.write_text(f"# 维护说明\n{written_item(raw, path, folder)}# 完\n", encoding="utf-8")
    return folder


def _place(tables: Tables, sheet: str, item: str, column: str, nth: int = 0) -> tuple[int, int]:
    position = tables[sheet][0].index(column)
    rows = [n for n, row in enumerate(tables[sheet]) if n > 1 and row[0] == item]
    return rows[nth], position


def _put(tables: Tables, sheet: str, item: str, column: str, value: str, nth: int = 0) -> None:
    row, position = _place(tables, sheet, item, column, nth)
    tables[sheet][row][position] = value


@pytest.mark.parametrize(("save", "name"), FORMATS)
def test_all_items_go_round_without_a_byte_changed(save: Write, name: str, tmp_path: Path) -> None:
    tables = exported()
    assert len(tables[ITEMS]) == 2 + len(load_catalog().items)
    save(tables, tmp_path / name)
    read_back = read_tables(tmp_path / name, titles())
    assert {title: list(table) for title, table in read_back.items()} == tables
    result = imported(read_back)
    assert (dict(result.texts), result.findings) == ({}, ())


def test_even_if_everything_is_written_anew_the_bytes_are_the_same() -> None:
    before = {path: path.read_bytes() for path in CATALOG_DIR.glob("items/*/*.yml")}
    write(imported(exported()))
    assert before == {path: path.read_bytes() for path in before}


def test_what_was_changed_in_the_table_changes_in_the_file_and_nothing_else(root: Path) -> None:
    tables = exported(root)
    _put(tables, ITEMS, ITEM, "time_limit.promised.days", "7")
    _put(tables, "申请表", ITEM, "question", "到哪里去看病？", nth=3)
    path = root / "items/yibao" / f"{ITEM}.yml"
    before = path.read_text(encoding="utf-8").splitlines()
    write(imported(tables, root))
    after = path.read_text(encoding="utf-8").splitlines()
    assert len(before) == len(after)
    assert sum(old != new for old, new in zip(before, after, strict=True)) == 2
    item = load_catalog(root).items[ITEM]
    assert item.time_limit.promised is not None
    assert (item.time_limit.promised.days, item.fields[3].question) == (7, "到哪里去看病？")


def test_rows_can_come_go_and_move(root: Path) -> None:
    tables = exported(root)
    names = [material.name for material in load_catalog(root).items[ITEM].materials]
    row, _ = _place(tables, "材料", ITEM, "name")
    width = len(tables["材料"][0])
    tables["材料"].insert(row + 1, [ITEM, "居住证", "原件"] + [""] * (width - 3))
    tables["材料"].append(tables["材料"].pop(row))
    write(imported(tables, root))
    now = [material.name for material in load_catalog(root).items[ITEM].materials]
    assert now == ["居住证", *names[1:], names[0]]
    assert "# 维护说明" in (root / "items/yibao" / f"{ITEM}.yml").read_text(encoding="utf-8")


def test_a_new_row_is_a_new_item(root: Path) -> None:
    tables = exported(root)
    row, _ = _place(tables, ITEMS, ITEM, "id")
    fresh = copy.deepcopy(tables[ITEMS][row])
    for column, value in (("id", "xin-shixiang"), ("name", "新的事项名称"), ("spoken_names", "新事项")):
        fresh[tables[ITEMS][0].index(column)] = value
    tables[ITEMS].append(fresh)
    for sheet in ("申请人", "申请表"):
        rows = [["xin-shixiang", *each[1:]] for each in tables[sheet][2:] if each[0] == ITEM]
        tables[sheet] += rows
    write(imported(tables, root))
    loaded = load_catalog(root).items["xin-shixiang"]
    assert (loaded.materials, len(loaded.fields)) == ([], len(load_catalog(root).items[ITEM].fields))


def test_items_and_sheets_that_are_left_out_stay_as_they_are(root: Path) -> None:
    tables = exported(root)
    result = imported({ITEMS: tables[ITEMS][:3]}, root)
    assert (dict(result.texts), result.findings) == ({}, ())


@pytest.mark.parametrize(
    ("sheet", "column", "value", "told"),
    [
        (ITEMS, "zero_trip", "不一定", "应当是 是 或 否"),
        (ITEMS, "time_limit.promised.days", "很快", "应当是整数"),
        (ITEMS, "last_reviewed", "昨天", "应当是日期，例如 2026-11-22"),
        (ITEMS, "summary", "", "缺少这一项"),
        (ITEMS, "department", "renshe", "换部门组"),
        (ITEMS, "window", "chuangkou-9", "windows.yml 里没有 chuangkou-9"),
        ("申请表", "use", "fax", "没有共用字段 fax"),
        ("申请人", "kind", "邻居", "只能写"),
        ("材料", "form", "口头", "只能写"),
        ("材料", "事项", "none", "“事项”表里没有 none"),
    ],
)
def test_a_wrong_cell_is_named_by_sheet_row_and_column(
    root: Path, sheet: str, column: str, value: str, told: str
) -> None:
    tables = exported(root)
    row, _ = _place(tables, sheet, ITEM, column if column != "事项" else tables[sheet][0][0])
    _put(tables, sheet, ITEM, column, value)
    result = imported(tables, root)
    assert result.texts == {}
    finding = next(each for each in result.findings if told in each.reason)
    assert (finding.sheet, finding.row) == (sheet, row + 1)
    assert column in finding.column or told.startswith("windows.yml")
    assert str(finding).startswith(f"“{sheet}”第{row + 1}行")
    with pytest.raises(TableFault):
        write(result)


def test_a_column_nobody_knows_and_a_row_given_twice_are_found(root: Path) -> None:
    tables = exported(root)
    tables[ITEMS].append(tables[ITEMS][2])
    tables["材料"][0][2] = "颜色"
    told = [str(finding) for finding in imported(tables, root).findings]
    assert any("不认识“颜色”这一列" in each for each in told)
    assert any("写了两行" in each for each in told)


def test_a_workbook_that_a_person_typed_into_is_understood(root: Path, tmp_path: Path) -> None:
    write_workbook(exported(root), tmp_path / "a.xlsx")
    book = load_workbook(tmp_path / "a.xlsx")
    sheet = book[ITEMS]
    heads = [cell.value for cell in sheet[1]]
    row = next(n for n in range(3, 5) if sheet.cell(n, 1).value == ITEM)
    sheet.cell(row, heads.index("time_limit.promised.days") + 1).value = 12
    sheet.cell(row, heads.index("last_reviewed") + 1).value = datetime(2026, 11, 20)
    book.save(tmp_path / "a.xlsx")
    write(imported(read_tables(tmp_path / "a.xlsx", titles()), root))
    item = load_catalog(root).items[ITEM]
    assert item.time_limit.promised is not None
    assert (item.time_limit.promised.days, str(item.last_reviewed)) == (12, "2026-11-20")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04nothing", b"\xff\xfe\x00", "＝".encode()])
def test_a_file_that_is_no_table_is_a_sentence(content: bytes, tmp_path: Path) -> None:
    for name in ("a.xlsx", "a.csv"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(TableFault):
            imported(read_tables(tmp_path / name, titles()))
    with pytest.raises(TableFault):
        read_tables(tmp_path / "nothing.xlsx", titles())


@pytest.mark.parametrize("text", ["=1+1", "+86", "-5", "@SUM(A1)", "'x", "\t=1", "（空）", "（无）", "＝1"])
def test_nothing_in_a_cell_is_a_formula_and_it_is_read_as_it_was(text: str, tmp_path: Path) -> None:
    cell = written(text, Kind.TEXT)
    assert cell.startswith("'")
    assert read(cell, Kind.TEXT) == text
    write_workbook({ITEMS: [["id"], [""], [cell]]}, tmp_path / "a.xlsx")
    assert load_workbook(tmp_path / "a.xlsx")[ITEMS]["A3"].data_type == "s"
    assert read_tables(tmp_path / "a.xlsx", [ITEMS])[ITEMS][2] == [cell]


def test_a_cell_that_excel_reckoned_is_read_by_its_value(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].title = ITEMS
    book.worksheets[0].append(["id"])
    book.worksheets[0].append(["=1+1"])
    book.save(tmp_path / "a.xlsx")
    assert read_tables(tmp_path / "a.xlsx", [ITEMS])[ITEMS][1] == [""]


LINE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=20).filter(str.strip)


@given(st.lists(LINE | LINE.map(lambda text: f"{text}\n{text}")))
def test_lines_in_a_cell_are_read_as_they_were(lines: list[str]) -> None:
    assert read(written(lines, Kind.LINES), Kind.LINES) == lines


@given(LINE)
def test_a_cell_is_read_or_refused_whatever_is_in_it(text: str) -> None:
    for kind in Kind:
        try:
            read(text, kind)
        except WrongCell as error:
            assert str(error)


TEXTS = LINE.map(str.strip).filter(bool)


@settings(max_examples=40)
@given(data=st.data())
def test_a_generated_item_goes_to_a_table_and_comes_back(data: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("generated")
    for name in ("departments.yml", "windows.yml", "fields.yml"):
        shutil.copy(CATALOG_DIR / name, folder)
    raw = read_mapping(CATALOG_DIR / "items/yibao" / f"{ITEM}.yml")
    raw = {key: value for key, value in raw.items() if key not in ("confusable_with", "eligibility")}
    for key in ("summary", "agency", "next_step", "source"):
        raw[key] = data.draw(TEXTS)
    for key in ("conditions", "spoken_names"):
        raw[key] = data.draw(st.lists(TEXTS, min_size=1, max_size=4))
    for key in ("unknown", "legal_basis"):
        raw[key] = data.draw(st.lists(TEXTS, max_size=3))
    raw["materials"] = data.draw(st.lists(st.fixed_dictionaries(
        {"name": TEXTS, "form": st.sampled_from(["原件", "填写"])},
        optional={"note": TEXTS, "deferrable": st.booleans(), "only_for": st.just("proxy")},
    ), max_size=4))  # fmt: skip
    raw["time_limit"] = data.draw(st.sampled_from([{}, {"promised": {"days": 3}}, {"note": "补充"}]))
    path = folder / "items/yibao" / f"{ITEM}.yml"
    path.parent.mkdir(parents=True)
    path.write_text(written_item(raw, path, folder), encoding="utf-8")
    tables = exported(folder)
    write_csv(tables, folder / "a.csv")
    read_back = read_tables(folder / "a.csv", titles())
    assert imported(read_back, folder).texts == {}
    path.unlink()
    result = imported(read_back, folder)
    assert result.findings == ()
    write(result)
    assert load_catalog(folder).items[ITEM].model_dump() == _loaded(raw, folder)


def _loaded(raw: dict[str, Any], folder: Path) -> dict[str, Any]:
    shared = read_mapping(folder / "fields.yml")["shared"]
    return Item.model_validate({**raw, "fields": [expanded(each, shared) for each in raw["fields"]]}).model_dump()


def test_every_key_of_an_item_has_a_column_or_a_sheet() -> None:
    heads = {column.path[0] for column in item_columns()}
    for path in CATALOG_DIR.glob("items/*/*.yml"):
        listed = {"applicants", "materials", "fields", "questions", "confusable_with"}
        assert set(read_mapping(path)) <= heads | listed, path

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.accepting import accept
from cases.deciding import refer
from cases.export import line, rows
from records.database import Database
from services_catalog.loader import Catalog
from tests.cases.at_work import MONDAY, act, later, received
from tests.support.people import ID_NUMBER, NAME, PHONE


async def _table(database: Database, catalog: Catalog, first: date, last: date, *, with_names: bool) -> str:
    async with database.session() as session:
        return "".join([line(row) async for row in rows(session, catalog, first, last, with_names=with_names)])


@pytest.mark.parametrize("with_names", [False, True])
async def test_the_table_has_the_cases_of_those_days_and_nobodys_data(
    sqlite_database: Database, catalog: Catalog, with_names: bool
) -> None:
    async with sqlite_database.session() as session:
        for day in (-1, 0, 1, 2):
            case = await received(session, catalog, on=later(day))
        await accept(act(session, catalog, case, today=later(2)))
        await refer(act(session, catalog, case, today=later(2)), "=1+1")
        await session.commit()
    table = await _table(sqlite_database, catalog, MONDAY, later(2), with_names=with_names)
    found = list(csv.DictReader(io.StringIO(table)))
    assert [row["收件时间"] for row in found] == [f"2026-06-0{day} 10:00" for day in (1, 2, 3)]
    assert (found[2]["状态"], found[2]["事项"], found[2]["承诺办结日"]) == ("审核", "高龄津贴发放", "2026-06-10")
    assert found[2]["转办单位"] == "'=1+1"
    assert ("王**" in table, "申请人" in table) == (with_names, with_names)
    for secret in (NAME, ID_NUMBER, PHONE):
        assert secret not in table


async def test_more_than_one_page_of_cases_comes_whole(
    sqlite_database: Database, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.export._AT_ONCE", 2)
    async with sqlite_database.session() as session:
        for _ in range(5):
            await received(session, catalog)
    table = await _table(sqlite_database, catalog, MONDAY, MONDAY, with_names=False)
    assert len({row["办件编号"] for row in csv.DictReader(io.StringIO(table))}) == 5


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20), min_size=1, max_size=6))
def test_no_cell_begins_a_formula_and_none_is_lost(values: list[str]) -> None:
    [cells] = list(csv.reader(io.StringIO(line(values))))
    assert [cell.removeprefix("'") for cell in cells] == [value.removeprefix("'") for value in values]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in cells)

"""What a change of the catalogue means for residents."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services_catalog.editing.diff import changes, item_changes
from services_catalog.loader import CATALOG_DIR, Catalog, load_catalog
from services_catalog.schema import Item

ITEM = "canji-zheng-shenling"
CATALOG = load_catalog()
NEVER_ALONE = {"id", "zero_trip", "kiosk"}
"""An item of another id is another item; the other two are told with the modes, which they have to fit."""


def _changed(item: Item, **changed: Any) -> Item:
    return Item.model_validate(item.model_dump(by_alias=True) | changed)


def _dumped(item: Item, key: str) -> Any:
    return item.model_dump(by_alias=True)[key]


@pytest.fixture
def item(catalog: Catalog) -> Item:
    """An item with a bit of everything."""
    return catalog.items[ITEM]


CHANGES: list[tuple[Callable[[Item], dict[str, Any]], str]] = [
    (lambda item: {"time_limit": {"promised": {"days": 15}}}, "承诺时间从20个工作日变成15个"),
    (lambda item: {"time_limit": {"promised": {"days": 0}}}, "承诺时间从“20个工作日”变成“当场办结”"),
    (lambda item: {"time_limit": {}}, "承诺时间从“20个工作日”变成“没有写明”"),
    (
        lambda item: {"materials": [*_dumped(item, "materials"), {"name": "结婚证", "form": "原件", "deferrable": True}]},
        "办残疾证多要一样材料：结婚证（原件，可以后补）",
    ),
    (lambda item: {"materials": _dumped(item, "materials")[1:]}, "办残疾证少要一样材料：中华人民共和国残疾人证申请表"),
    (lambda item: {"fee": {"free": False}}, "以前不收费，现在收费"),
    (lambda item: {"identity": {"level": 3, "face": True}}, "核验从“要核对身份证”变成“要确认是本人”"),
    (lambda item: {"levels": {"accept": "社区", "decide": "区"}}, "以前街道收件，现在社区收件"),
    (lambda item: {"conditions": item.conditions[1:]}, f"少一条条件：{'符合国家残疾标准'}"),
    (lambda item: {"spoken_names": [*item.spoken_names, "残疾本"]}, "居民说“残疾本”，也认得是它了"),
    (lambda item: {"last_reviewed": date(2027, 1, 1)}, "核对日期从2026-11-22改成2027-01-01"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "sentence"), CHANGES)
def test_a_change_is_told_as_residents_will_meet_it(
    item: Item, change: Callable[[Item], dict[str, Any]], sentence: str
) -> None:
    changed = {"eligibility": None} | change(item)
    told = list(item_changes(_changed(item, eligibility=None), _changed(item, **changed)))
    assert any(each.startswith(sentence) for each in told), told
    assert len(told) <= 2


def test_the_questions_of_the_form_are_counted(item: Item) -> None:
    fields = _dumped(item, "fields")
    fields[2]["question"] = "电话号码是多少？"
    fields[3]["choices"] = [*fields[3]["choices"], "其他"]
    del fields[6]
    told = list(item_changes(item, _changed(item, fields=fields)))
    assert told == [
        "第3个问题换了问法：电话号码是多少？",
        "第4个问题多一个选项：其他",
        f"不再问“{item.fields[6].label}”：{item.fields[6].question}",
    ]


def test_nothing_changed_is_nothing_to_tell(catalog: Catalog) -> None:
    assert changes(CATALOG_DIR, CATALOG_DIR) == []


def test_items_that_came_and_went_files_and_utterances_are_told(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    for root in (before, after):
        for name in ("departments.yml", "windows.yml", "fields.yml"):
            root.mkdir(exist_ok=True)
            shutil.copy(CATALOG_DIR / name, root)
        shutil.copytree(CATALOG_DIR / "templates", root / "templates")
        shutil.copytree(CATALOG_DIR / "items/nongye", root / "items/nongye")
        shutil.copytree(CATALOG_DIR / "utterances/nongye", root / "utterances/nongye")
    path = next((before / "items/nongye").glob("*.yml"))
    path.write_text(_alone(path.read_text(encoding="utf-8")), encoding="utf-8")
    (after / "items/nongye" / path.name).unlink()
    (after / "templates/fee.j2").write_text("不收费\n", encoding="utf-8")
    told = {change.item: change.sentences for change in changes(before, after)}
    assert told[""] == ("介绍事项时说的话改了：fee.j2",)
    assert told[path.stem][0].startswith("没有") and "这个事项了" in told[path.stem][0]
    back = {change.item: change.sentences for change in changes(after, before)}
    assert back[path.stem][0].startswith("新的事项：居民可以办")


def _alone(text: str) -> str:
    """An item without those it is confused with, which are not there."""
    kept, inside = [], False
    for line in text.splitlines(keepends=True):
        inside = line.startswith("confusable_with:") or (inside and line.startswith((" ", "-")))
        if not inside:
            kept.append(line)
    return "".join(kept)


@given(st.data())
def test_whatever_is_different_is_told(data: st.DataObject) -> None:
    items = list(CATALOG.items.values())
    one, other = data.draw(st.sampled_from(items)), data.draw(st.sampled_from(items))
    key = data.draw(st.sampled_from(sorted(set(Item.model_fields) - NEVER_ALONE)))
    mixed = one.model_copy(update={key: getattr(other, key)})
    assert bool(list(item_changes(one, mixed))) == (one != mixed), key

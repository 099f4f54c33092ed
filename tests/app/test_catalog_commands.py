"""`./onecall catalog lint`, `codes` and `stats` tell maintainers what is wrong and what is still missing."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.bench.many_items import write_catalogue
from app.cli import command_line
from services_catalog.lint.codes import codes
from services_catalog.loader import load_catalog
from services_catalog.scenarios import keep_scenarios

ITEM = Path("items/minzheng/shili-0.yml")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue of three items without a mistake, in place of the real one."""
    folder = tmp_path / "catalogue"
    write_catalogue(folder, 3)
    monkeypatch.setattr("services_catalog.loader.CATALOG_DIR", folder)
    monkeypatch.setenv("COLUMNS", "200")
    return folder


def _run(*words: str) -> Result:
    return CliRunner().invoke(command_line(["catalog"]), ["catalog", *words])


def _told(*words: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(_run(*words, "--json").stdout)
    return told


def _change(root: Path, old: str, new: str) -> None:
    path = root / ITEM
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new), encoding="utf-8")


def test_a_catalogue_without_an_error_passes(root: Path) -> None:
    result = _run("lint")
    assert (result.exit_code, result.stdout) == (0, "错误 0 处，提醒 0 处，参考 0 处。\n")


def test_an_error_is_told_with_file_line_and_remedy_and_does_not_pass(root: Path) -> None:
    _change(root, "department: minzheng", "department: jiaotong")
    result = _run("lint")
    assert result.exit_code == 1
    assert f"{root / ITEM}:6: 错误 S206 departments.yml 里没有 jiaotong\n" in result.stdout
    assert codes()["S206"].remedy in result.stdout


def test_a_warning_is_told_and_passes(root: Path) -> None:
    _change(root, "按月发的", "按月予以发的")
    result = _run("lint")
    assert result.exit_code == 0
    assert "提醒 T402" in result.stdout


def test_what_is_for_the_maintainer_to_judge_is_counted_and_listed_on_request(root: Path) -> None:
    _change(root, "年满80周岁", "养了三头奶牛")
    assert "E901" not in _run("lint").stdout
    assert "参考 1 处" in _run("lint").stdout
    assert "参考 E901 “养了三头奶牛”没有哪个问题问到" in _run("lint", "--info").stdout


def test_findings_are_told_to_programs_as_json(root: Path) -> None:
    _change(root, "kiosk: false", "kiosk: false\nkiosk: false")
    result = _run("lint", "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == 1
    assert told["counts"] == {"error": 1, "warning": 0, "info": 0}
    [finding] = told["findings"]
    assert finding == {
        "code": "Y107",
        "severity": "error",
        "file": str(root / ITEM),
        "line": 14,
        "what": "YAML 写法不对：键 kiosk 写了两次",
        "remedy": codes()["Y107"].remedy,
    }


def test_one_file_or_folder_can_be_looked_at_alone(root: Path) -> None:
    _change(root, "days: 5", "days: 很快")
    assert _run("lint", str(root / ITEM)).exit_code == 1
    assert _run("lint", str(root / "items/minzheng")).exit_code == 1
    assert _run("lint", str(root / "items/canlian")).exit_code == 0


def test_another_catalogue_can_be_looked_at(root: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(root, tmp_path / "other"))
    (other / ITEM).write_text("id: [")
    assert _run("lint").exit_code == 0
    assert _run("lint", str(other)).exit_code == 1


@pytest.mark.parametrize("path", ["nowhere.yml", "/"])
def test_what_is_no_catalogue_is_said_to_be_none(root: Path, path: str) -> None:
    result = _run("lint", path)
    assert result.exit_code == 2
    assert "不是事项目录" in result.stderr


def test_every_code_is_listed_and_one_is_explained_with_examples() -> None:
    listed = _run("codes").stdout.splitlines()
    assert [line.split()[0] for line in listed] == list(codes())
    explained = _run("codes", "n302").stdout
    assert "N302  提醒  容易弄混只写了一边" in explained
    assert "写错的：\n    confusable_with: [{item: shili-1" in explained
    assert json.loads(_run("codes", "N302", "--json").stdout)[0]["severity"] == "warning"


def test_an_unknown_code_is_refused() -> None:
    result = _run("codes", "X1")
    assert (result.exit_code, "没有 X1 这个代号" in result.stderr) == (2, True)


def test_the_scale_counts_every_item_once(root: Path) -> None:
    (root / ITEM).write_text("id: [")
    told = _told("stats")
    assert told["scale"] == {"gold": 0, "silver": 2, "bronze": 0, "unranked": 1}
    assert told["departments"]["minzheng"]["unranked"] == 1
    by_id = {each["id"]: each for each in told["items"]}
    assert by_id["shili-0"]["hindered_by"] == ["faultless"]
    assert by_id["shili-1"]["hindered_by"] == ["eligibility_declared", "scenarios_pass"]


def test_the_scale_of_the_real_catalogue_counts_all_132() -> None:
    assert sum(_told("stats")["scale"].values()) == 132


def test_the_scale_is_shown_by_department_with_what_hinders(root: Path) -> None:
    shown = _run("stats").stdout
    assert "民政" in shown
    assert "差一步到金的，有 3 个事项没有做到：资格条件写成了规则" in shown
    assert "有 3 个事项还没有让各种模拟居民试过" in shown


def test_an_item_that_keeps_every_rule_is_counted_as_gold(root: Path) -> None:
    path = root / ITEM
    rule = "eligibility:\n  rule: {fact: age, at_least: 80, says: 1}\n"
    path.write_text(path.read_text(encoding="utf-8") + rule, encoding="utf-8")
    items = load_catalog(root).items
    keep_scenarios(dict.fromkeys(items, True), items, root)
    assert _told("stats")["scale"] == {"gold": 1, "silver": 2, "bronze": 0, "unranked": 0}
    assert "模拟居民试过" not in _run("stats").stdout

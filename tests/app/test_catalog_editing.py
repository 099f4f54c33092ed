"""`./onecall catalog new, preview, diff, export, import`, as a maintainer runs them."""

import json
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

import app.revisions
from app.cli import command_line
from app.revisions import catalogue_at
from app.setup.errors import SetupError
from services_catalog.editing.new import asks, drafted, write_new, wrong
from services_catalog.editing.sheet import raw_items
from services_catalog.lint.run import errors, lint
from services_catalog.loader import CATALOG_DIR, Catalog, load_catalog

ITEM = "canji-zheng-shenling"
ANSWERS = [
    "xin-butie", "minzheng", "新补贴申领", "新补贴", "新补贴钱\n新的补贴\n", "给有需要的老人按月发的一笔补贴。", "区民政局", "行政给付", "街道", "区",
    "1 2", "10", "不收费", "2", "1 3", "本区户籍\n", "居民身份证 原件\n户口簿 原件\n", "街道先看材料，再打电话通知您。", "",
    "区民政局的通知", "听说老人每个月能领一笔新的钱，怎么弄？",
]  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the whole catalogue."""
    for name in ("departments.yml", "windows.yml", "fields.yml"):
        shutil.copy(CATALOG_DIR / name, tmp_path)
    for name in ("items", "utterances", "templates"):
        shutil.copytree(CATALOG_DIR / name, tmp_path / name)
    return tmp_path


def _run(*arguments: str, said: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(command_line(["catalog"]), ["catalog", *arguments], input=said)
    return done.exit_code, done.output


def test_a_new_item_is_asked_for_in_chinese_and_loads_and_lints_clean(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services_catalog.loader.CATALOG_DIR", root)
    monkeypatch.setattr(load_catalog, "__defaults__", (root,))
    monkeypatch.setattr(write_new, "__defaults__", (root,))
    said = "\n".join(["不行 的", ITEM, *ANSWERS]) + "\n"
    status, output = _run("new", said=said)
    assert status == 0, output
    assert "已经有" in output and "归哪个部门组" in output
    item = load_catalog(root).items["xin-butie"]
    assert (item.call_it, item.spoken_names, item.window) == ("新补贴", ["新补贴钱", "新的补贴"], "chuangkou-1")
    found = [each for each in errors(lint(root)) if "xin-butie" in str(each.path)]
    assert found == []


def test_a_new_item_takes_over_the_form_of_another_and_never_overwrites(root: Path, catalog: Catalog) -> None:
    given = {
        "id": "xin", "department": "canlian 残联", "name": "新证申领", "call_it": "新证", "spoken_names": ["新证"], "summary": "一句话。",
        "agency": "区残联", "type": "行政确认", "accept": "街道", "decide": "区", "modes": ["窗口"], "days": "", "free": "收费",
        "level": "自己申报就行", "applicants": ["本人"], "conditions": ["本区户籍"], "materials": [], "next_step": "等电话。",
        "legal_basis": [], "source": "通知", "opening": "想弄一个",
    }  # fmt: skip
    like = raw_items(root)[ITEM]
    raw = drafted(catalog, given, date(2026, 11, 25), like)
    path = write_new(raw, root)
    loaded = load_catalog(root).items["xin"]
    assert [field.key for field in loaded.fields] == [field.key for field in catalog.items[ITEM].fields]
    assert (loaded.unknown, loaded.time_limit.promised, loaded.fee.free) == (["承诺办结的天数"], None, False)
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        write_new(raw, root)
    assert path.read_bytes() == before


def test_an_answer_that_cannot_be_taken_is_told_why(catalog: Catalog) -> None:
    by_key = {ask.key: ask for ask in asks(catalog)}
    given = {"name": "新证申领"}
    for key, answer in (
        ("id", ITEM), ("id", "Ab C"), ("name", catalog.items[ITEM].name), ("days", "很快"), ("days", "400"),
        ("materials", ["户口簿"]), ("opening", "我要新证申领"),
    ):  # fmt: skip
        reason = wrong(catalog, by_key[key], answer, given)
        assert reason is not None and not reason.isascii(), key
    assert wrong(catalog, by_key["days"], "", given) is None


def test_a_preview_shows_guide_and_conversation_also_as_one_file(tmp_path: Path, catalog: Catalog) -> None:
    status, output = _run("preview", ITEM)
    assert status == 0
    for told in (
        "【要带什么】",
        "户口簿",
        "居民：" + catalog.items[ITEM].opening,
        "确认提交",
        catalog.items[ITEM].next_step,
    ):
        assert told in output
    page = tmp_path / "page.html"
    assert _run("preview", ITEM, "--html", str(page))[0] == 0
    text = page.read_text(encoding="utf-8")
    assert "<style>" in text and 'href="/' not in text and "src=" not in text
    assert _run("preview", "none")[0] == 1


def test_a_diff_with_another_folder_is_sentences_and_json(root: Path) -> None:
    path = root / "items" / "canlian" / f"{ITEM}.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("days: 20", "days: 30"), encoding="utf-8")
    status, output = _run("diff", str(root))
    assert (status, "残疾证（canji-zheng-shenling）" in output) == (0, True)
    assert "  · 承诺时间从30个工作日变成20个" in output
    told = json.loads(_run("diff", str(root), "--json")[1])
    assert told["changes"] == [{"item": ITEM, "name": "残疾证", "sentences": ["承诺时间从30个工作日变成20个"]}]


def test_a_revision_is_unpacked_from_git_and_one_that_is_not_there_is_a_sentence(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.revisions, "CATALOG_DIR", root)
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com", "-C", str(root)]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *arguments], check=True)
    (root / "windows.yml").write_text("", encoding="utf-8")
    found = catalogue_at("HEAD", tmp_path / "unpacked")
    assert (found / "windows.yml").read_text(encoding="utf-8") != ""
    for revision in ("none", "--output=x", "HEAD~9", ""):
        with pytest.raises(SetupError):
            catalogue_at(revision, tmp_path / "other")


def test_tables_go_out_and_come_back_by_command(tmp_path: Path) -> None:
    table = tmp_path / "目录.csv"
    assert _run("export", "--csv", str(table))[0] == 0
    status, output = _run("import", str(table), "--dry-run")
    assert (status, output.strip()) == (0, "0 个文件。")
    text = table.read_text(encoding="utf-8-sig").replace(",行政给付,", ",,", 1)
    table.write_text(text, encoding="utf-8-sig")
    status, output = _run("import", str(table), "--dry-run")
    assert status == 1
    assert "“事项”第" in output and "缺少这一项" in output
    assert _run("import", str(tmp_path / "none.xlsx"))[0] == 1
    assert _run("export")[0] == 1

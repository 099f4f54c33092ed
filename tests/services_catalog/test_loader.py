"""Every broken catalogue file is refused with its file, its line and the reason."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from services_catalog.loader import CATALOG_DIR, CatalogErrors, load_catalog
from services_catalog.yaml_source import CatalogError

ITEM = "items/yibao/yidi-beian.yml"
OTHER = "items/yibao/lingxing-baoxiao.yml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small catalogue: the real shared files and two real items."""
    for name in ("departments.yml", "windows.yml", "fields.yml"):
        shutil.copy(CATALOG_DIR / name, tmp_path)
    for name in (ITEM, OTHER):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CATALOG_DIR / name, tmp_path / name)
    (tmp_path / OTHER).write_text(_without_confusables((tmp_path / OTHER).read_text()))
    return tmp_path


def _without_confusables(content: str) -> str:
    lines, kept, inside = content.splitlines(keepends=True), [], False
    for line in lines:
        inside = line.startswith("confusable_with:") or (inside and line.startswith((" ", "-")))
        if not inside:
            kept.append(line)
    return "".join(kept)


def _findings(root: Path) -> list[CatalogError]:
    with pytest.raises(CatalogErrors) as raised:
        load_catalog(root)
    return raised.value.findings


def _finding(root: Path) -> CatalogError:
    [finding] = _findings(root)
    assert str(finding) == f"{finding.path}:{finding.line}: {finding.reason}"
    return finding


def _replace(old: str, new: str) -> Callable[[str], str]:
    def change(content: str) -> str:
        assert content.count(old) == 1, old
        return content.replace(old, new)

    return change


def _line_of(path: Path, start: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if line.startswith(start))


def test_the_small_catalogue_itself_is_fine(root: Path) -> None:
    assert set(load_catalog(root).items) == {"yidi-beian", "lingxing-baoxiao"}


BROKEN = {
    "a text where a list belongs": (_replace("spoken_names: [", "spoken_names: x # ["), "spoken_names:", "列表"),
    "a word where a number belongs": (_replace("days: 0", "days: 很快"), "  promised:", "整数"),
    "a word where yes or no belongs": (_replace("zero_trip: false", "zero_trip: 不一定"), "zero_trip:", "true 或 false"),
    "an empty text": (_replace("call_it: 异地看病备案", 'call_it: ""'), "call_it:", "不能为空"),
    "no applicants": (
        _replace("  - {kind: self, label: 本人}\n  - {kind: family, label: 家属代办}\n", "  []\n"),
        "applicants:",
        "至少要有一条",
    ),
    "an unknown key": (_replace("kiosk: true", "kiosk: true\ncolour: 红"), "colour:", "不认识这个键"),
    "an unknown key of a field": (
        _replace("example: 上海市}", "example: 上海市, colour: 红}"),
        "  - {key: destination",
        "不认识这个键",
    ),
    "a key given twice": (_replace("kiosk: true", "kiosk: true\nkiosk: true"), "", "kiosk 写了两次"),
    "two fields of one key": (_replace("key: hospital", "key: destination"), "", "destination 出现了两次"),
    "a condition on a later field": (
        _replace("ask_if: {field: record_type", "ask_if: {field: start_date"),
        "",
        "只能看它前面的字段",
    ),
    "a condition on no field": (_replace("ask_if: {field: record_type", "ask_if: {field: nothing"), "", "没有找到"),
    "a tab": (_replace("kiosk: true", "kiosk:\n\ttrue"), "\ttrue", "YAML 写法不对"),
    "a list": (lambda content: "- " + content.partition("\n")[2].replace("\n", "\n  "), "- id", "“键: 值”"),
    "two documents": (lambda content: content + "---\nid: x\n", "", "YAML"),
    "an alias": (_replace("kiosk: true", "kiosk: &k true\nfree: *k"), "free:", "别名"),
    "an unknown department": (_replace("department: yibao", "department: jiaotong"), "department:", ""),
    "an unknown window": (_replace("window: chuangkou-2", "window: chuangkou-9"), "window:", "windows.yml 里没有"),
    "an unknown shared field": (_replace("{use: phone}", "{use: fax}"), "  - {use: fax", "没有共用字段 fax"),
    "an unknown field type": (_replace("type: text, label: 就医地", "type: place, label: 就医地"), "  - {key: dest", ""),
    "an opening with the official name": (
        _replace("怎么登记？", "怎么办异地就医备案？"),
        "",
        "opening 不能含有正式名称",
    ),
    "an unknown confusable item": (
        _replace("{item: lingxing-baoxiao", "{item: nothing-like-it"),
        "  - {item: nothing",
        "没有 nothing-like-it 这个事项",
    ),
    "a date that is none": (_replace("last_reviewed: 2026-11-22", "last_reviewed: 昨天"), "last_reviewed:", ""),
    "modes that contradict zero_trip": (_replace("zero_trip: false", "zero_trip: true"), "", "不一致"),
    "an object from Python": (_replace("kiosk: true", "kiosk: !!python/object/apply:os.getcwd []"), "", "YAML"),
    "a text without an example": (_replace(", example: 上海市}", "}"), "  - {key: destination", "必须有 example"),
    "one choice": (
        _replace("[退休后住外地, 长期住外地, 在外地工作, 转去外地医院, 在外地急诊]", "[转去外地医院]"),
        "  - {key: record_type",
        "choices 要 2 到 12 个",
    ),
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_item_is_refused_with_file_line_and_reason(root: Path, broken: str) -> None:
    change, start, reason = BROKEN[broken]
    path = root / ITEM
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    finding = _findings(root)[0]
    assert finding.path == path
    assert reason in finding.reason
    assert finding.reason
    if start:
        assert finding.line == _line_of(path, start)


@pytest.mark.parametrize("key", ["id", "name", "fields", "opening", "last_reviewed", "time_limit"])
def test_a_missing_key_is_named(root: Path, key: str) -> None:
    path = root / ITEM
    content = path.read_text(encoding="utf-8").replace(f"\n{key}:", f"\n# {key}:")
    if key in ("fields", "time_limit"):
        lines = content.splitlines(keepends=True)
        first = next(n for n, line in enumerate(lines) if line.startswith(f"# {key}:"))
        while lines[first + 1].startswith("  "):
            del lines[first + 1]
        content = "".join(lines)
    path.write_text(content, encoding="utf-8")
    assert _finding(root).reason == f"{key}：缺少这一项"


def test_a_file_not_named_after_its_id_is_refused(root: Path) -> None:
    (root / ITEM).rename(root / "items/yibao/other.yml")
    finding = _finding(root)
    assert (finding.path.name, finding.line, finding.reason) == ("other.yml", 2, "文件名应当与 id 相同：yidi-beian.yml")


def test_an_item_in_the_folder_of_another_department_is_refused(root: Path) -> None:
    (root / "items/renshe").mkdir()
    (root / ITEM).rename(root / "items/renshe/yidi-beian.yml")
    assert "应当放在 items/yibao/ 里" in _finding(root).reason


def test_two_files_of_one_item_are_refused(root: Path) -> None:
    (root / "items/renshe").mkdir()
    shutil.copy(root / ITEM, root / "items/renshe/yidi-beian.yml")
    assert _findings(root)


def test_a_file_in_another_encoding_is_refused_with_the_line(root: Path) -> None:
    path = root / ITEM
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    finding = _finding(root)
    assert (finding.line, finding.reason) == (3, "不是 UTF-8 编码")


def test_a_file_of_five_megabytes_is_refused_without_being_parsed(root: Path) -> None:
    (root / ITEM).write_text("# " + "x" * 5_000_000)
    assert "超过 512 KB" in _finding(root).reason


def test_aliases_that_would_grow_without_bound_are_refused(root: Path) -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    (root / ITEM).write_text("\n".join(rows))
    finding = _finding(root)
    assert (finding.line, "别名" in finding.reason) == (2, True)


def test_nesting_without_end_is_refused(root: Path) -> None:
    (root / ITEM).write_text("a: " + "[" * 100_000)
    assert "嵌套超过" in _finding(root).reason


@pytest.mark.parametrize("content", ["", "# nothing\n", "just words", "42"])
def test_a_file_that_is_no_mapping_is_refused(root: Path, content: str) -> None:
    (root / ITEM).write_text(content)
    assert "“键: 值”" in _finding(root).reason


def test_a_missing_shared_file_is_refused(root: Path) -> None:
    (root / "windows.yml").unlink()
    assert any(f.path.name == "windows.yml" and "读不了" in f.reason for f in _findings(root))


def test_everything_wrong_in_several_files_is_told_at_once(root: Path) -> None:
    (root / ITEM).write_text("id: [")
    (root / OTHER).write_text((root / OTHER).read_text().replace("\nname:", "\nnome:"))
    (root / "departments.yml").write_text("departments:\n  - {id: yibao}\n")
    findings = _findings(root)
    assert {finding.path.name for finding in findings} == {"yidi-beian.yml", "lingxing-baoxiao.yml", "departments.yml"}


@pytest.mark.parametrize("name", ["departments.yml", "windows.yml", "fields.yml"])
def test_a_shared_file_of_the_wrong_shape_is_a_finding_and_not_a_crash(root: Path, name: str) -> None:
    for content in (
        "departments: 5\nwindows: 5\nproxy: 5\nshared: 5\n",
        "departments: [5]\nwindows: [5]\nproxy: [5]\n",
    ):
        (root / name).write_text(content)
        assert any(finding.path == root / name for finding in _findings(root))


def test_a_shared_field_named_by_anything_but_a_word_is_refused(root: Path) -> None:
    path = root / ITEM
    path.write_text(path.read_text().replace("{use: phone}", "{use: [phone]}"))
    assert "没有共用字段" in _finding(root).reason


RULED = "items/minzheng/gaoling-jintie.yml"


@pytest.mark.parametrize(
    ("old", "new", "start", "reason"),
    [
        ("at_least: 80", "at_least: 80 / 0", "      - {fact: age", "应当是整数"),
        ("fact: age", "fact: shoe_size", "      - {fact: shoe_size", "facts.yml 里没有 shoe_size 这个事实"),
        ("says: 1}", "says: 9}", "eligibility:", "says 是 9，conditions 只有 3 条"),
    ],
)
def test_a_broken_rule_is_named_with_its_line(root: Path, old: str, new: str, start: str, reason: str) -> None:
    (root / RULED).parent.mkdir(parents=True, exist_ok=True)
    content = _without_confusables((CATALOG_DIR / RULED).read_text(encoding="utf-8"))
    (root / RULED).write_text(_replace(old, new)(content), encoding="utf-8")
    finding = _finding(root)
    assert finding.path.name == "gaoling-jintie.yml"
    assert finding.line == _line_of(root / RULED, start)
    assert reason in finding.reason

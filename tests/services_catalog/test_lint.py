"""Lint finds every mistake of every file, explains it, and lets nothing of a file bring it down."""

import shutil
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.bench.many_items import write_catalogue
from services_catalog.lint.codes import Code, codes
from services_catalog.lint.finding import Finding, Severity
from services_catalog.lint.run import errors, lint
from services_catalog.yaml_source import LONGEST, Fault

TODAY = date(2026, 11, 25)
ITEM = Path("items/minzheng/shili-0.yml")
SAID = Path("utterances/minzheng/shili-0.yml")
FILES = {"items": ITEM, "utterances": SAID}
WITHOUT_EXAMPLE = {"Y101", "Y102", "Y103", "Y111", "T406", "P601", "E902"}
"""Codes that no few lines of YAML can show; each has a test of its own below."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of two items without a mistake."""
    root = tmp_path_factory.mktemp("made")
    write_catalogue(root, 2)
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    """A copy of the catalogue, to be spoiled."""
    return Path(shutil.copytree(made, tmp_path / "catalogue"))


def _found(root: Path) -> list[Finding]:
    return lint(root, today=TODAY)


def _codes(root: Path) -> set[str]:
    return {finding.code for finding in _found(root)}


def _with(lines: str, base: str) -> str:
    """The item with the entries that `lines` give instead of its own."""
    keys = {line.split(":")[0] for line in lines.splitlines() if ":" in line and not line.startswith((" ", "\t", "-"))}
    kept, inside = [], False
    for line in base.splitlines():
        if not line.startswith((" ", "-")):
            inside = line.split(":")[0] in keys
        if not inside:
            kept.append(line)
    return "\n".join([*kept, lines, ""])


def _write_example(root: Path, code: Code, example: str) -> None:
    path = root / FILES.get(code.file or "", ITEM)
    path.write_text(example if code.file else _with(example, path.read_text(encoding="utf-8")), encoding="utf-8")


def test_a_catalogue_without_a_mistake_has_no_finding(root: Path) -> None:
    assert _found(root) == []


def test_the_catalogue_itself_has_no_error_and_no_warning() -> None:
    assert [finding for finding in lint() if finding.severity is not Severity.INFO] == []


@pytest.mark.parametrize("code", [code for code in codes().values() if code.wrong], ids=lambda code: code.code)
def test_every_wrong_example_is_found_and_every_mended_one_is_not(root: Path, code: Code) -> None:
    spoiled = Path(shutil.copytree(root, root.parent / "spoiled"))
    _write_example(spoiled, code, code.wrong or "")
    found = next(finding for finding in _found(spoiled) if finding.code == code.code)
    assert (found.severity, found.remedy) == (code.severity, code.remedy)
    assert found.what
    assert found.path.is_relative_to(spoiled)
    assert 1 <= found.line <= len(found.path.read_text(encoding="utf-8").splitlines()) + 1
    if code.right is not None:
        _write_example(root, code, code.right)
        assert code.code not in _codes(root)
        assert errors(_found(root)) == []


def test_every_code_is_explained_and_every_reason_of_the_reader_has_one() -> None:
    assert {code.code for code in codes().values() if not code.wrong} == WITHOUT_EXAMPLE
    assert {fault.value for fault in Fault} <= codes().keys()
    for code in codes().values():
        assert code.summary and code.remedy.endswith("。")
    assert all(codes()[fault].severity is Severity.ERROR for fault in Fault)


def test_a_code_is_given_once() -> None:
    written = yaml.safe_load((Path(lint.__code__.co_filename).parent / "codes.yml").read_text(encoding="utf-8"))
    assert len(written) == len({entry["code"] for entry in written})


def test_a_finding_names_the_line_of_the_entry(root: Path) -> None:
    path = root / ITEM
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next(n for n, line in enumerate(lines) if "paid_elsewhere, type" in line)
    lines[number] = lines[number].replace("在别的地方领过吗？", "在别的地方领过吗？领了多少？")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    [finding] = _found(root)
    assert (finding.code, finding.path, finding.line) == ("T404", path, number + 1)


def test_every_mistake_of_a_file_is_told_and_one_file_hides_nothing_of_another(root: Path) -> None:
    path = root / ITEM
    content = path.read_text(encoding="utf-8").replace("days: 5", "days: 很快").replace("kiosk: false\n", "")
    path.write_text(content.replace("identity:", "identitaet:"), encoding="utf-8")
    other = root / "items/canlian/shili-1.yml"
    other.write_text(other.read_text(encoding="utf-8").replace("last_reviewed: 2026", "last_reviewed: 2020"))
    (root / SAID).write_text("utterances: 5\n")
    found = sorted((str(finding.path.relative_to(root)), finding.code) for finding in _found(root))
    own = [(str(ITEM), code) for code in ("S201", "S201", "S202", "S203")]
    assert found == [("items/canlian/shili-1.yml", "F502"), *own, (str(SAID), "S207")]


def _link(path: Path, to: Path) -> None:
    path.unlink()
    path.symlink_to(to)


SPOILED: dict[str, tuple[str, Callable[[Path], object]]] = {
    "a link to nowhere": ("Y101", lambda path: _link(path, path.parent / "nowhere")),
    "a link to itself": ("Y101", lambda path: _link(path, path)),
    "a file of five megabytes": ("Y102", lambda path: path.write_bytes(b"# " + b"x" * 5_000_000)),
    "a number that takes for ever to read": ("Y102", lambda path: path.write_text("a: 1" + ":1" * LONGEST)),
    "another encoding": ("Y103", lambda path: path.write_bytes(path.read_bytes().decode().encode("gb18030"))),
    "a file nothing reads": ("Y111", lambda path: path.rename(path.with_suffix(".yaml"))),
    "utterances of no item": ("T406", lambda path: path.unlink()),
    "nothing at all": ("Y109", lambda path: path.write_text("")),
    "bytes of no text": ("Y104", lambda path: path.write_bytes(b"id: \x00")),
    "an object from Python": ("Y104", lambda path: path.write_text("id: !!python/object/apply:os.getcwd []\n")),
    "a million laughs": (
        "Y105",
        lambda path: path.write_text("\n".join(["a: &a [x]", *(f"b{n}: [*a, *a, *a]" for n in range(1000))])),
    ),
    "brackets without end": ("Y106", lambda path: path.write_text("a: " + "[" * 100_000)),
}  # fmt: skip


@pytest.mark.parametrize("spoiled", SPOILED)
def test_a_file_that_cannot_be_used_is_a_finding(root: Path, spoiled: str) -> None:
    code, spoil = SPOILED[spoiled]
    spoil(root / ITEM)
    assert code in _codes(root)


def test_a_department_that_asks_what_is_sensitive_says_how_long_it_is_kept(root: Path) -> None:
    path = root / "departments.yml"
    lines = path.read_text(encoding="utf-8").splitlines()
    first = next(number for number, line in enumerate(lines) if "retention:" in line)
    path.write_text("\n".join([*lines[:first], *lines[first + 1 :]]), encoding="utf-8")
    [finding] = _found(root)
    assert (finding.code, finding.path, finding.line) == (
        "P601",
        path,
        1 + next(n for n, line in enumerate(lines) if "- id: minzheng" in line),
    )


@pytest.mark.parametrize("name", ["departments.yml", "windows.yml", "fields.yml"])
def test_a_catalogue_without_a_shared_file_is_a_finding(root: Path, name: str) -> None:
    (root / name).unlink()
    assert ("Y101", root / name) in {(finding.code, finding.path) for finding in _found(root)}


@pytest.mark.parametrize("name", ["departments.yml", "windows.yml"])
def test_a_list_that_cannot_be_read_is_told_once_and_not_by_every_item(root: Path, name: str) -> None:
    (root / name).write_text("departments: [")
    assert [(finding.code, finding.path) for finding in errors(_found(root))] == [("Y104", root / name)]


def test_a_department_with_a_window_that_is_not_there_is_an_error(root: Path) -> None:
    path = root / "departments.yml"
    content = path.read_text(encoding="utf-8")
    path.write_text(content.replace("window: chuangkou-4", "window: chuangkou-9"), encoding="utf-8")
    wrong = [number for number, line in enumerate(content.splitlines(), start=1) if "window: chuangkou-4" in line]
    assert [(finding.code, finding.line) for finding in _found(root)] == [("S206", line) for line in wrong]


def test_items_called_the_same_need_to_be_told_apart_from_both_sides(root: Path) -> None:
    one, other = root / ITEM, root / "items/canlian/shili-1.yml"
    for path, called in ((one, "老人 钱"), (other, "老人钱")):
        content = path.read_text(encoding="utf-8")
        path.write_text(content.replace("spoken_names: [", f"spoken_names: [{called}, "), encoding="utf-8")
    assert [finding.code for finding in _found(root)] == ["N301", "N301"]
    confusable = "confusable_with: [{item: shili-1, tell_apart: 每月发的}]\n"
    one.write_text(one.read_text(encoding="utf-8") + confusable, encoding="utf-8")
    assert [finding.code for finding in _found(root)] == ["N301", "N302"]
    confusable = "confusable_with: [{item: shili-0, tell_apart: 一年发一次的}]\n"
    other.write_text(other.read_text(encoding="utf-8") + confusable, encoding="utf-8")
    assert _found(root) == []


_CHARACTERS = st.sampled_from("abc: -[]{}\"'#&*!|>%@`,?\n\t\r 事项是1.5e\0\ufeff~<=")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200) | st.text(_CHARACTERS, max_size=200).map(str.encode))
@example(content=b"? [a]\n: b")
@example(content=b"? {a: b}\n: c")
@example(content=b"<<: {a: b}\nid: 1")
@example(content=b"1: 2\nnull: 3\n2026-02-31: x")
@example(content=b"fields: [{use: [1]}, {use: name, 1: 2}, 5]")
@example(content=b"a: !!binary x")
@example(content=b"a: 0x" + b"f" * 9000)
def test_any_bytes_as_an_item_are_findings_and_never_a_crash(made: Path, content: bytes) -> None:
    path = made / ITEM
    before = path.read_bytes()
    try:
        path.write_bytes(content)
        assert [finding.path for finding in errors(_found(made)) if finding.path == path]
    finally:
        path.write_bytes(before)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_value_anywhere_in_an_item_is_a_finding_or_fine_and_never_a_crash(made: Path, data: st.DataObject) -> None:
    path = made / ITEM
    before = path.read_bytes()
    item = yaml.safe_load(before)
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | st.text(max_size=20)
    keys = st.text(max_size=5) | st.integers()
    values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3))
    item[data.draw(st.sampled_from(sorted(item)))] = data.draw(values)
    try:
        path.write_text(yaml.safe_dump(item, allow_unicode=True), encoding="utf-8")
        assert all(finding.what for finding in _found(made))
    finally:
        path.write_bytes(before)


def test_ten_times_the_items_take_about_ten_times_as_long(tmp_path: Path) -> None:
    took = {}
    for count in (132, 1320):
        write_catalogue(tmp_path / str(count), count)
        began = time.process_time()
        assert errors(_found(tmp_path / str(count))) == []
        took[count] = time.process_time() - began
    assert took[1320] < 20 * took[132]


RULE = "eligibility: {rule: {fact: age, at_least: 80, says: 1}}"


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ("examples:\n  - {person: {age: 81}, expect: eligible, why: [age]}\n", []),
        ("examples:\n  - {person: {age: 81}, expect: eligible, why: [age]}\n"
         "  - {person: {age: 79}, expect: eligible, why: [age]}\n", [("E902", 3)]),
        ("examples:\n  - {person: {age: 81}, expect: eligible, why: [hukou]}\n", [("E902", 2)]),
        ("examples:\n  - {person: {age: 900}, expect: not, why: []}\n", [("S203", 2)]),
        ("examples: {\n", [("Y104", 2)]),
    ],
)  # fmt: skip
def test_an_example_of_a_person_is_held_against_the_rule(
    root: Path, people: str, expected: list[tuple[str, int]]
) -> None:
    (root / ITEM).write_text(_with(RULE, (root / ITEM).read_text(encoding="utf-8")), encoding="utf-8")
    folder = root / "eligibility_examples" / "minzheng"
    folder.mkdir(parents=True)
    (folder / "shili-0.yml").write_text(people, encoding="utf-8")
    assert [(finding.code, finding.line) for finding in _found(root)] == expected

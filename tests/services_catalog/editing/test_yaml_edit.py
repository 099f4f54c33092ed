"""Changing a value changes that value, and nothing else of the text."""

import copy
from collections.abc import Callable
from datetime import date
from difflib import unified_diff
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services_catalog.editing.yaml_edit import EditFailed, edited, entry, inline
from services_catalog.loader import CATALOG_DIR

TEXT = """\
# what this file is
id: x   # never changes
# how it is called
names: [a, "b, c", d]
levels: {accept: 街道, decide: 区}
conditions:
  - one   # the first
  # on the second
  - two
  - {a: 1, b: 'q'}
time:
  promised: {days: 20}
  # counted from acceptance
  note: hi
empty: []
folded: >
  some
  words
last: z
# the end
"""


def _changed(change: Callable[[dict[str, Any]], object]) -> tuple[str, list[str]]:
    data = yaml.safe_load(TEXT)
    change(data)
    text = edited(TEXT, data)
    assert yaml.safe_load(text) == data
    lines = unified_diff(TEXT.splitlines(), text.splitlines(), n=0, lineterm="")
    return text, [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def _set(*path: Any) -> Callable[[dict[str, Any]], object]:
    def change(data: Any) -> None:
        *way, last, value = path
        for step in way:
            data = data[step]
        data[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (_set("time", "promised", "days", 15), ["-  promised: {days: 20}", "+  promised: {days: 15}"]),
        (_set("id", "y"), ["-id: x   # never changes", "+id: y   # never changes"]),
        (_set("names", 1, "b"), ['-names: [a, "b, c", d]', "+names: [a, b, d]"]),
        (lambda data: data["names"].append("yes"), ['-names: [a, "b, c", d]', '+names: [a, "b, c", d, "yes"]']),
        (lambda data: data["conditions"].pop(0), ["-  - one   # the first"]),
        (lambda data: data["conditions"].insert(1, "新的"), ["+  - 新的"]),
        (lambda data: data["conditions"].append("a: b"), ['+  - "a: b"']),
        (lambda data: data["time"].pop("note"), ["-  note: hi"]),
        (_set("new", ["x"]), ["+new: [x]"]),
        (_set("empty", [{"k": "v"}]), ["-empty: []", "+empty:", "+  - {k: v}"]),
        (_set("folded", "word"), ["-folded: >", "-  some", "-  words", "+folded: word"]),
        (_set("conditions", []), ["-conditions:", "-  - one   # the first", "-  # on the second", "-  - two",
                                  "-  - {a: 1, b: 'q'}", "+conditions: []"]),
    ],
)  # fmt: skip
def test_only_the_changed_lines_change(change: Callable[[dict[str, Any]], object], lines: list[str]) -> None:
    assert _changed(change)[1] == lines


def test_comments_stay_when_what_they_stand_above_goes() -> None:
    text, _ = _changed(lambda data: (data.pop("id"), data["conditions"].pop(1), data.pop("last")))
    for comment in ("# what this file is", "# how it is called", "# on the second", "# the end"):
        assert comment in text


def test_the_same_values_give_the_same_text_whatever_it_looks_like() -> None:
    for text in (TEXT, "a: 1", "{a: 1}\n", "a:   'x'  \n\n\n"):
        assert edited(text, yaml.safe_load(text)) == text


def test_what_is_no_mapping_is_refused() -> None:
    with pytest.raises(EditFailed):
        edited("- a\n", {"a": 1})


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 9999) | WORDS | st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcde"), inner, max_size=4),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(st.sampled_from(["id", "names", "levels", "time", "new"]), VALUES, min_size=1)


@given(VALUES)
def test_a_value_in_one_line_is_read_as_itself(value: Any) -> None:
    assert yaml.safe_load(f"k: {inline(value)}\n") == {"k": value}


@given(DOCUMENTS, DOCUMENTS)
def test_any_document_can_become_any_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    text = "# kept\n" + "".join(entry(key, value) for key, value in before.items())
    changed = edited(text, after)
    assert yaml.safe_load(changed) == after
    assert changed.startswith("# kept\n")


REAL = sorted(CATALOG_DIR.glob("items/*/*.yml"))


@given(st.sampled_from(REAL), st.randoms(use_true_random=False))
def test_a_real_item_takes_any_change_of_its_lists(path: Any, dice: Any) -> None:
    text = path.read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    wanted = copy.deepcopy(data)
    for key, value in list(wanted.items()):
        if isinstance(value, list) and value:
            at = dice.randrange(len(value))
            dice.choice(
                (lambda v, n: v.pop(n), lambda v, n: v.insert(n, copy.deepcopy(v[n])), lambda v, n: v.reverse())
            )(value, at)
        elif dice.random() < 0.2:
            del wanted[key]
    changed = edited(text, wanted)
    assert yaml.safe_load(changed) == wanted
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert [line for line in changed.splitlines() if line.startswith("#")] == comments

"""The unseen sentences stay unseen: they measure, so nothing may be learnt from them."""

import csv
from pathlib import Path

import pytest
import yaml

from services_catalog.index import read_utterances
from services_catalog.lint.text import folded
from services_catalog.loader import load_catalog

HERE = Path(__file__).parent
GENERIC = HERE.parent.parent / "bot" / "training" / "nlu"
FILES = sorted(HERE.glob("unseen_*.tsv"))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def learnt() -> set[str]:
    catalog = load_catalog()
    said = {text for item in catalog.items.values() for texts in read_utterances(item).values() for text in texts}
    for path in GENERIC.rglob("*.yml"):
        for entry in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["nlu"]:
            said |= {line.removeprefix("- ") for line in entry["examples"].splitlines()}
    return {folded(text) for text in said}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_unseen_sentence_about_a_matter_is_learnt(path: Path, learnt: set[str]) -> None:
    about = [row["text"] for row in rows(path) if row["item_id"] != "-" or row["intent"] == "out_of_scope"]
    assert [text for text in about if folded(text) in learnt] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_fifth_or_so_is_about_no_item_and_the_others_are_about_all_of_them(path: Path) -> None:
    asked = [row["item_id"] for row in rows(path)]
    assert 0.15 <= asked.count("-") / len(asked) <= 0.25
    assert set(asked) - {"-"} == set(load_catalog().items)

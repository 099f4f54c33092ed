"""One sentence more in a file of utterances, and nothing else changed in it."""

import difflib
import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services_catalog.editing.sentences import (
    add_example,
    add_utterance,
    key_of,
    known_sentences,
    with_example,
)
from services_catalog.editing.yaml_edit import EditFailed
from services_catalog.index import read_utterances
from services_catalog.loader import Catalog, load_catalog
from tests.support.small_catalogue import small_catalogue

TRAINING = Path(__file__).parents[3] / "bot" / "training" / "nlu"
DOG = "yangquan-dengji"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return small_catalogue(tmp_path)


def _added(before: str, after: str) -> list[str]:
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[:2] in ("+ ", "- ")]


def test_a_sentence_is_added_under_its_intent_and_no_other_line_changes(small: Path) -> None:
    item = load_catalog(small).items[DOG]
    before = (small / "utterances/chengguan" / f"{DOG}.yml").read_text(encoding="utf-8")
    path = add_utterance(item, "ask_fee", "小狗上牌,要交钱的吗?", small)
    (line,) = _added(before, path.read_text(encoding="utf-8"))
    assert line.strip('+ -"') == "小狗上牌,要交钱的吗?"
    assert read_utterances(item, small)["ask_fee"].count("小狗上牌,要交钱的吗?") == 1


def test_an_intent_nobody_had_yet_and_an_item_without_a_file_get_one(small: Path) -> None:
    item = load_catalog(small).items[DOG]
    add_utterance(item, "verify_identity", "要刷脸吗", small)
    assert read_utterances(item, small)["verify_identity"][0] == "要刷脸吗"
    (small / "utterances/chengguan" / f"{DOG}.yml").unlink()
    path = add_utterance(item, "apply", "给狗上户口", small)
    assert read_utterances(item, small) == {"apply": ["给狗上户口"]}
    assert path.read_text(encoding="utf-8").startswith("# yaml-language-server")


def test_an_example_is_added_to_rasas_file_and_no_other_line_changes(tmp_path: Path) -> None:
    path = Path(shutil.copy(TRAINING / "out_of_scope.yml", tmp_path))
    before = path.read_text(encoding="utf-8")
    add_example(path, "out_of_scope", "我家wifi坏了")
    assert _added(before, path.read_text(encoding="utf-8")) == ["+       - 我家wifi坏了"]


def test_a_file_without_the_intent_is_not_written_to(tmp_path: Path) -> None:
    path = Path(shutil.copy(TRAINING / "out_of_scope.yml", tmp_path))
    before = path.read_bytes()
    with pytest.raises(EditFailed):
        add_example(path, "no_such_intent", "你好")
    assert path.read_bytes() == before


FILE = 'version: "3.1"\nnlu:\n  - intent: one\n    examples: |\n      - 一\n\n  # near\n  - intent: two\n    examples: |\n      - 二\n'


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30))
def test_whatever_is_added_is_read_back_and_the_other_intent_stays(sentence: str) -> None:
    found = yaml.safe_load(with_example(FILE, "one", sentence))
    assert found["nlu"][0]["examples"].split("\n- ")[-1].strip("\n") == sentence
    assert found["nlu"][1] == {"intent": "two", "examples": "- 二\n"}


def test_every_sentence_is_known_whatever_its_punctuation_and_where_it_stands(catalog: Catalog) -> None:
    known = known_sentences(TRAINING)
    item = catalog.items[DOG]
    said = read_utterances(item)["apply"][0]
    assert known[key_of(f"{said}！？")].stem == DOG
    assert known[key_of("讲个笑话。")].name == "out_of_scope.yml"

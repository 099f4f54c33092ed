"""What both sides of `./onecall bench nlu` learn from."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from app.bench.learning_data import NONE, LearningData, in_share, undecided, write_learning_data
from app.bench.nlu import how_far_in, stock_config
from app.settings import PROJECT_DIR
from app.setup.paths import Paths
from services_catalog.loader import Catalog

ITEM, OTHER = "canji-zheng-shenling", "zuidi-shenghuo-baozhang"
PATHS = Paths(PROJECT_DIR, PROJECT_DIR / ".local")


@pytest.fixture(scope="session")
def few(catalog: Catalog) -> Catalog:
    return replace(catalog, items={item_id: catalog.items[item_id] for item_id in (ITEM, OTHER)})


@pytest.fixture(scope="session")
def whole(few: Catalog, tmp_path_factory: pytest.TempPathFactory) -> LearningData:
    return write_learning_data(tmp_path_factory.mktemp("whole"), PATHS, few)


@pytest.fixture(scope="session")
def tenth(few: Catalog, tmp_path_factory: pytest.TempPathFactory) -> LearningData:
    return write_learning_data(tmp_path_factory.mktemp("tenth"), PATHS, few, 0.1)


def test_what_is_said_of_an_item_is_labelled_with_it_for_diet_as_in_the_index(whole: LearningData) -> None:
    labelled, indexed = _by_label(whole.items), _indexed(whole)
    assert labelled.keys() == {ITEM, OTHER, NONE}
    for item_id in (ITEM, OTHER):
        assert indexed[item_id] <= labelled[item_id]


def test_sentences_about_none_are_those_the_item_finder_takes_for_such(whole: LearningData) -> None:
    labelled, intents = _by_label(whole.items), _by_label(whole.intents)
    assert intents["out_of_scope"] & labelled[NONE]
    assert not intents["ambiguous"] & labelled[NONE]
    assert not labelled[NONE] & (labelled[ITEM] | labelled[OTHER])
    assert "ambiguous" in undecided(PROJECT_DIR / "config.yml")


def test_a_smaller_share_is_part_of_a_larger_one(whole: LearningData, tenth: LearningData) -> None:
    assert 0.05 * whole.sentences < tenth.sentences < 0.2 * whole.sentences
    large, small = _by_label(whole.intents), _by_label(tenth.intents)
    assert all(texts <= large[intent] for intent, texts in small.items())
    assert all(texts <= _indexed(whole)[item_id] for item_id, texts in _indexed(tenth).items())


def test_what_items_are_called_and_said_to_be_stays(tenth: LearningData, few: Catalog) -> None:
    labelled, intents = _by_label(tenth.items), _by_label(tenth.intents)
    for item in few.items.values():
        assert {item.name, item.call_it, *item.spoken_names} <= labelled[item.id] & intents["apply"]
        assert set(item.conditions) <= labelled[item.id]


def test_the_voices_of_the_item_finder_hold_nothing_that_was_left_out(tenth: LearningData) -> None:
    for entry in json.loads(tenth.index.read_text("utf-8"))["items"]:
        said = {text for texts in entry["utterances"].values() for text in texts}
        assert {text for texts in entry["voices"].values() for text in texts} <= said


def test_all_sentences_are_in_the_whole_share() -> None:
    assert all(in_share(f"第{number}句", 1.0) for number in range(200))


def test_diet_learns_as_many_rounds_as_it_is_told() -> None:
    assert stock_config(7)["pipeline"][-1]["epochs"] == 7


@pytest.mark.parametrize(
    ("log", "told"),
    [
        ("Epochs:   0%|          | 0/100 [00:00<?, ?it/s]", None),
        ("Epochs:   6%|6 | 6/100 [01:00<\rEpochs:   7%|7 | 7/100 [01:10<15:31]", "学了 7 轮，共 100 轮"),
        ("1/2 of something", None),
    ],
)
def test_how_far_a_training_is_stands_at_the_end_of_its_log(tmp_path: Path, log: str, told: str | None) -> None:
    (tmp_path / "learner.log").write_text(log, encoding="utf-8")
    assert how_far_in(tmp_path / "learner.log") == told


def test_a_training_that_wrote_no_log_yet_tells_nothing(tmp_path: Path) -> None:
    assert how_far_in(tmp_path / "none.log") is None


def _by_label(folder: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for block in yaml.safe_load((folder / "nlu.yml").read_text("utf-8"))["nlu"]:
        found.setdefault(block["intent"], set()).update(
            line.removeprefix("- ") for line in block["examples"].splitlines()
        )
    return found


def _indexed(data: LearningData) -> dict[str, set[str]]:
    return {
        entry["id"]: {" ".join(text.split()) for texts in entry["utterances"].values() for text in texts}
        for entry in json.loads(data.index.read_text("utf-8"))["items"]
    }

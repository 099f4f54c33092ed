import copy
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.components.item_finder import ItemFinder
from bot.engine.tests.conftest import ENTRIES, write_index

DOG = {
    "id": "dog-licence",
    "name": "养犬登记",
    "call_it": "狗证",
    "spoken_names": ["狗证", "养狗证"],
    "conditions": ["犬只已免疫"],
    "summary": "养狗要登记",
    "utterances": {"apply": ["我家养了只泰迪要上户口", "小狗打完疫苗来登记", "给狗办证"]},
}


@pytest.fixture
def finder(
    storage: LocalModelStorage,
    resource: Resource,
    context: ExecutionContext,
    training_data: TrainingData,
    index: Path,
) -> Iterator[ItemFinder]:
    ItemFinder.create({"undecided": []}, storage, resource, context).train(training_data)
    yield ItemFinder.load({"undecided": []}, storage, resource, context)


def _found(finder: ItemFinder, text: str) -> Any:
    message = Message({"text": text})
    finder.process([message])
    return message


def _publish(index: Path, entries: list[dict[str, Any]]) -> None:
    """Replaces the file as the application does, in one step."""
    temporary = index.with_suffix(".new")
    write_index(temporary, entries)
    temporary.replace(index)


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("我爸中风瘫了想评残", "disability-card"),
        ("残疾证找不到了补一本", "disability-card-lost"),
        ("家里没钱吃饭，想吃低保", "minimum-living"),
        ("申请底保", "minimum-living"),
    ],
)
def test_the_item_of_a_sentence_comes_first(finder: ItemFinder, text: str, item: str) -> None:
    assert _found(finder, text).get("items")[0]["id"] == item


def test_probabilities_leave_room_for_none_of_them(finder: ItemFinder) -> None:
    about = _found(finder, "我想申请低保").get("items")
    outside = _found(finder, "明天天气怎么样").get("items")
    assert sum(entry["p"] for entry in about) <= 1.001
    assert about[0]["p"] > 0.5 > outside[0]["p"]


def test_the_longest_name_wins(finder: ItemFinder) -> None:
    assert _found(finder, "残疾证丢了").get("named") == ["disability-card-lost"]
    assert _found(finder, "办低保和残疾证").get("named") == ["minimum-living", "disability-card"]
    assert _found(finder, "我想评残").get("named") == []


def test_results_are_part_of_what_actions_see(finder: ItemFinder) -> None:
    assert {"items", "named"} <= set(_found(finder, "低保").as_dict(only_output_properties=True))


def test_a_payload_is_not_touched(finder: ItemFinder) -> None:
    assert _found(finder, '/choose{"item": "低保"}').get("items") is None


def test_a_new_item_is_found_without_training(finder: ItemFinder, index: Path) -> None:
    assert _found(finder, "给我家泰迪狗登记一下").get("items")[0]["id"] != "dog-licence"
    _publish(index, [*ENTRIES, DOG])
    message = _found(finder, "给我家泰迪狗登记一下，办狗证")
    assert message.get("items")[0]["id"] == "dog-licence"
    assert message.get("named") == ["dog-licence"]


def test_a_changed_spoken_name_takes_effect(finder: ItemFinder, index: Path) -> None:
    entries = copy.deepcopy(ENTRIES)
    entries[2]["spoken_names"].append("补差钱")
    _publish(index, entries)
    assert _found(finder, "我要领补差钱").get("named") == ["minimum-living"]


def test_a_removed_item_is_gone(finder: ItemFinder, index: Path) -> None:
    _publish(index, ENTRIES[:2])
    message = _found(finder, "我想申请低保")
    assert "minimum-living" not in [entry["id"] for entry in message.get("items")]
    assert message.get("named") == []


def test_a_broken_index_leaves_the_last_good_one(
    finder: ItemFinder, index: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        index.write_text('{"format": 2, "items": [{"id"')
        assert _found(finder, "我想申请低保").get("items")[0]["id"] == "minimum-living"
    assert "last good one" in caplog.text
    _publish(index, [*ENTRIES, DOG])
    assert _found(finder, "狗证").get("named") == ["dog-licence"]


def test_without_an_index_file_the_catalogue_of_training_serves(
    finder: ItemFinder,
    storage: LocalModelStorage,
    resource: Resource,
    context: ExecutionContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ONECALL_INDEX")
    again = ItemFinder.load({"undecided": []}, storage, resource, context)
    assert _found(again, "我想申请低保").get("items")[0]["id"] == "minimum-living"


def test_what_was_left_open_before_is_read_together_with_what_leaves_it_open_too(finder: ItemFinder) -> None:
    alone = _found(finder, "来办一下").get("items")
    message = Message({"text": "来办一下", "metadata": {"before": "本子找不到了"}})
    finder.process([message])
    together = message.get("items")
    assert together[0]["id"] == "disability-card-lost"
    assert together[0]["p"] > alone[0]["p"]


def test_what_is_clear_by_itself_is_not_bent_by_what_came_before(finder: ItemFinder) -> None:
    message = Message({"text": "家里没钱吃饭想吃低保", "metadata": {"before": "残疾证丢了"}})
    finder.process([message])
    assert message.get("items") == _found(finder, "家里没钱吃饭想吃低保").get("items")
    assert message.get("named") == ["minimum-living"]

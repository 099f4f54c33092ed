from pathlib import Path

from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.components.item_finder import ItemFinder
from bot.engine.components.phrases import PhraseClassifier
from bot.engine.components.tokenizer import ChineseTokenizer
from bot.engine.explain import explain


def components(
    storage: LocalModelStorage, context: ExecutionContext, training_data: TrainingData
) -> "list[ItemFinder | PhraseClassifier | ChineseTokenizer]":
    found = []
    for kind, config in ((ItemFinder, {"undecided": []}), (PhraseClassifier, {"intents": ["human"], "longest": 8})):
        resource = Resource(kind.__name__)
        kind.create(config, storage, resource, context).train(training_data)
        found.append(kind.load(config, storage, resource, context))
    tokenizer = ChineseTokenizer.create(ChineseTokenizer.get_default_config(), storage, Resource("tokens"), context)
    return [tokenizer, *found]


def test_each_item_is_told_with_its_evidence_and_the_nearest_known_sentence(
    index: Path, storage: LocalModelStorage, context: ExecutionContext, training_data: TrainingData
) -> None:
    said = explain("办残疾证要带点什么", components(storage, context, training_data))
    first = said["items"][0]
    assert (first["id"], first["nearest"]) == ("disability-card", "办残疾证要带什么")
    assert first["evidence"]["named"] == 1
    assert 0.5 < first["evidence"]["cosine"] <= 1
    assert {"trained", "known", "alike"} <= first["evidence"].keys()
    assert [step["component"] for step in said["components"]] == ["ChineseTokenizer", "ItemFinder", "PhraseClassifier"]
    assert said["components"][0]["said"]["text_tokens"][:2] == ["办", "残"]
    assert said["phrase"] is None


def test_a_phrase_and_a_payload_are_told_as_such(
    index: Path, storage: LocalModelStorage, context: ExecutionContext, training_data: TrainingData
) -> None:
    loaded = components(storage, context, training_data)
    assert explain("转人工吧", loaded)["phrase"] == "human"
    payload = explain("/track_case", loaded)
    assert (payload["payload"], payload["items"], payload["phrase"]) == (True, [], None)

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.components.intent import IntentClassifier, weigh_by_items


@pytest.fixture
def classifier(
    storage: LocalModelStorage, resource: Resource, context: ExecutionContext, training_data: TrainingData
) -> IntentClassifier:
    IntentClassifier.create({}, storage, resource, context).train(training_data)
    return IntentClassifier.load({}, storage, resource, context)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("办低保带什么东西", "ask_materials"),
        ("我想申请残疾证", "apply"),
        ("找真人", "human"),
        ("我想申请残及证", "apply"),
    ],
)
def test_the_likeliest_intent_comes_first_in_a_ranking_of_five(
    classifier: IntentClassifier, text: str, intent: str
) -> None:
    message = Message({"text": text})
    classifier.process([message])
    ranking = message.get("intent_ranking")
    assert message.get("intent")["name"] == ranking[0]["name"] == intent
    assert len(ranking) == 5
    confidences = [entry["confidence"] for entry in ranking]
    assert confidences == sorted(confidences, reverse=True)
    assert 0 < sum(confidences) <= 1.0001


def test_a_payload_is_not_touched(classifier: IntentClassifier) -> None:
    message = Message({"text": "/apply"})
    classifier.process([message])
    assert message.get("intent") is None


def test_training_twice_gives_the_same(
    classifier: IntentClassifier,
    training_data: TrainingData,
    context: ExecutionContext,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    storage, resource = LocalModelStorage(tmp_path_factory.mktemp("again")), Resource("again")
    IntentClassifier.create({}, storage, resource, context).train(training_data)
    again = IntentClassifier.load({}, storage, resource, context)
    first, second = Message({"text": "我要办证"}), Message({"text": "我要办证"})
    classifier.process([first])
    again.process([second])
    assert first.get("intent_ranking") == second.get("intent_ranking")


def test_a_sure_item_speaks_against_out_of_scope() -> None:
    guessed, intents = np.array([0.7, 0.3]), ["out_of_scope", "apply"]
    assert weigh_by_items(guessed, intents, [{"id": "x", "p": 0.95}]).argmax() == 1
    assert weigh_by_items(guessed, intents, [{"id": "x", "p": 0.05}]).argmax() == 0
    assert weigh_by_items(guessed, intents, []).tolist() == [0.7, 0.3]


def test_who_says_which_item_does_not_say_too_little() -> None:
    guessed, intents = np.array([0.8, 0.2]), ["ambiguous", "apply"]
    assert weigh_by_items(guessed, intents, [{"id": "x", "p": 1.0}]).argmax() == 1
    assert weigh_by_items(guessed, intents, [{"id": "x", "p": 0.4}, {"id": "y", "p": 0.4}]).argmax() == 0

from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.components.phrases import AmbiguousPhraseError, PhraseClassifier

CONFIG = {"intents": ["human", "cancel", "greet"], "longest": 8}


@pytest.fixture
def phrases(
    storage: LocalModelStorage, resource: Resource, context: ExecutionContext, training_data: TrainingData
) -> PhraseClassifier:
    PhraseClassifier.create(CONFIG, storage, resource, context).train(training_data)
    return PhraseClassifier.load(CONFIG, storage, resource, context)


def _understood(phrases: PhraseClassifier, text: str) -> Any:
    message = Message({"text": text, "intent": {"name": "apply", "confidence": 0.7}})
    message.set("intent_ranking", [{"name": "apply", "confidence": 0.7}, {"name": "human", "confidence": 0.2}])
    phrases.process([message])
    return message


@pytest.mark.parametrize("text", ["人工", "人工。", "转人工吧", "请问，转人工"])
def test_a_phrase_overrides_what_was_guessed(phrases: PhraseClassifier, text: str) -> None:
    message = _understood(phrases, text)
    assert message.get("intent") == {"name": "human", "confidence": 1.0}
    assert [entry["name"] for entry in message.get("intent_ranking")] == ["human", "apply"]


@pytest.mark.parametrize("text", ["我要办低保转人工", "办残疾证", "今天天气怎么样", ""])
def test_anything_else_is_left_as_it_was(phrases: PhraseClassifier, text: str) -> None:
    assert _understood(phrases, text).get("intent") == {"name": "apply", "confidence": 0.7}


def test_a_payload_is_not_touched(phrases: PhraseClassifier) -> None:
    assert _understood(phrases, "/人工").get("intent") == {"name": "apply", "confidence": 0.7}


def test_a_phrase_of_two_intents_stops_the_training(
    storage: LocalModelStorage, resource: Resource, context: ExecutionContext
) -> None:
    examples = TrainingData(
        [Message({"text": "退出", "intent": "cancel"}), Message({"text": "退出！", "intent": "human"})]
    )
    with pytest.raises(AmbiguousPhraseError, match="退出"):
        PhraseClassifier.create(CONFIG, storage, resource, context).train(examples)

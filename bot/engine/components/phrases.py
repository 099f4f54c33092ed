"""Makes sure that the words which always work (人工、取消、返回 ...) always work."""

from typing import Any

import rasa.shared.utils.io
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.components.text import core, is_payload

RANKING = 5


class AmbiguousPhraseError(Exception):
    """A short phrase stands in the training data under two command intents."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class PhraseClassifier(GraphComponent):
    """A message that is one of the short examples of a command intent has that intent, for certain.

    `intents` in the pipeline entry are the command intents, `longest` the length in characters, without
    punctuation and particles, up to which an example counts as a phrase. Runs last, so that nothing overrides it.
    """

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, phrases: dict[str, str]
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._phrases = phrases

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing is a command unless the pipeline entry says so."""
        return {"intents": [], "longest": 8}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "PhraseClassifier":
        """A component that knows no phrase yet (Rasa's interface)."""
        return cls(config, model_storage, resource, {})

    def train(self, training_data: TrainingData) -> Resource:
        """Collect the phrases. Raises AmbiguousPhraseError where two command intents claim the same one."""
        for example in training_data.intent_examples:
            intent, phrase = example.get(INTENT), core(example.get(TEXT) or "")
            if intent not in self._config["intents"] or not 0 < len(phrase) <= self._config["longest"]:
                continue
            if self._phrases.setdefault(phrase, intent) != intent:
                raise AmbiguousPhraseError(f"{phrase}: {self._phrases[phrase]} / {intent}")
        with self._storage.write_to(self._resource) as folder:
            rasa.shared.utils.io.dump_obj_as_json_to_file(folder / "phrases.json", self._phrases)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "PhraseClassifier":
        """The trained component (Rasa's interface)."""
        with model_storage.read_from(resource) as folder:
            phrases = rasa.shared.utils.io.read_json_file(folder / "phrases.json")
        return cls(config, model_storage, resource, phrases)

    def process(self, messages: list[Message]) -> list[Message]:
        """Override the intent of a message that is a known phrase as a whole; a payload is left alone."""
        for message in messages:
            text = message.get(TEXT) or ""
            intent = None if is_payload(text) else self._phrases.get(core(text))
            if intent is None:
                continue
            others = [entry for entry in message.get(INTENT_RANKING_KEY) or [] if entry["name"] != intent]
            certain = {"name": intent, "confidence": 1.0}
            ranking = [certain, *({**entry, "confidence": 0.0} for entry in others[: RANKING - 1])]
            message.set(INTENT, certain, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

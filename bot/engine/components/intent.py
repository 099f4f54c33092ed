"""Says what a resident wants to do or know: the intent of a message."""

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import joblib
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix

from bot.engine.components.features import counts_of_asking
from bot.engine.components.held_out import held_out, voice_of
from bot.engine.components.linear import LinearModel, fit, softmax
from bot.engine.components.source import source_digest
from bot.engine.components.text import is_payload, normalise

logger = logging.getLogger(__name__)

STRENGTH = 8.0
LEVELLING = 1.0
"""`apply` has fifty times the sentences of `why_asked`, but not because residents say it fifty times as often."""

OUTSIDE = "out_of_scope"
LEAST_DOUBT = 0.2
TOO_LITTLE = "ambiguous"
LEAST_DOUBT_OF_WHICH = 0.05

RANKING = 5


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent):
    """Linear classifier on characters and sounds; its confidence is calibrated on held-out sentences."""

    def __init__(self, storage: ModelStorage, resource: Resource) -> None:
        self._storage = storage
        self._resource = resource
        self._model: LinearModel | None = None
        self._sharpness = 1.0

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Makes Rasa train the classifier again when our code has changed."""
        return source_digest()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "IntentClassifier":
        """An untrained component (Rasa's interface)."""
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example with an intent, then fit the sharpness of the confidence."""
        self._model, self._sharpness = learn_intents(
            (example.get(TEXT), example.get(INTENT), voice_of(example)) for example in training_data.intent_examples
        )
        with self._storage.write_to(self._resource) as folder:
            joblib.dump((self._model, self._sharpness), folder / "intent.joblib", compress=1)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "IntentClassifier":
        """The trained component (Rasa's interface)."""
        component = cls(model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._model, component._sharpness = joblib.load(folder / "intent.joblib")
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent and the ranking of the five most likely ones; a payload is left alone."""
        assert self._model is not None
        for message in messages:
            text = message.get(TEXT)
            if not text or is_payload(text):
                continue
            confidences = softmax(self._model.scores(counts_of_asking([text]))[0] * self._sharpness)
            confidences = weigh_by_items(confidences, self._model.classes, message.get("items") or [])
            best = np.argsort(-confidences)[:RANKING]
            ranking = [{"name": self._model.classes[i], "confidence": float(confidences[i])} for i in best]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages


def learn_intents(examples: Iterable[tuple[str, str, str]]) -> tuple[LinearModel, float]:
    """The model learnt from (text, intent, voice), and the factor that makes its log-odds truthful of new voices."""
    started = time.monotonic()
    known = sorted({(text, intent): voice for text, intent, voice in examples if text and normalise(text)}.items())
    texts, labels = [text for (text, _), _ in known], np.array([intent for (_, intent), _ in known])
    matrix = counts_of_asking(texts)
    held = held_out(texts, [voice for _, voice in known])
    model = fit(matrix, labels, STRENGTH, LEVELLING)
    without = fit(matrix[~held], labels[~held], STRENGTH, LEVELLING)
    sharpness = _sharpness(without, matrix[held], labels[held])
    logger.info("%d intents, %d sentences, %.0f s", len(model.classes), len(texts), time.monotonic() - started)
    return model, sharpness


def weigh_by_items(confidences: np.ndarray, intents: Sequence[str], items: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """`confidences` with those of being out of scope, and of saying too little, weighed by the item finder's doubt.

    The intents are learnt without knowing the items: a name such as 长护险 alone looks like nothing the office does,
    and 我妈的尊老金要认证了 like 我妈的证到期了, where only the first says which.
    """
    if not items:
        return confidences
    doubts = {
        OUTSIDE: max(1.0 - sum(entry["p"] for entry in items), LEAST_DOUBT),
        TOO_LITTLE: max(1.0 - max(entry["p"] for entry in items), LEAST_DOUBT_OF_WHICH),
    }
    weighed = confidences * np.array([doubts.get(intent, 1.0) for intent in intents])
    return weighed / weighed.sum()


def _sharpness(model: LinearModel, matrix: csr_matrix, labels: np.ndarray) -> float:
    """The factor on log-odds that makes confidences most truthful on sentences the model has not seen."""
    order = {label: number for number, label in enumerate(model.classes)}
    learned = np.array([label in order for label in labels])
    scores = model.scores(matrix[learned])
    own = np.array([order[label] for label in labels[learned]])

    def loss(factor: float) -> float:
        return -float(np.log(softmax(scores * factor)[np.arange(len(own)), own] + 1e-9).sum())

    return float(minimize_scalar(loss, bounds=(0.2, 5.0), method="bounded").x)

"""Finds the item 事项 a message is about, with an honest probability, over a catalogue that changes while it runs."""

import logging
import threading
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.components.candidates import Candidates
from bot.engine.components.catalogue import IndexUnreadableError, digest, index_path, read_index
from bot.engine.components.evidence import probabilities
from bot.engine.components.features import counts
from bot.engine.components.finder_training import Knowledge, learn
from bot.engine.components.held_out import voice_of
from bot.engine.components.source import source_digest
from bot.engine.components.text import is_payload, normalise

logger = logging.getLogger(__name__)

RANKING = 5
SETTLED = 0.5
"""A text that makes an item this likely by itself needs no help from what was said before it."""
PATIENCE_S = 0.5
"""How long a message waits for a changed index. A catalogue of hundreds of items is ready by then, so that what
was just published counts for the very next message; a huge one goes on being prepared beside the talk."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class ItemFinder(GraphComponent):
    """Adds `items`, the five likeliest items with their probability, and `named`, the items named literally.

    The probabilities of all items and of "none of them" add up to 1. `undecided` in the pipeline entry lists
    intents whose sentences say too little for either, which the finder does not learn from.
    """

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        knowledge: Knowledge | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._knowledge = knowledge
        self._candidates: Candidates | None = None
        self._path: Path | None = None
        self._seen: Any = None
        self._digest = ""
        self._reading: threading.Thread | None = None
        if knowledge is not None:
            self._candidates = Candidates(knowledge.items, knowledge.none, {})
            try:
                self._path = index_path()
            except IndexUnreadableError as error:
                logger.warning("the catalogue stays as it was at training: %s", error)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Every sentence is about an item or about none."""
        return {"undecided": []}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Makes Rasa train the finder again when the catalogue or our code has changed, and only then."""
        return digest(index_path().read_bytes()) + source_digest()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "ItemFinder":
        """An untrained component (Rasa's interface)."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the index file and, as sentences about no item, from the examples that are not in it."""
        items = read_index(index_path().read_bytes())
        about_items = {normalise(text) for item in items for text in item.texts}
        none = {
            example.get(TEXT): voice_of(example)
            for example in training_data.intent_examples
            if example.get(TEXT)
            and example.get(INTENT) not in self._config["undecided"]
            and normalise(example.get(TEXT)) not in about_items
        }
        with self._storage.write_to(self._resource) as folder:
            joblib.dump(learn(items, dict(sorted(none.items()))), folder / "finder.joblib", compress=1)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "ItemFinder":
        """The trained component (Rasa's interface), with the catalogue as it is now."""
        with model_storage.read_from(resource) as folder:
            knowledge = joblib.load(folder / "finder.joblib")
        component = cls(config, model_storage, resource, knowledge)
        component._refresh(patience_s=None)
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `items` and `named`; a payload is left alone.

        What was said before and left open (`before` in the metadata) is read together with a text that leaves it open
        too: 我妈的事 / 她八十了想领钱.
        """
        self._refresh(PATIENCE_S)
        for message in messages:
            text = message.get(TEXT)
            if not text or is_payload(text):
                continue
            candidates = self._candidates
            assert candidates is not None
            chances, named = self._chances(candidates, text), candidates.named(text)
            before = (message.get("metadata") or {}).get("before")
            if before and not named and chances.max() < SETTLED:
                together = self._chances(candidates, f"{before}，{text}")
                if together.max() > chances.max():
                    chances, named = together, candidates.named(before)
            best = np.argsort(-chances)[:RANKING]
            ranking = [{"id": candidates.ids[i], "p": round(float(chances[i]), 4)} for i in best]
            message.set("items", ranking, add_to_output=True)
            message.set("named", named, add_to_output=True)
        return messages

    def _chances(self, candidates: Candidates, text: str) -> np.ndarray:
        """The probability of each item, in the order of `candidates.ids`."""
        assert self._knowledge is not None
        evidence = candidates.evidence(self._knowledge.model, [text], counts([text]))
        return probabilities(evidence, self._knowledge.weights)[0, :-1]

    def _refresh(self, patience_s: float | None) -> None:
        """Read the index again if its file has changed, waiting for it `patience_s` seconds (None: to the end)."""
        if self._path is None or (self._reading is not None and self._reading.is_alive()):
            return
        try:
            state = self._path.stat()
            stamp = (state.st_mtime_ns, state.st_size, state.st_ino)
        except OSError as error:
            stamp = error.errno
        if stamp == self._seen:
            return
        self._seen = stamp
        self._reading = threading.Thread(target=self._read, args=(self._path,), daemon=True)
        self._reading.start()
        self._reading.join(patience_s)

    def _read(self, path: Path) -> None:
        assert self._candidates is not None and self._knowledge is not None
        try:
            content = path.read_bytes()
            if digest(content) == self._digest:
                return
            self._candidates = Candidates(read_index(content), self._knowledge.none, self._candidates.rows)
            self._digest = digest(content)
            logger.info("catalogue index %s: %d items", self._digest, len(self._candidates.ids))
        except (OSError, IndexUnreadableError) as error:
            logger.error("the catalogue index cannot be read, the last good one goes on: %s", error)

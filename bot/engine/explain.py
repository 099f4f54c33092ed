"""What each component says to one message: run in the engine's own interpreter, on a trained model, without a server.

    bot/engine/.venv/bin/python -m bot.engine.explain IN.json OUT.json MODEL.tar.gz

IN.json holds the message, as the engine would be told it. ONECALL_INDEX names the catalogue index.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import vstack

from bot.engine.components.features import counts
from bot.engine.components.item_finder import ItemFinder
from bot.engine.components.phrases import PhraseClassifier
from bot.engine.components.retrieval import Retrieval
from bot.engine.components.text import core, is_payload, normalise

Said = dict[str, Any]

ENTRANCE = "nlu_message_converter"
"""Rasa's node that hands the message to the first component."""

PHRASES = PhraseClassifier.__name__


def explain(text: str, components: Sequence[GraphComponent]) -> Said:
    """What the components, in their order, say to `text`.

    `components` holds for each what it added to the message or changed in it; `items` the likeliest items with the
    evidence for each: what the item finder weighs (log-odds of the trained part, cosine, named, alike), by its own
    names, and the known sentence nearest to the text.
    """
    message = Message({TEXT: text})
    steps = []
    for component in components:
        before = _plain(message)
        component.process([message])
        after = _plain(message)
        changed = {key: value for key, value in after.items() if before.get(key) != value}
        steps.append({"component": type(component).__name__, "said": changed})
    found = _plain(message)
    phrases = [step["said"]["intent"]["name"] for step in steps if step["component"] == PHRASES and step["said"]]
    items = found.get("items", [])
    (finder,) = (component for component in components if isinstance(component, ItemFinder))
    evidence = evidence_for(finder, text, [item["id"] for item in items]) if items else []
    return {
        "text": text,
        "payload": is_payload(text),
        "normalised": normalise(text),
        "core": core(text),
        "phrase": phrases[0] if phrases else None,
        "intents": found.get("intent_ranking", []),
        "named": found.get("named", []),
        "items": [{**item, **why} for item, why in zip(items, evidence)],
        "components": steps,
    }


def evidence_for(finder: ItemFinder, text: str, item_ids: Sequence[str]) -> list[Said]:
    """For each item `evidence`, what the finder weighs, and `nearest`, the known sentence of it nearest to `text`.

    Nearness is measured as the finder measures it: against all texts of all items.
    """
    candidates = finder._candidates
    counted = counts([text])
    weighed = candidates.evidence(finder._knowledge.model, [text], counted)
    values = {field.name: np.asarray(getattr(weighed, field.name)) for field in fields(weighed)}
    texts = [(item.id, known) for item in candidates.rows for known in item.texts]
    every = Retrieval(vstack(list(candidates.rows.values()), format="csr"), [1] * len(texts))
    cosines = every.nearest(counted)[0]
    found = []
    for item_id in item_ids:
        column = candidates.ids.index(item_id)
        own = [number for number, (owner, _) in enumerate(texts) if owner == item_id]
        found.append(
            {
                "evidence": {name: round(float(value[..., column].item()), 4) for name, value in values.items()},
                "nearest": texts[max(own, key=lambda number: cosines[number])][1],
            }
        )
    return found


def _plain(message: Message) -> Said:
    """What a message carries, as far as JSON can say it."""
    found = {}
    for key, value in message.data.items():
        if isinstance(value, list) and value and isinstance(value[0], Token):
            value = [token.text for token in value]
        try:
            found[key] = json.loads(json.dumps(value))
        except (TypeError, ValueError):
            continue
    return found


def components_of(model: Path, folder: Path) -> list[GraphComponent]:
    """The components of a trained model that understand a message, in their order; unpacked into `folder`."""
    storage, metadata = LocalModelStorage.from_model_archive(folder, model)
    context = ExecutionContext(GraphSchema({}), model_id=metadata.model_id)
    return [
        node.uses.load(
            {**node.uses.get_default_config(), **node.config}, storage, node.resource or Resource(name), context
        )
        for name, node in _understanding(metadata.predict_schema.nodes)
    ]


def _understanding(nodes: Mapping[str, SchemaNode]) -> Iterator[tuple[str, SchemaNode]]:
    """Our nodes of the model's graph, as they take the message from one another."""
    after = {
        node.needs["messages"]: (name, node)
        for name, node in nodes.items()
        if node.fn == "process" and node.uses.__module__.startswith("bot.engine.")
    }
    name = ENTRANCE
    while name in after:
        name, node = after[name]
        yield name, node


def main() -> None:
    """Read a message, write what is said to it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("model", type=Path)
    arguments = parser.parse_args()
    text = json.loads(arguments.source.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="onecall-explain-") as folder:
        said = explain(text, components_of(arguments.model, Path(folder)))
    arguments.target.write_text(json.dumps(said), encoding="utf-8")


if __name__ == "__main__":
    main()

"""The catalogue index: what the dialogue engine is told of the items, and the text it learns from.

The engine is another interpreter and reads no Python of ours, so the contract is a file; bot/engine/README.md
describes it from the other side.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from services_catalog.loader import CATALOG_DIR, Catalog
from services_catalog.schema import Item
from services_catalog.versions import replace_file
from services_catalog.yaml_source import CatalogError, Fault, line_of, read_mapping

FORMAT = 2

Utterances = Mapping[str, list[str]]


def read_utterances(item: Item, root: Path = CATALOG_DIR) -> Utterances:
    """What residents say about `item`, by intent; empty where nothing has been collected yet.

    Raises CatalogError where the file is not a mapping of intents to lists of sentences.
    """
    return _merged(read_voices(item, root))


def read_voices(item: Item, root: Path = CATALOG_DIR) -> Mapping[str, Utterances]:
    """The same by the voice they are written in, as `voices_in` gives it."""
    path = root / "utterances" / item.department / f"{item.id}.yml"
    return voices_in(path) if path.exists() else {}


def utterances_in(path: Path) -> Utterances:
    """The sentences of one file, by intent, whoever says them. Raises CatalogError as `read_utterances` does."""
    return _merged(voices_in(path))


def voices_in(path: Path) -> Mapping[str, Utterances]:
    """The sentences of one file by the voice they are written in, and by intent; "" are those of `utterances`.

    Raises CatalogError as `read_utterances` does.
    """
    content = read_mapping(path)
    voices = content.get("voices", {})
    if not isinstance(voices, dict):
        raise CatalogError(
            path, line_of(path, ("voices",)), "应当是 voices: {谁: {意图: [句子, ...]}}", Fault.UTTERANCES
        )
    by_voice = {"": _by_intent(path, content.get("utterances"), ("utterances",))}
    for voice, said in voices.items():
        by_voice[str(voice)] = _by_intent(path, said, ("voices", str(voice)))
    return by_voice


def _merged(voices: Mapping[str, Utterances]) -> Utterances:
    merged: dict[str, list[str]] = {}
    for said in voices.values():
        for intent, sentences in said.items():
            merged.setdefault(intent, []).extend(sentences)
    return merged


def _by_intent(path: Path, said: object, keys: tuple[str, ...]) -> Utterances:
    if not isinstance(said, dict):
        line = line_of(path, keys) if len(keys) > 1 else 1
        raise CatalogError(path, line, f"应当是 {keys[-1]}: {{意图: [句子, ...]}}", Fault.UTTERANCES)
    for intent, sentences in said.items():
        if not isinstance(sentences, list) or not all(isinstance(text, str) and text.strip() for text in sentences):
            line = line_of(path, (*keys, str(intent)))
            raise CatalogError(path, line, f"{intent} 下面应当是一条条句子", Fault.UTTERANCES)
    return {str(intent): sentences for intent, sentences in said.items()}


def write_index(catalog: Catalog, path: Path, root: Path = CATALOG_DIR) -> str:
    """Write the index to `path` and return a hash of its content.

    The file is replaced in one step, so that the engine, which reads it at any time, never sees half of it.
    """
    content = index_of(catalog, root)
    replace_file(path, content)
    return hashlib.sha256(content).hexdigest()[:16]


def index_of(catalog: Catalog, root: Path = CATALOG_DIR) -> bytes:
    """What the index says; the same catalogue gives the same bytes. Raises CatalogError for a file of utterances."""
    entries = [_entry(catalog.items[item_id], root) for item_id in sorted(catalog.items)]
    return json.dumps({"format": FORMAT, "items": entries}, ensure_ascii=False, indent=1).encode()


def write_training_data(catalog: Catalog, folder: Path, root: Path = CATALOG_DIR) -> None:
    """Write the items' utterances by intent and voice, as Rasa reads them, to `folder`/items.yml.

    Who says nothing but an item's name wants it: names are written as `apply`.
    """
    said: dict[tuple[str, str], dict[str, None]] = {("apply", ""): {}}
    for item_id in sorted(catalog.items):
        item = catalog.items[item_id]
        said["apply", ""].update(dict.fromkeys([item.call_it, item.name, *item.spoken_names]))
        for voice, by_intent in read_voices(item, root).items():
            for intent, sentences in by_intent.items():
                said.setdefault((intent, voice), {}).update(dict.fromkeys(sentences))
    document = {
        "version": "3.1",
        "nlu": [
            {
                "intent": intent,
                **({"metadata": {"voice": voice}} if voice else {}),
                "examples": "".join(f"- {' '.join(text.split())}\n" for text in said[intent, voice]),
            }
            for intent, voice in sorted(said)
        ],
    }
    replace_file(folder / "items.yml", yaml.safe_dump(document, allow_unicode=True, sort_keys=False).encode())


def _entry(item: Item, root: Path) -> dict[str, Any]:
    voices = read_voices(item, root)
    return {
        "id": item.id,
        "name": item.name,
        "call_it": item.call_it,
        "spoken_names": item.spoken_names,
        "conditions": item.conditions,
        "summary": item.summary,
        "utterances": _merged(voices),
        "voices": {
            voice: [text for sentences in said.values() for text in sentences]
            for voice, said in voices.items()
            if voice
        },
    }

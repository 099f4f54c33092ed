"""The sentences that two ways of understanding learn from: the same ones, in the shape each needs."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from app.setup.paths import Paths
from services_catalog.index import index_of, write_training_data
from services_catalog.loader import Catalog

NONE = "none"
"""The label of sentences about no item, where items are labels."""


@dataclass(frozen=True)
class LearningData:
    """Where the sentences lie, and how many they are: those with an intent, each once."""

    index: Path
    """The catalogue index, from which the item finder learns."""
    intents: Path
    """Rasa's files, the labels being intents."""
    items: Path
    """Rasa's files, the labels being items: all that the index says of them, and the sentences about none."""
    sentences: int


def write_learning_data(folder: Path, paths: Paths, catalog: Catalog, share: float = 1.0) -> LearningData:
    """Write that share of the training sentences below `folder`.

    A hash of its text says whether a sentence belongs to the share, so a smaller share is part of a larger one. What
    items are called and said to be is in the catalogue, however few sentences there are, and always stays.
    """
    index = json.loads(index_of(catalog))
    names = {" ".join(name.split()) for entry in index["items"] for name in _names(entry)}

    def stays(text: str) -> bool:
        on_a_line = " ".join(text.split())
        return on_a_line in names or in_share(on_a_line, share)

    for entry in index["items"]:
        entry["utterances"] = _reduced(entry["utterances"], stays)
        entry["voices"] = _reduced(entry["voices"], stays)
    generic_folder = paths.root / "bot" / "training" / "nlu"
    write_training_data(catalog, folder / "whole")
    about_items = _reduced_file(folder / "whole" / "items.yml", stays)
    about_none = [block for path in sorted(generic_folder.rglob("*.yml")) for block in _reduced_file(path, stays)]
    said = [*about_items, *about_none]
    data = LearningData(
        folder / "index.json",
        folder / "intents",
        folder / "items",
        len({(block["intent"], text) for block in said for text in _examples(block)}),
    )
    data.index.write_text(json.dumps(index, ensure_ascii=False), encoding="utf-8")
    _write(data.intents, said)
    _write(data.items, _by_item(index["items"], about_none, undecided(paths.root / "config.yml")))
    return data


def in_share(text: str, share: float) -> bool:
    """Whether a sentence is in that share. The hash is not the one by which the engine holds sentences out."""
    return int.from_bytes(hashlib.sha256(f"share\0{text}".encode()).digest()[:4], "big") < share * 2**32


def undecided(config: Path) -> frozenset[str]:
    """The intents whose sentences are neither about an item nor about none, as the engine's pipeline says."""
    pipeline = yaml.safe_load(config.read_text(encoding="utf-8"))["pipeline"]
    return frozenset(intent for component in pipeline for intent in component.get("undecided", ()))


def _names(entry: Mapping[str, Any]) -> list[str]:
    return [entry["name"], entry["call_it"], *entry["spoken_names"]]


def _reduced(said: Mapping[str, list[str]], stays: Callable[[str], bool]) -> dict[str, list[str]]:
    return {key: [text for text in texts if stays(text)] for key, texts in said.items()}


def _reduced_file(path: Path, stays: Callable[[str], bool]) -> list[dict[str, Any]]:
    """The blocks of a file of Rasa's, with the examples that stay; a block with none is left out."""
    blocks = []
    for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
        kept = [text for text in _examples(block) if stays(text)]
        if kept:
            blocks.append({**block, "examples": _listed(kept)})
    return blocks


def _by_item(
    entries: Iterable[Mapping[str, Any]], generic: Iterable[Mapping[str, Any]], left_out: frozenset[str]
) -> list[dict[str, Any]]:
    blocks, about_items = [], set[str]()
    for entry in entries:
        said = [text for texts in entry["utterances"].values() for text in texts]
        texts = dict.fromkeys(_on_a_line([*_names(entry), entry["summary"], *entry["conditions"], *said]))
        about_items.update(texts)
        blocks.append({"intent": entry["id"], "examples": _listed(texts)})
    none = dict.fromkeys(text for block in generic if block["intent"] not in left_out for text in _examples(block))
    return [*blocks, {"intent": NONE, "examples": _listed(text for text in none if text not in about_items)}]


def _on_a_line(texts: Iterable[str]) -> list[str]:
    return [line for text in texts if (line := " ".join(text.split()))]


def _examples(block: Mapping[str, Any]) -> list[str]:
    return [line.removeprefix("- ").strip() for line in block["examples"].splitlines() if line.strip()]


def _listed(texts: Iterable[str]) -> str:
    return "".join(f"- {text}\n" for text in texts)


def _write(folder: Path, blocks: list[dict[str, Any]]) -> None:
    folder.mkdir(parents=True)
    content = yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True, sort_keys=False)
    (folder / "nlu.yml").write_text(content, encoding="utf-8")

"""Adds one sentence to what the bot learns from, and leaves the rest of the file as it stands."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from services_catalog.editing.yaml_edit import EditFailed, edited
from services_catalog.loader import CATALOG_DIR
from services_catalog.schema import Item
from services_catalog.searching import folded
from services_catalog.versions import replace_file
from services_catalog.yaml_source import CatalogError, read_mapping, read_text

_HEADER = "# yaml-language-server: $schema=../../schema/utterances.schema.json\nutterances:\n"
_EXAMPLE = re.compile(r"^( *)- (.*)$", re.MULTILINE)


def key_of(sentence: str) -> str:
    """What sentences share that differ in punctuation, width and case only: nothing is learned from both."""
    return "".join(each for each in folded(sentence) if each.isalnum())


def known_sentences(training: Path, root: Path = CATALOG_DIR) -> dict[str, Path]:
    """By key, every sentence that the bot learns from, of the items below `root` and of Rasa's files in `training`,
    and the file it stands in. Raises CatalogError for a file that cannot be read.
    """
    known: dict[str, Path] = {}
    for path in sorted((root / "utterances").glob("*/*.yml")):
        for sentence in _texts(read_mapping(path)):
            known.setdefault(key_of(sentence), path)
    for path in sorted(training.rglob("*.yml")):
        for sentence in _examples_in(path):
            known.setdefault(key_of(sentence), path)
    return known


def _examples_in(path: Path) -> list[str]:
    """The examples of one of Rasa's files, whose blocks are longer than any value of the catalogue may be."""
    try:
        content = yaml.load(read_text(path), yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise CatalogError(path, 1, f"YAML 写法不对：{error}") from error
    entries = content.get("nlu", []) if isinstance(content, dict) else []
    return [sentence for entry in entries for _, sentence in _EXAMPLE.findall(str(entry.get("examples", "")))]


def add_utterance(item: Item, intent: str, sentence: str, root: Path = CATALOG_DIR) -> Path:
    """Write the sentence to the item's utterances, as one that is said with that intent; gives the file.

    Raises EditFailed where the file is written in a way that it cannot be put into, CatalogError where it is none.
    """
    path = root / "utterances" / item.department / f"{item.id}.yml"
    content: dict[str, Any] = read_mapping(path) if path.exists() else {"utterances": {}}
    text = read_text(path) if path.exists() else f"{_HEADER}  {intent}: []\n"
    said: dict[str, list[str]] = dict(content.get("utterances") or {})
    said[intent] = [*said.get(intent, []), sentence]
    replace_file(path, edited(text, {**content, "utterances": said}).encode())
    return path


def add_example(path: Path, intent: str, sentence: str) -> None:
    """Write the sentence to one of Rasa's training files, as the last example of an intent.

    Raises EditFailed where the file has no list of examples for it.
    """
    text = read_text(path)
    changed = with_example(text, intent, sentence)
    replace_file(path, changed.encode())


def with_example(text: str, intent: str, sentence: str) -> str:
    """The text of a training file with one more example. Raises EditFailed as `add_example` does."""
    examples = _examples(yaml.compose(text, Loader=yaml.CSafeLoader), intent)
    lines = (
        [] if examples is None else list(_EXAMPLE.finditer(text, examples.start_mark.index, examples.end_mark.index))
    )
    if examples is None or not lines:
        raise EditFailed(f"这个文件里没有 {intent} 的例句")
    last = lines[-1]
    changed = f"{text[: last.end()]}\n{last[1]}- {sentence}{text[last.end() :]}"
    before, after = (_examples(yaml.compose(each, Loader=yaml.CSafeLoader), intent) for each in (text, changed))
    if before is None or after is None or after.value.strip() != f"{before.value.rstrip()}\n- {sentence}".strip():
        raise EditFailed("这个文件的写法太特别，请直接改文件")
    return changed


def _examples(root: yaml.Node | None, intent: str) -> yaml.ScalarNode | None:
    """The block of an intent's examples."""
    for entry in _value(root, "nlu", yaml.SequenceNode, []):
        named = _child(entry, "intent")
        examples = _child(entry, "examples")
        if isinstance(named, yaml.ScalarNode) and named.value == intent and isinstance(examples, yaml.ScalarNode):
            return examples
    return None


def _value(node: yaml.Node | None, key: str, kind: type[yaml.Node], default: Any) -> Any:
    found = _child(node, key)
    return found.value if isinstance(found, kind) else default


def _child(node: yaml.Node | None, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _texts(said: object) -> list[str]:
    """Every text of nested mappings and lists: the sentences of a file, in whichever voice."""
    if isinstance(said, Mapping):
        return [text for each in said.values() for text in _texts(each)]
    if isinstance(said, list):
        return [text for each in said for text in _texts(each)]
    return [said] if isinstance(said, str) else []

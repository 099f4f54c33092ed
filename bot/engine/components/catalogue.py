"""The catalogue index: the file by which the application tells the engine what items there are.

Its shape is described in the engine's README; the application writes it with `services_catalog.index`.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

INDEX_VARIABLE = "ONECALL_INDEX"
FORMAT = 2


class IndexUnreadableError(Exception):
    """The index file is missing, is no index, or is of another format."""


@dataclass(frozen=True)
class IndexedItem:
    """What the finder knows of an item."""

    id: str
    name: str
    spoken_names: tuple[str, ...]
    descriptions: tuple[str, ...]
    """What it is for, and each of its conditions."""
    utterances: tuple[str, ...]
    voices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Which of the utterances are written in which voice."""

    @property
    def names(self) -> tuple[str, ...]:
        """All that it is called, official name first."""
        return (self.name, *self.spoken_names)

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that a message about it may resemble."""
        return tuple(dict.fromkeys((*self.names, *self.descriptions, *self.utterances)))


def index_path() -> Path:
    """Where the application keeps the index. Raises IndexUnreadableError where the environment does not say."""
    value = os.environ.get(INDEX_VARIABLE)
    if not value:
        raise IndexUnreadableError(f"{INDEX_VARIABLE} is not set")
    return Path(value)


def read_index(content: bytes) -> list[IndexedItem]:
    """The items in an index file's content. Raises IndexUnreadableError."""
    try:
        data = json.loads(content)
        if data["format"] != FORMAT:
            raise IndexUnreadableError(f"format {data['format']}, expected {FORMAT}")
        return [_item(entry) for entry in data["items"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexUnreadableError(f"{type(error).__name__}: {error}") from error


def digest(content: bytes) -> str:
    """A short fingerprint of an index file's content."""
    return hashlib.sha256(content).hexdigest()[:16]


def _item(entry: dict[str, Any]) -> IndexedItem:
    spoken = [entry["call_it"], *entry["spoken_names"]]
    return IndexedItem(
        id=entry["id"],
        name=entry["name"],
        spoken_names=tuple(dict.fromkeys(name for name in spoken if name != entry["name"])),
        descriptions=tuple(text for text in (entry["summary"], *entry["conditions"]) if text),
        utterances=tuple(text for texts in entry["utterances"].values() for text in texts),
        voices=tuple((voice, tuple(texts)) for voice, texts in entry["voices"].items()),
    )

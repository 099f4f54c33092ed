"""Reads a file of labelled sentences: tab-separated `text`, `item_id` and `intent`."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.setup.errors import SetupError
from bot.conversation.incoming import cleaned

COLUMNS = ("text", "item_id", "intent")
NO_ITEM = "-"
_REMEDY = "文件要用 UTF-8 编码，第一行是栏目名 text、item_id、intent，用制表符隔开；没有事项的，item_id 写 -。"


class FileRefused(SetupError):
    """A file of sentences that cannot be used; the sentence names file, line and reason, in Chinese."""

    def __init__(self, path: Path, line: int | None, reason: str) -> None:
        where = f"{path} 第 {line} 行" if line is not None else str(path)
        super().__init__(f"{where}：{reason}", _REMEDY)


@dataclass(frozen=True)
class Labelled:
    """A sentence, and what it means: the intent, and the item if it is about one."""

    text: str
    item_id: str | None
    intent: str


def read_labelled(path: Path, items: Container[str], intents: Container[str]) -> list[Labelled]:
    """The sentences of a file, in its order. Further columns and empty lines are passed over.

    Raises FileRefused: not to be read, not UTF-8, a column missing or twice, a cell too few or too many, no text, an
    item or an intent that does not exist, no sentence at all.
    """
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise FileRefused(path, line, "不是 UTF-8 编码。") from None
    except OSError as error:
        raise FileRefused(path, None, f"打不开（{error.strerror}）。") from None
    lines = [line.removesuffix("\r") for line in content.split("\n")]
    header = [name.strip() for name in lines[0].split("\t")]
    for column in COLUMNS:
        if header.count(column) != 1:
            raise FileRefused(path, 1, f"栏目名里{'没有' if column not in header else '不止一个'} {column}。")
    found = [
        _labelled(path, number, dict(zip(header, _cells(path, number, line, header), strict=True)), items, intents)
        for number, line in enumerate(lines[1:], 2)
        if line.strip()
    ]
    if not found:
        raise FileRefused(path, None, "里面一句话也没有。")
    return found


def _cells(path: Path, number: int, line: str, header: Sequence[str]) -> list[str]:
    cells = line.split("\t")
    if len(cells) != len(header):
        raise FileRefused(path, number, f"应当有 {len(header)} 栏，有 {len(cells)} 栏。")
    return cells


def _labelled(path: Path, number: int, row: dict[str, str], items: Container[str], intents: Container[str]) -> Labelled:
    text, item_id, intent = cleaned(row["text"]), row["item_id"].strip(), row["intent"].strip()
    if not text:
        raise FileRefused(path, number, "text 是空的。")
    if item_id != NO_ITEM and item_id not in items:
        raise FileRefused(path, number, f"目录里没有 {item_id} 这个事项。" if item_id else "item_id 是空的。")
    if intent not in intents:
        raise FileRefused(path, number, f"没有 {intent} 这个意图。" if intent else "intent 是空的。")
    return Labelled(text, None if item_id == NO_ITEM else item_id, intent)

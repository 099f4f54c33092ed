"""Writes sentences with wrong characters of the same sound; run in the engine's interpreter, which has the readings.

bot/engine/.venv/bin/python -m bot.engine.homophones IN.json OUT.json 0.15 1
"""

import argparse
import json
import random
from collections import defaultdict
from pathlib import Path

from pypinyin import lazy_pinyin

LEVEL_ONE = range(0xB0, 0xD8)
"""First bytes of the 3,755 most used characters in GB 2312."""

HAN = ("\u4e00", "\u9fff")


def misheard(text: str, share: float, seed: int) -> str:
    """`text` with each character replaced, with probability `share`, by another common one of the same sound.

    Sounds are those that the characters have in their words, without tones. Whatever has no homophone stays, so the
    length stays. The same text and seed give the same.
    """
    dice = random.Random(f"{seed}\0{text}")  # noqa: S311
    sounds = lazy_pinyin(text, errors=list)
    return "".join(
        dice.choice(others) if dice.random() < share and (others := _others(character, sound)) else character
        for character, sound in zip(text, sounds)
    )


def _others(character: str, sound: str) -> list[str]:
    if not HAN[0] <= character <= HAN[1]:
        return []
    return [each for each in COMMON.get(sound, ()) if each != character]


def _common() -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for first in LEVEL_ONE:
        for second in range(0xA1, 0xFF):
            character = bytes((first, second)).decode("gb2312", errors="ignore")
            if character:
                found[lazy_pinyin(character)[0]].append(character)
    return dict(found)


COMMON = _common()
"""Common characters by their sound."""


def main() -> None:
    """Read a JSON list of sentences, write one of as many."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("share", type=float, help="probability, 0 to 1, of a character to be replaced")
    parser.add_argument("seed", type=int)
    arguments = parser.parse_args()
    texts = json.loads(arguments.source.read_text(encoding="utf-8"))
    heard = [misheard(text, arguments.share, arguments.seed) for text in texts]
    arguments.target.write_text(json.dumps(heard), encoding="utf-8")


if __name__ == "__main__":
    main()

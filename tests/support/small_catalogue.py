"""A folder with a catalogue of two real items, for tests that change it."""

import shutil
from pathlib import Path

from services_catalog.loader import CATALOG_DIR

DOG = "items/chengguan/yangquan-dengji.yml"
SCHOOL = "items/jiaoyu/laonian-xuexiao.yml"
BROKEN = ("fee: {free: false,", "fee: {fre: false,")


def small_catalogue(folder: Path) -> Path:
    """Copy the common files and the two items, neither of which is mistaken for another, to `folder`."""
    for name in ("departments.yml", "windows.yml", "fields.yml", DOG, SCHOOL):
        for each in (name, name.replace("items/", "utterances/")):
            (folder / each).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CATALOG_DIR / each, folder / each)
    return folder


def edit(root: Path, name: str, old: str, new: str) -> None:
    """Change a text in a file, as an editor does."""
    text = (root / name).read_text(encoding="utf-8")
    assert old in text
    (root / name).write_text(text.replace(old, new), encoding="utf-8")

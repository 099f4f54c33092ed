"""Files that cannot be read, break the schema, lie in the wrong place or are not looked at."""

from collections.abc import Iterator

from services_catalog.lint.finding import Spot
from services_catalog.lint.library import Library

FOLDERS = ("items", "utterances")


def check(library: Library) -> Iterator[Spot]:
    """Files below items/ and utterances/ that nothing reads, and utterances of no item.

    What cannot be read is told by `run`, which has its line already.
    """
    for folder in FOLDERS:
        read = set((library.root / folder).glob("*/*.yml"))
        for path in sorted((library.root / folder).rglob("*.y*ml")):
            if path not in read:
                yield Spot("Y111", path, (), "这个文件没有人读：应当放在“部门”文件夹里，名字以 .yml 结尾")
    known = {path.relative_to(library.root / "items") for path in (library.root / "items").glob("*/*.yml")}
    for path in library.utterances:
        if path.relative_to(library.root / "utterances") not in known:
            yield Spot("T406", path, (), f"items 里没有 {path.parent.name}/{path.stem} 这个事项")

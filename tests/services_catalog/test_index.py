"""What residents say of an item, by whoever says it."""

from pathlib import Path

import pytest

from services_catalog.index import utterances_in, voices_in
from services_catalog.yaml_source import CatalogError

VOICED = """\
utterances:
  apply:
    - 我要办
voices:
  grandma:
    apply:
      - 我想弄一个
    ask_fee:
      - 要钞票伐
"""


def written(folder: Path, content: str) -> Path:
    path = folder / "shili.yml"
    path.write_text(content, encoding="utf-8")
    return path


def test_what_the_voices_say_is_learnt_like_everything_else(tmp_path: Path) -> None:
    assert utterances_in(written(tmp_path, VOICED)) == {"apply": ["我要办", "我想弄一个"], "ask_fee": ["要钞票伐"]}


def test_the_voices_can_be_told_apart(tmp_path: Path) -> None:
    voices = voices_in(written(tmp_path, VOICED))
    assert list(voices) == ["", "grandma"]
    assert voices["grandma"]["ask_fee"] == ["要钞票伐"]


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        ("utterances:\n  apply:\n    - 我要办\nvoices: 奶奶\n", 4),
        ("utterances:\n  apply:\n    - 我要办\nvoices:\n  grandma: 我要办\n", 5),
        ("utterances:\n  apply:\n    - 我要办\nvoices:\n  grandma:\n    apply: 我要办\n", 6),
        ("voices:\n  grandma:\n    apply:\n      - 我要办\n", 1),
    ],
)
def test_what_is_no_list_of_sentences_is_told_with_its_line(tmp_path: Path, broken: str, line: int) -> None:
    with pytest.raises(CatalogError) as refused:
        utterances_in(written(tmp_path, broken))
    assert refused.value.line == line

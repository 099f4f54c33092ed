"""`./onecall bench nlu`: both sides learn and are asked in the engine's interpreter.

To build DIET, twice for learning and twice for being asked, takes longer than this whole test, however little it
learns. A classifier of Rasa's that learns in a second stands in its place, in the same pipeline.
"""

from dataclasses import replace
from pathlib import Path

from app.bench.nlu import Understanding, measure, stock_config
from app.setup import Progress, project_paths
from app.understanding.labelled import read_labelled
from app.understanding.labels import sayable
from services_catalog.loader import Catalog
from tests.e2e.test_commands import _onecall
from tests.e2e.test_understanding import ROWS

ITEMS = ("canji-zheng-shenling", "zuidi-shenghuo-baozhang", "gaoling-jintie")


def test_both_sides_learn_the_same_sentences_and_are_asked_the_same_rows(tmp_path: Path, catalog: Catalog) -> None:
    few = replace(catalog, items={item_id: catalog.items[item_id] for item_id in ITEMS})
    file = tmp_path / "ten.tsv"
    file.write_text(ROWS, encoding="utf-8")
    rows = read_labelled(file, few.items, sayable())
    stock = stock_config(epochs=1)
    stock["pipeline"][-1] = {"name": "LogisticRegressionClassifier"}
    found = measure(project_paths(), tmp_path / "bench", few, rows, Progress(), 0.1, stock)
    assert found.rows == 10
    assert found.sentences > 100
    for side in (found.ours, found.stock):
        _is_whole(side)
    assert (found.ours.item_acc1, found.ours.item_acc3) == (1.0, 1.0)
    assert found.stock.item_acc3 == 1.0


def test_without_sentences_to_ask_nothing_is_trained(tmp_path: Path) -> None:
    done = _onecall("bench", "nlu", data_dir=tmp_path)
    assert done.returncode != 0
    assert "--test" in done.stderr
    assert "训练" not in done.stderr


def _is_whole(side: Understanding) -> None:
    assert side.intent_acc is not None and side.intent_acc > 0.3
    assert side.train_s > 0
    assert 0 < side.p50_ms <= side.p95_ms
    assert 100 < side.rss_mb < 4000

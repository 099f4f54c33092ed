"""`./onecall nlu`: the product's own engine and turn, measured on a file, and told of one sentence."""

import json
from pathlib import Path

from PIL import Image

from tests.e2e.test_commands import _onecall

ROWS = """text\titem_id\tintent
我想办残疾证\tcanji-zheng-shenling\tapply
残疾证要什么材料\tcanji-zheng-shenling\task_materials
我想申请低保\tzuidi-shenghuo-baozhang\tapply
低保要多久\tzuidi-shenghuo-baozhang\task_time
低保怎么申请\tzuidi-shenghuo-baozhang\tapply
你好\t-\tgreet
转人工\t-\thuman
我要查一下办件3301050012024112200012\t-\ttrack_case
今天天气怎么样\t-\tout_of_scope
帮我讲个笑话\t-\tout_of_scope
"""
FIGURES = {
    "n", "item_acc1", "item_acc3", "intent_acc", "answered", "answered_precision", "clarified", "clarified_hit",
    "oos_answered", "intents", "departments", "confusions", "latency_ms", "turn_ms", "reliability",
}  # fmt: skip
PHONE = "13800138000"


def test_a_file_is_measured_on_the_product_itself(tmp_path: Path) -> None:
    sentences, result, picture = (tmp_path / name for name in ("ten.tsv", "ten.json", "ten.png"))
    sentences.write_text(ROWS, encoding="utf-8")
    done = _onecall("nlu", "eval", str(sentences), "--json", str(result), "--png", str(picture), data_dir=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(result.read_text("utf-8"))
    assert found.keys() >= FIGURES
    assert (found["n"], found["item_acc1"], found["item_acc3"]) == (10, 1.0, 1.0)
    assert (found["answered"], found["answered_precision"], found["oos_answered"]) == (1.0, 1.0, 0.0)
    assert found["intent_acc"] == 1.0
    assert 0 < found["latency_ms"]["p50"] <= found["latency_ms"]["p95"] < found["turn_ms"]["p95"]
    assert [row["reaction"] for row in found["rows"]] == ["answered"] * 5 + ["other"] * 5
    assert "item_acc1" in done.stdout
    with Image.open(picture) as drawn:
        assert drawn.format == "PNG"


def test_one_sentence_is_explained_without_its_numbers(tmp_path: Path) -> None:
    told = _onecall("nlu", "explain", f"办残疾证，电话{PHONE}", "--json", data_dir=tmp_path)
    assert told.returncode == 0, told.stderr
    said = json.loads(told.stdout)
    assert PHONE not in told.stdout
    assert "【手机号】" in said["text"]
    assert said["items"][0]["id"] == "canji-zheng-shenling"
    assert said["items"][0]["evidence"]["named"] == 1
    assert "残疾" in said["items"][0]["nearest"]

"""How `./onecall nlu explain` shows what the components said. That they say it: bot/engine/tests, tests/e2e."""

from io import StringIO
from typing import Any

from rich.console import Console

from app.understanding.explaining import Explanation, show_explanation
from services_catalog.loader import Catalog

SAID: dict[str, Any] = {
    "text": "请问办残疾证,电话【手机号】",
    "payload": False,
    "normalised": "请问办残疾证电话\ue000",
    "core": "办残疾证电话\ue000",
    "phrase": None,
    "intents": [{"name": "apply", "confidence": 0.9}],
    "named": ["canji-zheng-shenling"],
    "items": [
        {
            "id": "canji-zheng-shenling",
            "p": 0.75,
            "evidence": {"trained": 2.5, "cosine": 0.5, "named": 1.0, "alike": 0.0, "encoder_of_tomorrow": 0.125},
            "nearest": "[b]想办残疾证[/b]",
        }
    ],
    "components": [
        {"component": "ChineseTokenizer", "said": {"text_tokens": ["办", "【手机号】"]}},
        {"component": "EncoderOfTomorrow", "said": {"nearness": {"card": 0.5}}},
        {"component": "PhraseClassifier", "said": {}},
    ],
}


def shown(catalog: Catalog, **changes: Any) -> str:
    console = Console(file=StringIO(), width=160)
    show_explanation(console, Explanation.model_validate({**SAID, **changes}), catalog)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_items_are_called_by_their_name_and_told_with_every_piece_of_evidence(catalog: Catalog) -> None:
    told = shown(catalog)
    assert catalog.items["canji-zheng-shenling"].call_it in told
    for piece in ("75.0%", "2.500", "0.500", "是", "否", "[b]想办残疾证[/b]", "25.0%"):
        assert piece in told


def test_a_component_and_a_piece_of_evidence_that_are_new_are_told_by_their_own_names(catalog: Catalog) -> None:
    told = shown(catalog)
    assert "2 EncoderOfTomorrow：nearness 0.500" in told
    assert "encoder_of_tomorrow" in told
    assert "0.125" in told


def test_hidden_numbers_stay_hidden_and_seen_as_such(catalog: Catalog) -> None:
    told = shown(catalog)
    assert "规整以后：请问办残疾证电话【…】" in told
    assert "去掉客套：办残疾证电话【…】" in told


def test_a_fixed_phrase_is_named_and_what_needs_no_understanding_is_said_so(catalog: Catalog) -> None:
    assert "固定短语：不是" in shown(catalog)
    assert "固定短语：human" in shown(catalog, phrase="human", items=[])
    assert "不经过引擎的理解" in shown(catalog, text="/track_case", payload=True)

from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.engine.components.tokenizer import ChineseTokenizer


@pytest.fixture
def tokenizer() -> ChineseTokenizer:
    return ChineseTokenizer(ChineseTokenizer.get_default_config())


def _texts(tokenizer: ChineseTokenizer, text: str) -> list[Any]:
    return [token.text for token in tokenizer.tokenize(Message({"text": text}), "text")]


def test_a_chinese_character_is_a_token_and_letters_and_digits_run_together(tokenizer: ChineseTokenizer) -> None:
    assert _texts(tokenizer, "我的C1驾照2026年到期") == ["我", "的", "C", "1", "驾", "照", "2026", "年", "到", "期"]


def test_a_placeholder_is_one_token(tokenizer: ChineseTokenizer) -> None:
    assert _texts(tokenizer, "电话【手机号】和【身份证号】") == ["电", "话", "【手机号】", "和", "【身份证号】"]


def test_offsets_point_into_the_text(tokenizer: ChineseTokenizer) -> None:
    text = "低保 ok【银行卡号】，谢谢"
    for token in tokenizer.tokenize(Message({"text": text}), "text"):
        assert text[token.start : token.end] == token.text


def test_a_payload_is_left_whole(tokenizer: ChineseTokenizer) -> None:
    assert _texts(tokenizer, '/choose{"item": "低保"}') == ['/choose{"item": "低保"}']

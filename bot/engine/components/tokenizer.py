"""Cuts Chinese text into tokens for Rasa, whose own tokenizers need spaces between words."""

import re
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.engine.components.text import PLACEHOLDER, is_payload

_TOKEN = re.compile(rf"{PLACEHOLDER.pattern}|[A-Za-z]+|\d+|[\u3400-\u9fff]|[^\s\w]+|\w")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class ChineseTokenizer(Tokenizer):
    """One token a character of Chinese, a run of letters or digits, or a placeholder such as 【身份证号】."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What Rasa's base class reads from the pipeline entry; intents are never split here."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokens of `attribute`, with their offsets; a payload (`/intent`) is one token."""
        text = message.get(attribute)
        if is_payload(text):
            return [Token(text, 0)]
        return [Token(match.group(), match.start()) for match in _TOKEN.finditer(text)]

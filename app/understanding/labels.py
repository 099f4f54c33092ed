"""The intents a file of sentences may use, and what a finer guess counts as where the file does not use it."""

from collections.abc import Collection
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

from app.settings import PROJECT_DIR

OUT_OF_SCOPE = "out_of_scope"
AMBIGUOUS = "ambiguous"

NEVER_SAID = frozenset({"answer", "choose", "send_file"})
"""Intents that the conversation itself tells the engine; no sentence has them."""

FOLDED = MappingProxyType(
    {
        "ask_how": "apply",
        "ask_overview": "ask_conditions",
        "ask_legal": "ask_conditions",
        "ask_contact": "ask_place",
        "ask_benefits": "ambiguous",
        "help": "greet",
        "bot_identity": "greet",
        "thanks": "greet",
        "bye": "greet",
        "erase": "cancel",
        "withdraw_face": "cancel",
        "later": "cancel",
        "go_back": "cancel",
        "modify": "cancel",
        "deny": "cancel",
        "none_of_these": "ambiguous",
        "dont_know": "ambiguous",
        "affirm": "ambiguous",
        "wait": "ambiguous",
        "repeat": "ambiguous",
        "large_type": "ambiguous",
        "link_channels": "ambiguous",
        "resume": "apply",
        "why_asked": "complain",
        "distress": "human",
    }
)
"""Intents of the engine that are finer than the sixteen of the office's own files, and the nearest of those."""


@cache
def sayable(domain: Path = PROJECT_DIR / "domain" / "intents.yml") -> frozenset[str]:
    """The intents a sentence may be labelled with: those of the bot's domain that residents can say."""
    intents: list[str] = yaml.safe_load(domain.read_text(encoding="utf-8"))["intents"]
    return frozenset(intents) - NEVER_SAID


def folded(guess: str, used: Collection[str]) -> str:
    """What `guess` counts as in a file that uses the labels `used`: itself if the file uses it, else the nearest."""
    while guess not in used and guess in FOLDED:
        guess = FOLDED[guess]
    return guess

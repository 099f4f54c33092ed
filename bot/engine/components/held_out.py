"""Which sentences are kept from the models that calibrate: whole voices, because whoever will write is new."""

import hashlib
from collections.abc import Sequence

import numpy as np
from rasa.shared.nlu.training_data.message import Message

VOICES = frozenset({"anxious", "dialect", "parent", "voiceinput"})
"""Four of twelve, whole: probabilities learnt on sentences of known writers are too sure of strangers."""

SHARE = 0.25
"""Of the sentences that are in no one's voice, by a hash of the text, so that the same ones are held out each time."""


def held_out(texts: Sequence[str], voices: Sequence[str]) -> np.ndarray:
    """For each text, written in the voice at its place ("" for none), whether it is held out."""
    return np.array([_held(text, voice) for text, voice in zip(texts, voices)], dtype=bool)


def _held(text: str, voice: str) -> bool:
    if voice:
        return voice in VOICES
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") < SHARE * 2**32


def voice_of(example: Message) -> str:
    """The voice an example of Rasa's is written in: `metadata: {voice: ...}` of its intent; "" if it has none."""
    about_intent = (example.get("metadata") or {}).get("intent") or {}
    return str(about_intent.get("voice", ""))

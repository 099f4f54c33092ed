"""Text as sparse vectors: hashed n-grams of characters and of how they sound."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from pypinyin import lazy_pinyin
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction import FeatureHasher

from bot.engine.components.asking import questions, tail
from bot.engine.components.text import normalise

DIMENSIONS = 2**19
"""Hashing needs no vocabulary, so words of an item published a second ago count at once."""

CHARACTER_NGRAMS = (1, 4)
SOUND_NGRAMS = (1, 3)

_START, _END = "^", "$"

_HASHER = FeatureHasher(DIMENSIONS, input_type="string", dtype=np.float32, alternate_sign=False)


def counts(texts: Sequence[str]) -> csr_matrix:
    """One row a text: 1 + log of how often each n-gram of its characters and sounds occurs in it."""
    return _hashed(_grams(normalise(text), "", "") for text in texts)


def counts_of_asking(texts: Sequence[str]) -> csr_matrix:
    """Three blocks of DIMENSIONS columns, for what is wanted: the whole text, its tail, and its questions.

    The ends of a text count here (人工 alone, ...要带啥 at the end); items they only blur. Each block is weighted by
    itself (`weighted`), so that a long story does not drown the few characters that ask.
    """
    plain = [normalise(text) for text in texts]
    whole = _hashed(_grams(text, _START, _END) for text in plain)
    ends = _hashed(_ngrams("c", [*tail(text), _END], *CHARACTER_NGRAMS) for text in plain)
    asked = _hashed(
        [gram for stretch in questions(text) for gram in _ngrams("c", list(stretch), *CHARACTER_NGRAMS)]
        for text in plain
    )
    return hstack([whole, ends, asked], format="csr")


def inverse_document_frequency(matrix: csr_matrix) -> np.ndarray:
    """Smoothed idf of every column of `matrix` (rows are documents)."""
    documents = matrix.shape[0]
    occurring = np.bincount(matrix.indices, minlength=matrix.shape[1])
    return (np.log((1.0 + documents) / (1.0 + occurring)) + 1.0).astype(np.float32)


def weighted(matrix: csr_matrix, idf: np.ndarray) -> csr_matrix:
    """`matrix` times `idf`, each block of each row of length 1, so that within a block a dot product is a cosine."""
    blocks = matrix.shape[1] // DIMENSIONS
    data = matrix.data * idf[matrix.indices]
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    part = rows * blocks + matrix.indices // DIMENSIONS
    lengths = np.sqrt(np.bincount(part, weights=data * data, minlength=matrix.shape[0] * blocks))
    data = data / np.maximum(lengths, 1e-9)[part].astype(np.float32)
    return csr_matrix((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def _hashed(grams: Iterable[list[str]]) -> csr_matrix:
    matrix = _HASHER.transform(grams).tocsr()
    matrix.sum_duplicates()
    np.log(matrix.data, out=matrix.data)
    matrix.data += 1.0
    return matrix


def _grams(text: str, start: str, end: str) -> list[str]:
    sounds = [sound(character) for character in text]
    characters = [mark for mark in (start, *text, end) if mark]
    sounding = [mark for mark in (start, *sounds, end) if mark]
    return _ngrams("c", characters, *CHARACTER_NGRAMS) + _ngrams("s", sounding, *SOUND_NGRAMS)


def _ngrams(kind: str, units: Sequence[str], shortest: int, longest: int) -> list[str]:
    return [
        f"{kind}{size}{' '.join(units[start : start + size])}"
        for size in range(shortest, longest + 1)
        for start in range(len(units) - size + 1)
    ]


@lru_cache(maxsize=20_000)
def sound(character: str) -> str:
    """Toneless pinyin of one character, with the endings and initials folded that speakers mix up.

    Read by itself, not in its word: a wrong character of the same sound must give the same syllable.
    """
    syllable = lazy_pinyin(character)[0]
    if syllable.endswith("ng"):
        syllable = syllable[:-1]
    return syllable.replace("zh", "z").replace("ch", "c").replace("sh", "s")

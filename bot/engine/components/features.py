"""Text as sparse vectors: hashed n-grams of characters and of how they sound."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from pypinyin import lazy_pinyin
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import FeatureHasher

from bot.engine.components.text import normalise

DIMENSIONS = 2**19
"""Hashing needs no vocabulary, so words of an item published a second ago count at once."""

CHARACTER_NGRAMS = (1, 4)
SOUND_NGRAMS = (1, 3)

_START, _END = "^", "$"

_HASHER = FeatureHasher(DIMENSIONS, input_type="string", dtype=np.float32, alternate_sign=False)


def counts(texts: Sequence[str], ends: bool = False) -> csr_matrix:
    """One row a text: 1 + log of how often each n-gram occurs in it.

    With `ends` the n-grams know where a text begins and ends. That tells intents apart (人工 alone, ...要带啥 at
    the end: 4 points of accuracy) and blurs items (1 point less).
    """
    matrix = _HASHER.transform(_features(text, ends) for text in texts).tocsr()
    matrix.sum_duplicates()
    np.log(matrix.data, out=matrix.data)
    matrix.data += 1.0
    return matrix


def inverse_document_frequency(matrix: csr_matrix) -> np.ndarray:
    """Smoothed idf of every column of `matrix` (rows are documents)."""
    documents = matrix.shape[0]
    occurring = np.bincount(matrix.indices, minlength=DIMENSIONS)
    return (np.log((1.0 + documents) / (1.0 + occurring)) + 1.0).astype(np.float32)


def weighted(matrix: csr_matrix, idf: np.ndarray) -> csr_matrix:
    """`matrix` times `idf`, each row of length 1, so that a dot product is a cosine."""
    data = matrix.data * idf[matrix.indices]
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    lengths = np.sqrt(np.bincount(rows, weights=data * data, minlength=matrix.shape[0]))
    data = data / np.maximum(lengths, 1e-9)[rows].astype(np.float32)
    return csr_matrix((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def _features(text: str, ends: bool) -> list[str]:
    characters = list(normalise(text))
    sounds = [sound(character) for character in characters]
    if ends:
        characters, sounds = [_START, *characters, _END], [_START, *sounds, _END]
    return _ngrams("c", characters, *CHARACTER_NGRAMS) + _ngrams("s", sounds, *SOUND_NGRAMS)


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

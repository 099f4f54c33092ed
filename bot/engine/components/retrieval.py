"""Nearest known sentence of every item: the evidence that needs no training."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix

from bot.engine.components.features import DIMENSIONS, inverse_document_frequency, weighted

COMMON = 0.08
"""Columns in a larger share of the texts (single everyday characters) are left out of a large index:
they weigh next to nothing in a cosine and are most of the work."""

LARGE = 20_000


class Retrieval:
    """Cosine of a message to the nearest text of each group, for all groups in one pass."""

    def __init__(self, counted: csr_matrix, group_sizes: Sequence[int]) -> None:
        """Rows of `counted` (see `features.counts`) lie group after group; every group has a row at least."""
        self._idf = inverse_document_frequency(counted)
        documents = weighted(counted, self._idf)
        if documents.shape[0] > LARGE:
            share = np.bincount(documents.indices, minlength=DIMENSIONS) / documents.shape[0]
            self._idf[share > COMMON] = 0.0
            documents = weighted(counted, self._idf)
        self._postings = documents.T.tocsr()
        self._starts = np.concatenate([[0], np.cumsum(group_sizes)[:-1]]).astype(np.int64)

    def nearest(self, counted: csr_matrix) -> np.ndarray:
        """Cosine, 0 to 1, of each row of `counted` to the nearest text of each group (rows x groups)."""
        cosines = (weighted(counted, self._idf) @ self._postings).toarray()
        return np.maximum.reduceat(cosines, self._starts, axis=1)

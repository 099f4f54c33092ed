"""All items as candidates for a message, and the evidence for each."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import csr_matrix, vstack

from bot.engine.components.catalogue import IndexedItem
from bot.engine.components.evidence import Evidence
from bot.engine.components.features import counts
from bot.engine.components.linear import LinearModel
from bot.engine.components.names import Names
from bot.engine.components.retrieval import Retrieval

NONE = "-"
"""The class of sentences that concern no item."""


class Candidates:
    """The items of one state of the catalogue, ready to be asked. Immutable, so that it can be swapped whole."""

    def __init__(
        self, items: Sequence[IndexedItem], none: csr_matrix, known_rows: Mapping[IndexedItem, csr_matrix]
    ) -> None:
        """`none` are the counted sentences about no item; `known_rows` saves counting unchanged items again."""
        self.ids = [item.id for item in items]
        self.rows = {item: known_rows[item] if item in known_rows else counts(item.texts) for item in items}
        self._names = Names(items)
        self._position = {item: i for i, item in enumerate(self.ids)}
        groups = [*self.rows.values(), none]
        self._retrieval = Retrieval(vstack(groups, format="csr"), [group.shape[0] for group in groups])

    def named(self, text: str) -> list[str]:
        """Ids of the items whose official or spoken name stands in `text`."""
        return self._names.literal(text)

    def evidence(self, model: LinearModel, texts: Sequence[str], counted: csr_matrix) -> Evidence:
        """What speaks for each item, and for none of them (last column), in each of `texts`."""
        width = len(self.ids) + 1
        classes = [
            (number, width - 1 if label == NONE else self._position[label])
            for number, label in enumerate(model.classes)
            if label == NONE or label in self._position
        ]
        trained = np.zeros((len(texts), width), dtype=np.float32)
        known = np.zeros(width, dtype=bool)
        if classes:
            sources, targets = (list(column) for column in zip(*classes))
            trained[:, targets] = model.scores(counted)[:, sources]
            known[targets] = True
        named, alike = np.zeros_like(trained), np.zeros_like(trained)
        for row, text in enumerate(texts):
            literal = self.named(text)
            named[row, [self._position[item] for item in literal]] = 1.0
            if not literal:
                alike[row, [self._position[item] for item in self._names.alike(text)]] = 1.0
        return Evidence(trained, known, self._retrieval.nearest(counted), named, alike)

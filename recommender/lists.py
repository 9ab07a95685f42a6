"""For each product a short list of others, with scores and the evidence behind each: what serving reads.

Laid out as compressed sparse rows, so that twenty lists cost twenty slices and nothing is as wide as the
catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse


@dataclass(frozen=True, slots=True)
class Entries:
    """List entries read for some source products: who is named, how strongly, by which source, where it
    stands.

    ``source`` counts within the sources asked for (not product rows); ``position`` points into the lists.
    """

    product: np.ndarray
    score: np.ndarray
    source: np.ndarray
    position: np.ndarray


@dataclass(frozen=True)
class ItemLists:
    """One list per product: row i is ``products[starts[i]:starts[i + 1]]``, best first.

    ``starts`` int64 of n + 1, ``products`` int32, ``scores`` float32, ``counts`` int32: how many shoppers (a
    guest's order or visit counts as one) stand behind the entry, 0 where nothing is counted.
    """

    starts: np.ndarray
    products: np.ndarray
    scores: np.ndarray
    counts: np.ndarray

    @classmethod
    def from_matrix(cls, scores: sparse.spmatrix, longest: int, least: float = 0.0) -> ItemLists:
        """The ``longest`` best entries above ``least`` of each row; ties go to the smaller column."""
        matrix = sparse.csr_matrix(scores)
        row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        kept = np.flatnonzero(matrix.data > least)
        row, column, score = row[kept], matrix.indices[kept], matrix.data[kept]
        ranked = np.lexsort((column, -score, row))
        row = row[ranked]
        first = np.searchsorted(row, np.arange(matrix.shape[0]))
        near = np.arange(len(row)) - first[row] < longest
        ranked, row = ranked[near], row[near]
        return cls(
            starts=np.searchsorted(row, np.arange(matrix.shape[0] + 1)).astype(np.int64),
            products=column[ranked].astype(np.int32),
            scores=score[ranked].astype(np.float32),
            counts=np.zeros(len(ranked), np.int32),
        )

    @classmethod
    def empty(cls, products: int) -> ItemLists:
        """Lists with nothing in them."""
        return cls.from_matrix(sparse.csr_matrix((products, products), dtype=np.float32), 0)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def rows(self) -> np.ndarray:
        """The product whose list each entry stands in."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.starts))

    def of(self, sources: np.ndarray) -> Entries:
        """All entries of these products' lists, in their order."""
        starts = self.starts[sources]
        lengths = self.starts[sources + 1] - starts
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(ends) else 0
        position = np.arange(total) + np.repeat(starts - (ends - lengths), lengths)
        source = np.repeat(np.arange(len(sources)), lengths)
        return Entries(self.products[position], self.scores[position], source, position)

    def fault(self, products: int) -> str | None:
        """What makes these lists unreadable over so many products, in words; None when they are sound."""
        if len(self.starts) != products + 1 or self.starts[0] != 0 or np.any(np.diff(self.starts) < 0):
            return "the starts do not rise over all products"
        if not (self.starts[-1] == len(self.products) == len(self.scores) == len(self.counts)):
            return "the columns differ in length"
        if len(self.products) and (self.products.min() < 0 or self.products.max() >= products):
            return "a list names a product outside the catalogue"
        if not np.all(np.isfinite(self.scores)):
            return "a score is not a number"
        return None

"""What is found together more often than chance allows.

The strength of i towards j is (n_ij - e_ij) / sqrt((n_i + k)(n_j + k)): the phi coefficient's numerator
over a damped cosine's denominator. Chance e_ij is the larger of two: what independent baskets would give,
n_i n_j / N, and what the other pairs of both would give, (r_i - n_ij)(r_j - n_ij) / T with row sums r and
their sum T. The first knows what is mostly bought alone, the second that large baskets hold many pairs; so
what sells in every basket explains nothing. k keeps two chance meetings from looking like a law.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

CELLS_AT_ONCE = 4_000_000
#: Baskets with neither product that every shop is given, so that three orders do not make a rule.
UNSEEN_BASKETS = 10.0


@dataclass(frozen=True)
class Pairs:
    """Weighed counts of two products met together, for some products (rows) with all (columns), and their
    chance.

    ``together`` and ``chance`` are dense float32 of (rows, n); a product with itself counts 0.
    """

    rows: np.ndarray
    together: np.ndarray
    chance: np.ndarray

    @property
    def excess(self) -> np.ndarray:
        return np.maximum(self.together - self.chance, 0.0)


class Meetings:
    """Counts of product i in one set of baskets with product j in the matching row of another.

    With both sets the same, pairs within a basket; with the second one shifted, pairs from one order to the
    next.
    """

    def __init__(self, earlier: sparse.csr_matrix, later: sparse.csr_matrix) -> None:
        self.earlier = sparse.csc_matrix(earlier, dtype=np.float32)
        self.later = sparse.csr_matrix(later, dtype=np.float32)
        same = later is earlier
        self._later_columns = self.earlier if same else sparse.csc_matrix(self.later)
        self._earlier_rows = self.later if same else sparse.csr_matrix(self.earlier)
        self.first = np.asarray(self.earlier.sum(axis=0), np.float32).ravel()
        self.second = np.asarray(self.later.sum(axis=0), np.float32).ravel()
        self.baskets = int(np.count_nonzero(np.diff(self._earlier_rows.indptr)))
        self.own = np.asarray(self.earlier.multiply(self._later_columns).sum(axis=0), np.float32).ravel()
        self.out = (
            np.asarray(self.earlier.T @ np.asarray(self.later.sum(axis=1)), np.float32).ravel() - self.own
        )
        self.into = (
            np.asarray(self._later_columns.T @ np.asarray(self.earlier.sum(axis=1)), np.float32).ravel()
            - self.own
        )
        self.total = float(self.out.sum())

    def of(self, rows: np.ndarray) -> Pairs:
        """Pairs from these products to all others."""
        counts = self.earlier[:, rows].T @ self.later
        return self._pairs(rows, counts, (self.out, self.into), (self.first, self.second))

    def towards(self, rows: np.ndarray) -> Pairs:
        """The same pairs the other way round: from all others to these products."""
        counts = self._later_columns[:, rows].T @ self._earlier_rows
        return self._pairs(rows, counts, (self.into, self.out), (self.second, self.first))

    def met(self, rows: np.ndarray, *, towards: bool = False) -> sparse.csr_matrix:
        """How often these products met all others, or with ``towards`` all others them: sparse (rows, n)."""
        earlier, later = (self._later_columns, self._earlier_rows) if towards else (self.earlier, self.later)
        return sparse.csr_matrix(earlier[:, rows].T @ later)

    def beyond_chance(
        self, product: np.ndarray, other: np.ndarray, met: np.ndarray, *, towards: bool = False
    ) -> np.ndarray:
        """For single pairs that met so often, how far that is above chance: ``Pairs.excess``, one by one."""
        pairs_of = (self.into, self.out) if towards else (self.out, self.into)
        found_in = (self.second, self.first) if towards else (self.first, self.second)
        others = (pairs_of[0][product] - met) * (pairs_of[1][other] - met)
        by_pairs = np.maximum(others, 0.0) / np.float32(max(self.total, 1e-9))
        by_baskets = found_in[0][product] * found_in[1][other] / np.float32(self.baskets + UNSEEN_BASKETS)
        return np.maximum(met - np.maximum(by_pairs, by_baskets), 0.0)

    def _pairs(
        self,
        rows: np.ndarray,
        counts: sparse.spmatrix,
        pairs_of: tuple[np.ndarray, np.ndarray],
        found_in: tuple[np.ndarray, np.ndarray],
    ) -> Pairs:
        together = np.asarray(counts.todense(), np.float32)
        together[np.arange(len(rows)), rows] = 0.0
        others = (pairs_of[0][rows, None] - together) * (pairs_of[1][None, :] - together)
        by_pairs = np.maximum(others, 0.0) / np.float32(max(self.total, 1e-9))
        by_baskets = (
            found_in[0][rows, None] * found_in[1][None, :] / np.float32(self.baskets + UNSEEN_BASKETS)
        )
        return Pairs(rows, together, np.maximum(by_pairs, by_baskets))


def blocks(products: int, cells: int = CELLS_AT_ONCE) -> Iterator[np.ndarray]:
    """Runs of product rows, small enough that a dense block over all products stays small."""
    step = max(16, cells // max(products, 1))
    for first in range(0, products, step):
        yield np.arange(first, min(first + step, products))


def damped(excess: np.ndarray, rows: np.ndarray, weight: np.ndarray, damping: float) -> np.ndarray:
    """Excess counts over a damped cosine's denominator; ``weight`` is each product's own weighed count."""
    damp = weight + np.float32(damping)
    return excess / np.sqrt(damp[rows, None] * damp[None, :])


def strongest(scores: np.ndarray, longest: int) -> sparse.csr_matrix:
    """The best ``longest`` scores of each row above zero (ties at the edge are all kept)."""
    if longest < scores.shape[1]:
        edge = -np.partition(-scores, longest - 1, axis=1)[:, longest - 1 : longest]
        scores = np.where(scores >= edge, scores, 0.0)
    return sparse.csr_matrix(scores, dtype=np.float32)

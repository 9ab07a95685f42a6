"""Which products speak for which, each judged beside its rivals: a small ridge regression per product.

For a target product, its purchase (0/1 per basket) is regressed on those of its nearest products; the
weights say what each neighbour adds when the others are already known. Over all products at once this is
the closed form of EASE (Steck 2019, without the zero diagonal, which leaving the target out of its
neighbours gives); on the nearest few it costs one small system per product and so grows with the catalogue,
not with its cube.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy import sparse

from recommender.gram import bounded, gram

DENSE_UP_TO = 6000
#: In wider catalogues, with how many others each product is known to have met: fewer, the wider they are.
MOST_MET, LEAST_MET, PAIRS_AT_HAND = 1000, 300, 40_000_000
TARGETS_AT_ONCE = 64


def weigh_rows(baskets: sparse.csr_matrix, power: float) -> sparse.csr_matrix:
    """The baskets, each weighing size ** -power in every product of the basket with itself."""
    sizes = np.maximum(np.diff(baskets.indptr), 1).astype(np.float32)
    return sparse.csr_matrix(sparse.diags(sizes ** np.float32(-power / 2)) @ baskets, dtype=np.float32)


def local_ridge(
    weighed: sparse.csr_matrix, *, neighbours: int, ridge: float, apart: sparse.csr_matrix | None = None
) -> sparse.csr_matrix:
    """Weights from product (row) to product (column), float32; ``ridge`` is in units of weighed baskets.

    ``apart`` marks pairs that must not speak for each other (substitutes). Of baskets with very many pairs in
    all, the largest are read in part (``gram.bounded``).
    """
    products = weighed.shape[1]
    reach = min(neighbours, products - 1)
    if reach < 1 or weighed.nnz == 0:
        return sparse.csr_matrix((products, products), dtype=np.float32)
    read = bounded(weighed)
    near = _Nearness(read, apart) if products <= DENSE_UP_TO else _WideNearness(read, apart)
    bought = np.flatnonzero(np.bincount(read.indices, minlength=products))
    parts = [
        _solve(near, bought[first : first + TARGETS_AT_ONCE], reach, ridge)
        for first in range(0, len(bought), TARGETS_AT_ONCE)
    ]
    source, target, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
    return sparse.csr_matrix((weight, (source, target)), shape=(products, products), dtype=np.float32)


class _Nearness:
    """Products of columns of the weighed baskets, wholly at hand."""

    def __init__(self, weighed: sparse.csr_matrix, apart: sparse.csr_matrix | None) -> None:
        self.apart = apart
        self.norms = np.asarray(weighed.multiply(weighed).sum(axis=0), np.float32).ravel()
        self.whole = np.asarray((weighed.T @ weighed).todense(), np.float32)

    def of(self, targets: np.ndarray, reach: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The nearest products of each target, their products with it and with each other."""
        rows = self.whole[targets].copy()
        rows[np.arange(len(targets)), targets] = 0.0
        if self.apart is not None:
            rows[self.apart[targets].toarray() != 0] = 0.0
        cosine = rows / np.sqrt(np.maximum(self.norms, 1e-9))
        chosen = np.argpartition(-cosine, reach - 1, axis=1)[:, :reach]
        chosen.sort(axis=1)
        wanted = np.take_along_axis(rows, chosen, axis=1)
        return chosen, wanted, self.whole[chosen[:, :, None], chosen[:, None, :]]


class _WideNearness:
    """The same for catalogues too wide for that: of each product only those it meets most are at hand.

    ``others`` (n, m) int32 are these, nearest first, ``met`` (n, m) float32 their products with it; behind
    the last stand n and 0. Where a product meets fewer than are wanted, the rest of its row stands empty (0).
    """

    def __init__(self, weighed: sparse.csr_matrix, apart: sparse.csr_matrix | None) -> None:
        self.apart = apart
        products = weighed.shape[1]
        most = min(products, MOST_MET, max(LEAST_MET, PAIRS_AT_HAND // products))
        norms = np.asarray(weighed.multiply(weighed).sum(axis=0), np.float32).ravel()
        scale = np.sqrt(np.maximum(norms, 1e-9))
        self.others, self.met = _nearest_first(gram(weighed, most, scale), most, scale)

    def of(self, targets: np.ndarray, reach: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """As above."""
        products = len(self.others)
        chosen = np.zeros((len(targets), reach), np.int32)
        wanted = np.zeros((len(targets), reach), np.float32)
        blocks = np.zeros((len(targets), reach, reach), np.float32)
        place = np.full(products + 1, -1, np.int16 if reach < 2**15 else np.int32)
        for row, target in enumerate(targets.tolist()):
            near, value = self._nearest(target, reach)
            chosen[row, : len(near)], wanted[row, : len(near)] = near, value
            place[near] = np.arange(len(near))
            self._fill(blocks[row], near, place)
            place[near] = -1
        # What one of two left out of its row, the other may have kept.
        return chosen, wanted, np.maximum(blocks, blocks.transpose(0, 2, 1))

    def _fill(self, block: np.ndarray, near: np.ndarray, place: np.ndarray) -> None:
        """Writes the products of the chosen ones with each other; ``place`` is -1 for what is not chosen."""
        column = place.take(self.others.take(near, axis=0, mode="clip"), mode="clip").reshape(-1)
        met = np.flatnonzero(column >= 0)
        row, at = np.divmod(met, self.others.shape[1])
        block[row, column[met]] = self.met[near[row], at]

    def _nearest(self, target: int, reach: int) -> tuple[np.ndarray, np.ndarray]:
        others, value = self.others[target], self.met[target]
        kept = (others != target) & (value > 0.0)
        if self.apart is not None:
            mine = slice(self.apart.indptr[target], self.apart.indptr[target + 1])
            if mine.stop > mine.start:
                kept &= ~np.isin(others, self.apart.indices[mine][self.apart.data[mine] != 0])
        best = np.flatnonzero(kept)[:reach]
        return others[best], value[best]


def _nearest_first(met: sparse.csr_matrix, most: int, scale: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each row the ``most`` columns of greatest worth over their ``scale`` and their values, as tables."""
    products = met.shape[1]
    most = min(most, int(np.diff(met.indptr).max(initial=1)))
    others = np.full((met.shape[0], most), products, np.int32)
    values = np.zeros((met.shape[0], most), np.float32)
    for row, (start, end) in enumerate(pairwise(met.indptr.tolist())):
        column, value = met.indices[start:end], met.data[start:end]
        ranked = np.argsort(-(value / scale[column]), kind="stable")[:most]
        others[row, : len(ranked)], values[row, : len(ranked)] = column[ranked], value[ranked]
    return others, values


def _solve(
    near: _Nearness | _WideNearness, targets: np.ndarray, reach: int, ridge: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    chosen, wanted, blocks = near.of(targets, reach)
    diagonal = np.arange(reach)
    blocks[:, diagonal, diagonal] += np.float32(ridge)
    weights = np.linalg.solve(blocks, wanted[..., None])[..., 0]
    weights[wanted == 0.0] = 0.0
    told = weights != 0.0
    return chosen[told], np.repeat(targets, told.sum(axis=1)), weights[told]

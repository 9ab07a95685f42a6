"""Which products speak for which, each judged beside its rivals: a small ridge regression per product.

For a target product, its purchase (0/1 per basket) is regressed on those of its nearest products; the
weights say what each neighbour adds when the others are already known. Over all products at once this is
the closed form of EASE (Steck 2019, without the zero diagonal, which leaving the target out of its
neighbours gives); on the nearest few it costs one small system per product and so grows with the catalogue,
not with its cube.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

DENSE_UP_TO = 6000
TARGETS_AT_ONCE = 64


def weigh_rows(baskets: sparse.csr_matrix, power: float) -> sparse.csr_matrix:
    """The baskets, each weighing size ** -power in every product of the basket with itself."""
    sizes = np.maximum(np.diff(baskets.indptr), 1).astype(np.float32)
    return sparse.csr_matrix(sparse.diags(sizes ** np.float32(-power / 2)) @ baskets, dtype=np.float32)


def local_ridge(
    weighed: sparse.csr_matrix, *, neighbours: int, ridge: float, apart: sparse.csr_matrix | None = None
) -> sparse.csr_matrix:
    """Weights from product (row) to product (column), float32; ``ridge`` is in units of weighed baskets.

    ``apart`` marks pairs that must not speak for each other (substitutes).
    """
    products = weighed.shape[1]
    reach = min(neighbours, products - 1)
    if reach < 1 or weighed.nnz == 0:
        return sparse.csr_matrix((products, products), dtype=np.float32)
    near = _Nearness(weighed, apart)
    parts = [
        _solve(near, np.arange(first, min(first + TARGETS_AT_ONCE, products)), reach, ridge)
        for first in range(0, products, TARGETS_AT_ONCE)
    ]
    source, target, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
    return sparse.csr_matrix((weight, (source, target)), shape=(products, products), dtype=np.float32)


class _Nearness:
    """Products of columns of the weighed baskets, wholly at hand when small enough and else as they are
    needed.
    """

    def __init__(self, weighed: sparse.csr_matrix, apart: sparse.csr_matrix | None) -> None:
        self.columns = weighed.tocsc()
        self.apart = apart
        self.norms = np.asarray(weighed.multiply(weighed).sum(axis=0), np.float32).ravel()
        self.whole = (
            np.asarray((weighed.T @ weighed).todense(), np.float32)
            if weighed.shape[1] <= DENSE_UP_TO
            else None
        )

    def rows(self, targets: np.ndarray) -> np.ndarray:
        if self.whole is not None:
            return self.whole[targets].copy()
        return np.asarray((self.columns[:, targets].T @ self.columns).todense(), np.float32)

    def blocks(self, near: np.ndarray) -> np.ndarray:
        if self.whole is not None:
            return self.whole[near[:, :, None], near[:, None, :]]
        return np.stack([_gram(self.columns[:, each]) for each in near])


def _gram(columns: sparse.csc_matrix) -> np.ndarray:
    return np.asarray((columns.T @ columns).todense(), np.float32)


def _solve(
    near: _Nearness, targets: np.ndarray, reach: int, ridge: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = near.rows(targets)
    rows[np.arange(len(targets)), targets] = 0.0
    if near.apart is not None:
        rows[near.apart[targets].toarray() != 0] = 0.0
    cosine = rows / np.sqrt(np.maximum(near.norms, 1e-9))
    chosen = np.argpartition(-cosine, reach - 1, axis=1)[:, :reach]
    chosen.sort(axis=1)
    blocks = near.blocks(chosen)
    diagonal = np.arange(reach)
    blocks[:, diagonal, diagonal] += np.float32(ridge)
    wanted = np.take_along_axis(rows, chosen, axis=1)
    weights = np.linalg.solve(blocks, wanted[..., None])[..., 0]
    weights[wanted == 0.0] = 0.0
    told = weights != 0.0
    return chosen[told], np.repeat(targets, told.sum(axis=1)), weights[told]

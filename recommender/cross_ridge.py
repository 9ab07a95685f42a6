"""Which sources speak for which targets, each judged beside its rivals: a small ridge regression per target.

As ``local_ridge``, but what is foretold is another matrix than what foretells it, so a product may speak for
itself, and the weights have a direction.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse


def cross_ridge(
    sources: sparse.csr_matrix, targets: sparse.csr_matrix, *, neighbours: int, ridge: float
) -> sparse.csr_matrix:
    """Weights from source product (row) to target product (column), float32.

    ``sources`` and ``targets`` have a row per sample; ``ridge`` is in units of their squares. Each target is
    regressed on the ``neighbours`` sources met most with it, by what they would explain alone. Holds the
    sources' products with each other densely: 4 n^2 bytes.
    """
    products = sources.shape[1]
    if not sources.nnz or not targets.nnz:
        return sparse.csr_matrix((products, products), dtype=np.float32)
    gram = np.asarray((sources.T @ sources).todense(), np.float32)
    met = sparse.csc_matrix(sources.T @ targets)
    alone = 1.0 / np.sqrt(gram.diagonal() + np.float32(ridge))
    found = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))]
    for target in np.flatnonzero(np.diff(met.indptr)):
        entries = slice(met.indptr[target], met.indptr[target + 1])
        near, wanted = met.indices[entries], met.data[entries]
        if len(near) > neighbours:
            best = np.sort(np.argpartition(-wanted * alone[near], neighbours)[:neighbours])
            near, wanted = near[best], wanted[best]
        rivals = gram[np.ix_(near, near)]
        rivals[np.diag_indices(len(near))] += np.float32(ridge)
        found.append((near, np.full(len(near), target), np.linalg.solve(rivals, wanted)))
    source, column, weight = (np.concatenate(each) for each in zip(*found, strict=True))
    return sparse.csr_matrix((weight, (source, column)), shape=(products, products), dtype=np.float32)

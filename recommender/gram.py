"""Which products share shoppers or orders, for catalogues too wide for a table of all with all."""

from __future__ import annotations

import numpy as np
from scipy import sparse

CELLS_AT_ONCE = 20_000_000


def gram(groups: sparse.csr_matrix, most: int, scale: np.ndarray | None = None) -> sparse.csr_matrix:
    """Products by products, the inner products of the columns of ``groups`` (float32).

    Of each row the ``most`` greatest (ties at the edge are all kept), after division by the ``scale`` of the
    column where one is given. Worked out in blocks of rows, so that no more than those are held.
    """
    products = groups.shape[1]
    if products == 0 or groups.nnz == 0:
        return sparse.csr_matrix((products, products), dtype=np.float32)
    columns = sparse.csr_matrix(groups.T)
    step = max(16, CELLS_AT_ONCE // products)
    found = [
        greatest(sparse.csr_matrix(columns[first : first + step] @ groups), most, scale)
        for first in range(0, products, step)
    ]
    return sparse.csr_matrix(sparse.vstack(found, format="csr"), dtype=np.float32)


def greatest(block: sparse.csr_matrix, most: int, scale: np.ndarray | None = None) -> sparse.csr_matrix:
    """Of each row the ``most`` greatest entries (ties at the edge are all kept), by worth as above."""
    worth = block.data if scale is None else block.data / scale[block.indices]
    edge = np.full(block.shape[0], -np.inf)
    for row in np.flatnonzero(np.diff(block.indptr) > most):
        mine = worth[block.indptr[row] : block.indptr[row + 1]]
        edge[row] = np.partition(mine, len(mine) - most)[len(mine) - most]
    kept = worth >= np.repeat(edge, np.diff(block.indptr))
    row = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))[kept]
    starts = np.searchsorted(row, np.arange(block.shape[0] + 1))
    return sparse.csr_matrix((block.data[kept], block.indices[kept], starts), shape=block.shape)

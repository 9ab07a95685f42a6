"""Which products share shoppers or orders, for catalogues too wide for a table of all with all."""

from __future__ import annotations

import numpy as np
from scipy import sparse

CELLS_AT_ONCE = 20_000_000
#: So many pairs of products within one shopper (or order) are read in all; the work grows with them.
PAIRS_READ = 300_000_000
#: An odd factor that brings the numbers from 0 to 2^32 into no order (Knuth's multiplicative hashing).
SCRAMBLE = np.uint32(2_654_435_761)


def bounded(groups: sparse.csr_matrix, pairs: int = PAIRS_READ) -> sparse.csr_matrix:
    """The groups as they are, or where they hold more than so many pairs of products, cut to that.

    Pairs grow with the square of a group, so only the largest groups are cut: all to one size, the greatest
    that keeps within ``pairs``. Each keeps its entries of greatest value; between equal ones the lot decides,
    the same lot every time.
    """
    sizes = np.diff(groups.indptr).astype(np.int64)
    if float(np.square(sizes, dtype=np.float64).sum()) <= pairs:
        return groups
    most = _greatest_size(sizes, pairs)
    large = np.repeat(sizes > most, sizes)
    position = np.flatnonzero(large)
    row = np.repeat(np.arange(len(sizes)), sizes)[position]
    lot = groups.indices[position].astype(np.uint32) * SCRAMBLE
    ranked = np.lexsort((lot, -groups.data[position], row))
    first = np.searchsorted(row, row, "left")
    kept = ~large
    kept[position[ranked[np.arange(len(row)) - first < most]]] = True
    starts = np.concatenate([[0], np.cumsum(np.minimum(sizes, most))])
    return sparse.csr_matrix((groups.data[kept], groups.indices[kept], starts), shape=groups.shape)


def _greatest_size(sizes: np.ndarray, pairs: int) -> int:
    """The greatest size to which groups can be cut so that their squares stay within ``pairs``."""
    rising = np.sort(sizes).astype(np.float64)
    below = np.concatenate([[0.0], np.cumsum(np.square(rising))])
    fewest, most = 1, int(rising[-1])
    while fewest < most:
        middle = (fewest + most + 1) // 2
        small = int(np.searchsorted(rising, middle, "right"))
        if below[small] + (len(rising) - small) * float(middle) ** 2 <= pairs:
            fewest = middle
        else:
            most = middle - 1
    return fewest


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
    kept = worth >= np.repeat(edge.astype(worth.dtype), np.diff(block.indptr))
    row = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))[kept]
    starts = np.searchsorted(row, np.arange(block.shape[0] + 1))
    return sparse.csr_matrix((block.data[kept], block.indices[kept], starts), shape=block.shape)

"""How many different people stand behind each entry of a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy import sparse

from recommender.gram import bounded
from recommender.lists import ItemLists

#: So many places of a table of some products by all, and so many meetings, are worked on together.
CELLS_AT_ONCE, MEETINGS_AT_ONCE = 8_000_000, 4_000_000


def count_parties(lists: ItemLists, groups: sparse.csr_matrix, party: np.ndarray) -> ItemLists:
    """The same lists, each entry with the number of different parties in one of whose groups both products
    are.

    ``groups`` is orders (or visits) by products, ``party`` who each order belongs to (int64). One shopper
    who buys the same pair every week counts once.
    """
    counts = np.zeros(len(lists.products), np.int32)
    of_product = groups.tocsc()
    sizes = np.diff(groups.indptr)
    meetings = np.add.reduceat(np.append(sizes[of_product.indices], 0), of_product.indptr[:-1])
    meetings[np.diff(of_product.indptr) == 0] = 0
    parties = int(party.max(initial=0)) + 1
    for rows, entry_of in _blocks(lists, meetings):
        column = slice(of_product.indptr[rows.start], of_product.indptr[rows.stop])
        orders = of_product.indices[column]
        product = np.repeat(np.arange(len(rows)), np.diff(of_product.indptr[rows.start : rows.stop + 1]))
        starts, lengths = groups.indptr[orders].astype(np.int64), sizes[orders].astype(np.int64)
        ends = np.cumsum(lengths)
        position = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - (ends - lengths), lengths)
        entry = entry_of[np.repeat(product, lengths), groups.indices[position]]
        named = entry >= 0
        pairs = np.sort(entry[named].astype(np.int64) * parties + np.repeat(party[orders], lengths)[named])
        different = pairs[np.flatnonzero(np.diff(pairs, prepend=-1))]
        first, last = int(lists.starts[rows.start]), int(lists.starts[rows.stop])
        counts[first:last] = np.bincount(different // parties, minlength=last - first)
    return replace(lists, counts=counts)


def shared_parties(lists: ItemLists, owners: sparse.csr_matrix) -> ItemLists:
    """The same lists, each entry with the number of parties (rows of ``owners``) that have both products.

    Where parties with very many products are read in part (``gram.bounded``), with so many at least.
    """
    read = bounded(owners)
    ones = sparse.csr_matrix((np.ones(read.nnz, np.float32), read.indices, read.indptr), shape=read.shape)
    # Only pairs of a product that has a list with one that is in some list are ever asked about.
    listed = sparse.diags((np.diff(lists.starts) > 0).astype(np.float32), format="csr")
    columns, targets = sparse.csr_matrix(listed @ ones.T), np.unique(lists.products)
    columns.eliminate_zeros()
    across = sparse.csr_matrix(ones[:, targets])
    counts = np.zeros(len(lists.products), np.int32)
    for rows, entry_of in _blocks(lists, np.zeros(len(lists), np.int64)):
        met = sparse.csr_matrix(columns[rows.start : rows.stop] @ across)
        entry = entry_of[np.repeat(np.arange(len(rows)), np.diff(met.indptr)), targets[met.indices]]
        named = entry >= 0
        counts[int(lists.starts[rows.start]) + entry[named]] = met.data[named]
    return replace(lists, counts=counts)


def _blocks(lists: ItemLists, meetings: np.ndarray) -> Iterator[tuple[range, np.ndarray]]:
    """Runs of products, and for each a table (products of the run, all products) of where in the run's lists
    a product is named (int32), -1 where it is not.
    """
    products = len(lists)
    most = max(1, CELLS_AT_ONCE // max(1, products))
    entry_of = np.full((min(most, products), products), -1, np.int32)
    together = np.concatenate([[0], np.cumsum(meetings)])
    first = 0
    while first < products:
        within = int(np.searchsorted(together, together[first] + MEETINGS_AT_ONCE, "right")) - 1
        last = min(products, first + most, max(first + 1, within))
        entries = slice(int(lists.starts[first]), int(lists.starts[last]))
        row = np.repeat(np.arange(last - first), np.diff(lists.starts[first : last + 1]))
        entry_of[row, lists.products[entries]] = np.arange(len(row))
        if len(row):
            yield range(first, last), entry_of
        entry_of[row, lists.products[entries]] = -1
        first = last

"""How many different people stand behind each entry of a list."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from recommender.lists import ItemLists


def count_parties(lists: ItemLists, groups: sparse.csr_matrix, party: np.ndarray) -> ItemLists:
    """The same lists, each entry with the number of different parties in one of whose groups both products
    are.

    ``groups`` is orders (or visits) by products, ``party`` who each order belongs to (int64). One shopper
    who buys the same pair every week counts once.
    """
    counts = np.zeros(len(lists.products), np.int32)
    of_product = groups.tocsc()
    wanted = np.full(len(lists), -1, np.int64)
    for product in range(len(lists)):
        first, last = lists.starts[product], lists.starts[product + 1]
        if first == last:
            continue
        named = lists.products[first:last]
        wanted[named] = np.arange(len(named))
        orders = of_product.indices[of_product.indptr[product] : of_product.indptr[product + 1]]
        counts[first:last] = _parties_per_entry(groups, orders, party, wanted, len(named))
        wanted[named] = -1
    return replace(lists, counts=counts)


def _parties_per_entry(
    groups: sparse.csr_matrix, orders: np.ndarray, party: np.ndarray, wanted: np.ndarray, entries: int
) -> np.ndarray:
    starts = groups.indptr[orders].astype(np.int64)
    lengths = groups.indptr[orders + 1] - starts
    ends = np.cumsum(lengths)
    position = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - (ends - lengths), lengths)
    entry = wanted[groups.indices[position]]
    named = entry >= 0
    pairs = np.unique(np.repeat(party[orders], lengths)[named] * entries + entry[named])
    return np.bincount(pairs % entries, minlength=entries).astype(np.int32)


def shared_parties(lists: ItemLists, owners: sparse.csr_matrix) -> ItemLists:
    """The same lists, each entry with the number of parties (rows of ``owners``) that have both products."""
    columns = owners.tocsc()
    counts = np.zeros(len(lists.products), np.int32)
    marked = np.zeros(owners.shape[0], bool)
    for product in range(len(lists)):
        first, last = lists.starts[product], lists.starts[product + 1]
        if first == last:
            continue
        mine = columns.indices[columns.indptr[product] : columns.indptr[product + 1]]
        marked[mine] = True
        named = columns[:, lists.products[first:last]]
        counts[first:last] = np.add.reduceat(
            np.append(marked[named.indices], False).astype(np.int32), named.indptr[:-1]
        ) * (np.diff(named.indptr) > 0)
        marked[mine] = False
    return replace(lists, counts=counts)

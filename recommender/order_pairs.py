"""Orders beside what the same shopper had bought before each: what next-order learning reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from recommender.interactions import GUEST, MOST_PRODUCTS_IN_AN_ORDER, Interactions

#: Purchases further back than this many orders are too faint to carry along.
DEEPEST = 40


@dataclass(frozen=True)
class OrderPairs:
    """One row per order that had one before it: its shopper's past, and the order itself.

    ``products`` (int64) are the product rows that the columns stand for. ``before`` holds the decayed counts
    of the past over the square root of their sum, ``then`` 1 for what was bought; both times one over the
    square root of the order's size, so that every order has one voice.
    """

    before: sparse.csr_matrix
    then: sparse.csr_matrix
    products: np.ndarray

    @classmethod
    def of(cls, past: Interactions, *, kept: float, widest: int, most_lines: int) -> OrderPairs:
        """The pairs of all known shoppers; of more than ``most_lines`` lines of past, those of the newest.

        ``kept`` is what one order further back leaves of a purchase. A shopper's orders of one moment are
        one. Orders of more products than a person buys, and products outside the ``widest`` sold most, are
        left out.
        """
        lines = _Lines.of(past, widest)
        since = lines.starts[np.maximum(lines.first, np.arange(len(lines.first)) - DEEPEST)]
        taught = _newest(lines.moment, lines.starts[:-1] - since, most_lines)
        row, line = _ranges(since[taught], lines.starts[taught])
        faded = kept ** (taught[row] - 1.0 - lines.visit[line])
        shape = (len(taught), len(lines.products))
        before = sparse.csr_matrix((faded.astype(np.float32), (row, lines.product[line])), shape=shape)
        row, line = _ranges(lines.starts[taught], lines.starts[taught + 1])
        then = sparse.csr_matrix((np.ones(len(row), np.float32), (row, lines.product[line])), shape=shape)
        then.sum_duplicates()
        voice = 1.0 / np.sqrt(np.maximum(np.diff(then.indptr), 1.0))
        whole = np.sqrt(np.maximum(np.asarray(before.sum(axis=1)).ravel(), 1e-9))
        return cls(_scaled(voice / whole, before), _scaled(voice, then), lines.products)


@dataclass(frozen=True)
class _Lines:
    """Lines by shopper and moment: the column and the visit of each, where each visit starts (one more at the
    end), its moment, and the shopper's first visit.
    """

    product: np.ndarray
    visit: np.ndarray
    starts: np.ndarray
    moment: np.ndarray
    first: np.ndarray
    products: np.ndarray

    @classmethod
    def of(cls, past: Interactions, widest: int) -> _Lines:
        lines = past.orders
        sizes = np.bincount(lines.order, minlength=past.order_count)
        kept = (lines.shopper != GUEST) & (sizes[lines.order] <= MOST_PRODUCTS_IN_AN_ORDER)
        products = _sold_most(lines.product[kept], past.product_count, widest)
        column = np.full(past.product_count, -1, np.int64)
        column[products] = np.arange(len(products))
        kept &= column[lines.product] >= 0
        shopper, time, product = lines.shopper[kept], lines.time[kept], column[lines.product[kept]]
        ranked = np.lexsort((product, time, shopper))
        shopper, time, product = shopper[ranked], time[ranked], product[ranked]
        new = np.ones(len(shopper), bool)
        new[1:] = (shopper[1:] != shopper[:-1]) | (time[1:] != time[:-1])
        starts = np.flatnonzero(new)
        whose = shopper[starts]
        return cls(
            product=product,
            visit=np.cumsum(new) - 1,
            starts=np.append(starts, len(shopper)),
            moment=time[starts],
            first=np.searchsorted(whose, whose),
            products=products,
        )


def _sold_most(product: np.ndarray, products: int, widest: int) -> np.ndarray:
    sold = np.bincount(product, minlength=products)
    best = np.argsort(-sold, kind="stable")[:widest]
    return np.sort(best[sold[best] > 0]).astype(np.int64)


def _newest(moment: np.ndarray, lengths: np.ndarray, most: int) -> np.ndarray:
    """The visits with a past, rising; of a longer past in all, the newest that keep within ``most``."""
    ranked = np.argsort(-moment, kind="stable")
    ranked = ranked[lengths[ranked] > 0]
    return np.sort(ranked[np.cumsum(lengths[ranked]) <= most])


def _ranges(starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every number of every range, and which range it is of."""
    lengths = ends - starts
    row = np.repeat(np.arange(len(starts)), lengths)
    return row, np.arange(len(row)) - np.repeat(np.cumsum(lengths) - lengths - starts, lengths)


def _scaled(by: np.ndarray, matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    return sparse.csr_matrix(sparse.diags(by.astype(np.float32)) @ matrix, dtype=np.float32)

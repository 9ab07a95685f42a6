"""How loud one shopper may be: of their purchases or looks of one product only the newest few count in full.

The k-th newest weighs `full` / k beyond the first `full`, so that a pair of products that one shopper repeats
for ever never says more than full + full² (pi²/6 - 1 - 1/4 ...): 1.7 pairs where `full` is 1, 5.6 where it
is 3. `full` is a twentieth of those who buy a usual product of the shop, between 1 and 3: in a small shop
nobody is heard more than once or twice.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recommender.interactions import GUEST, MOST_PRODUCTS_IN_AN_ORDER, Interactions

LEAST_FULL, MOST_FULL, SHARE = 1.0, 3.0, 0.05


def voices(party: np.ndarray, product: np.ndarray, time: np.ndarray, full: float | None = None) -> np.ndarray:
    """How much each row counts (float32, 0 to 1): the newest ``full`` of a party's rows of a product wholly.

    ``full`` is found from how many parties a usual product has where it is not given.
    """
    if not len(party):
        return np.zeros(0, np.float32)
    key = party.astype(np.int64) * (int(product.max()) + 1) + product
    newest = np.argsort(time, kind="stable")[::-1]
    ranked = newest[np.argsort(key[newest], kind="stable")]
    first = np.ones(len(ranked), bool)
    first[1:] = np.diff(key[ranked]) != 0
    nth = np.empty(len(ranked), np.float32)
    nth[ranked] = nth_of_run(first)
    return as_loud(nth, heard_fully(np.bincount(product[ranked[first]])) if full is None else full)


def nth_of_run(first: np.ndarray) -> np.ndarray:
    """Which row of its run each is (float32, from 1), where ``first`` (bool) tells the first of each run."""
    place = np.arange(len(first))
    return (place - np.maximum.accumulate(np.where(first, place, 0)) + 1).astype(np.float32)


def heard_fully(parties: np.ndarray) -> float:
    """How many purchases of a party count in full, from how many parties each product has."""
    met = parties[parties > 0]
    return min(MOST_FULL, max(LEAST_FULL, SHARE * float(np.median(met)))) if len(met) else LEAST_FULL


def as_loud(nth: np.ndarray, full: float) -> np.ndarray:
    """How much the n-th newest counts (float32, 0 to 1)."""
    return np.minimum(np.float32(1.0), np.float32(full) / nth)


def voiced_baskets(interactions: Interactions, most: int = MOST_PRODUCTS_IN_AN_ORDER) -> sparse.csr_matrix:
    """``Interactions.baskets`` with each purchase as loud as its shopper may be (float32)."""
    lines = interactions.orders
    loud = voices(interactions.parties(), lines.product, lines.time)
    kept = np.bincount(lines.order, minlength=interactions.order_count)[lines.order] <= most
    shape = (interactions.order_count, interactions.product_count)
    return sparse.csr_matrix((loud[kept], (lines.order[kept], lines.product[kept])), shape=shape)


def voiced_looks(interactions: Interactions) -> np.ndarray:
    """How loud each look is (float32), a shopper's looks at a product in all visits together."""
    views = interactions.views
    unknown = len(interactions.shopper_ids) + views.visit.astype(np.int64)
    return voices(np.where(views.shopper == GUEST, unknown, views.shopper), views.product, views.time)

"""What the next order holds, from the orders before it: repeats and followers, learned as item-to-item
weights.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from scipy import sparse

from recommender.cards import Cards
from recommender.cross_ridge import cross_ridge
from recommender.estimator import Part
from recommender.evidence import shared_parties
from recommender.interactions import Interactions
from recommender.lists import ItemLists
from recommender.order_pairs import OrderPairs
from recommender.order_recency import KEPT_AN_ORDER


class NextOrder(Part):
    """A ridge regression of every product in an order on the shopper's decayed past before that order.

    ``follows_`` are lists of the products whose purchase in a later order each product foretells (counts:
    shoppers who bought both). ``again_`` (n,) float32 is what a purchase says of the same product's next
    one. Both are read with a past weighed as ``weigh`` does. User neighbours of next-basket research
    (TIFU-KNN, Hu et al. 2020) carry the same signal, but keep every shopper; these weights keep none.

    Orders of the ``widest`` products sold in most orders teach, and of them the newest, as many as bring
    ``most_lines`` lines of past with them, so that a large shop learns in bounded time and memory.
    """

    LISTS = ("follows_",)
    COLUMNS = {"again_": ("n",)}

    def __init__(
        self,
        longest: int = 100,
        neighbours: int = 100,
        ridge: float = 8.0,
        widest: int = 10_000,
        most_lines: int = 3_000_000,
    ) -> None:
        self.longest = longest
        self.neighbours = neighbours
        self.ridge = ridge
        self.widest = widest
        self.most_lines = most_lines

    def fit(self, interactions: Interactions, cards: Cards, *, as_of: float) -> Self:
        past = interactions.before(as_of)
        pairs = OrderPairs.of(past, kept=KEPT_AN_ORDER, widest=self.widest, most_lines=self.most_lines)
        weights = cross_ridge(pairs.before, pairs.then, neighbours=self.neighbours, ridge=self.ridge).tocoo()
        products = (past.product_count, past.product_count)
        source, target = pairs.products[weights.row], pairs.products[weights.col]
        itself = source == target
        self.again_ = np.zeros(past.product_count, np.float32)
        self.again_[source[itself]] = np.maximum(weights.data[itself], 0.0)
        others = sparse.csr_matrix(
            (weights.data[~itself], (source[~itself], target[~itself])), shape=products, dtype=np.float32
        )
        self.follows_ = shared_parties(ItemLists.from_matrix(others, self.longest), owners_of(past))
        return self


def weigh(fresh: np.ndarray) -> np.ndarray:
    """The weight of each product of a past, from its decayed count: so that a long past speaks louder than a
    short one, but less than in proportion.
    """
    return np.asarray(fresh / np.sqrt(max(float(fresh.sum()), 1e-9)))


def owners_of(past: Interactions) -> sparse.csr_matrix:
    """Shoppers (guests left out) by products, 1 where bought (float32)."""
    lines = past.orders
    known = lines.shopper >= 0
    owned = sparse.csr_matrix(
        (np.ones(int(known.sum()), np.float32), (lines.shopper[known], lines.product[known])),
        shape=(len(past.shopper_ids), past.product_count),
    )
    owned.sum_duplicates()
    owned.data[:] = 1.0
    return owned

"""Where the look goes next: learned from visits."""

from __future__ import annotations

from typing import Self

import numpy as np
from scipy import sparse

from recommender.association import Meetings, blocks, damped, strongest
from recommender.cards import Cards
from recommender.estimator import Part
from recommender.evidence import count_parties
from recommender.interactions import Interactions, Views
from recommender.lists import ItemLists
from recommender.substitutes import MOST_LOOKS_IN_A_VISIT, visit_baskets, visitors
from recommender.voices import voiced_looks


class AlsoViewed(Part):
    """For each product those looked at after it in the same visit, beyond chance.

    The very next look counts 1, the one after it half, the third a third, up to ``reach`` looks on. Counts
    are visitors who looked at both in one visit.
    """

    LISTS = ("viewed_next_",)
    COLUMNS = {}

    def __init__(self, longest: int = 100, reach: int = 3, damping: float = 5.0) -> None:
        self.longest = longest
        self.reach = reach
        self.damping = damping

    def fit(self, interactions: Interactions, cards: Cards, *, as_of: float) -> Self:
        past = interactions.before(as_of)
        products = past.product_count
        loud = voiced_looks(past)
        looks, nexts = _looks_and_nexts(past.views, loud, products, past.visit_count, self.reach)
        if looks.nnz == 0:
            self.viewed_next_ = ItemLists.empty(products)
            return self
        meetings = Meetings(looks, nexts)
        weight = np.asarray(looks.sum(axis=0), np.float32).ravel()
        found = [
            strongest(damped(meetings.of(rows).excess, rows, weight, self.damping), self.longest)
            for rows in blocks(products)
        ]
        lists = ItemLists.from_matrix(sparse.vstack(found), self.longest)
        self.viewed_next_ = count_parties(lists, visit_baskets(past), visitors(past))
        return self


def _looks_and_nexts(
    views: Views, loud: np.ndarray, products: int, visits: int, reach: int
) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """One row per look: the product looked at, and those looked at next in the visit, weighed by 1 /
    distance; both as loud as their visitor may be.
    """
    ranked = np.lexsort((np.arange(len(views)), views.visit))
    visit, product, loud = views.visit[ranked], views.product[ranked], loud[ranked]
    kept = np.bincount(visit, minlength=visits)[visit] <= MOST_LOOKS_IN_A_VISIT
    visit, product, loud = visit[kept], product[kept], loud[kept]
    count = len(product)
    shape = (count, products)
    looks = sparse.csr_matrix((loud, (np.arange(count), product)), shape=shape)
    nexts = sparse.csr_matrix(shape, dtype=np.float32)
    for distance in range(1, reach + 1):
        row = np.flatnonzero(visit[:-distance] == visit[distance:])
        weight = loud[row + distance] / np.float32(distance)
        nexts = nexts + sparse.csr_matrix((weight, (row, product[row + distance])), shape=shape)
    return looks, sparse.csr_matrix(nexts)

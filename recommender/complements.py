"""What goes with what: learned from baskets, with a direction, and never a substitute."""

from __future__ import annotations

from typing import Self

import numpy as np
from scipy import sparse

from recommender.association import Meetings, blocks, damped, strongest
from recommender.cards import Cards
from recommender.estimator import Part
from recommender.evidence import count_parties
from recommender.interactions import GUEST, Interactions, OrderLines
from recommender.lists import ItemLists
from recommender.local_ridge import local_ridge, weigh_rows
from recommender.substitutes import substitutes_of, variants_of

DAY = 86400.0


class Complements(Part):
    """Two sets of lists and the substitutes that stay out of both.

    ``together_`` holds what each product adds to a basket in which the others are known too (local ridge):
    summed over a basket it ranks what is likely to join it. ``goes_with_`` holds what one product by itself
    calls for, beyond chance and in its direction: the drill calls for bits, bits do not call for a drill.
    ``substitutes_`` holds what shoppers weigh against each product, ``variants_`` its other sizes and
    colours. Counts are shoppers who bought both in one order (in ``goes_with_``: or one soon after the
    other); for substitutes, visitors who looked at both.
    """

    LISTS = ("together_", "goes_with_", "substitutes_", "variants_")
    COLUMNS = {}

    def __init__(
        self,
        longest: int = 100,
        neighbours: int = 50,
        ridge: float = 5.0,
        size_power: float = 0.5,
        damping: float = 5.0,
        follow_days: float = 30.0,
        follow_weight: float = 0.5,
        least_lift: float = 1.5,
        least_visitors: int = 3,
    ) -> None:
        self.longest = longest
        self.neighbours = neighbours
        self.ridge = ridge
        self.size_power = size_power
        self.damping = damping
        self.follow_days = follow_days
        self.follow_weight = follow_weight
        self.least_lift = least_lift
        self.least_visitors = least_visitors

    def fit(self, interactions: Interactions, cards: Cards, *, as_of: float) -> Self:
        past = interactions.before(as_of)
        baskets = past.baskets()
        weighed = weigh_rows(baskets, self.size_power)
        together = Meetings(weighed, weighed)
        self.substitutes_ = substitutes_of(
            past,
            together,
            least_lift=self.least_lift,
            least_visitors=self.least_visitors,
            longest=self.longest,
        )
        variants = variants_of(cards)
        self.variants_ = ItemLists.from_matrix(variants, self.longest)
        apart = self._apart(variants)
        ridge = local_ridge(weighed, neighbours=self.neighbours, ridge=self.ridge, apart=apart)
        party = order_parties(past)
        self.together_ = count_parties(ItemLists.from_matrix(ridge, self.longest), baskets, party)
        soon = soon_after(past, baskets, self.follow_days)
        called = self._goes_with(weighed, together, soon, apart)
        self.goes_with_ = count_parties(
            ItemLists.from_matrix(called, self.longest), _or_soon_after(baskets, soon), party
        )
        return self

    def rivals(self, rows: np.ndarray) -> np.ndarray:
        """The rows of all substitutes and variants of these products: what completes none of them."""
        return np.concatenate([self.substitutes_.of(rows).product, self.variants_.of(rows).product]).astype(
            np.int64
        )

    def _apart(self, variants: sparse.csr_matrix) -> sparse.csr_matrix:
        rivals = self.substitutes_
        pairs = sparse.csr_matrix(
            (rivals.scores, rivals.products, rivals.starts), shape=(len(rivals), len(rivals))
        )
        return sparse.csr_matrix(pairs + pairs.T + variants)

    def _goes_with(
        self,
        weighed: sparse.csr_matrix,
        together: Meetings,
        soon: sparse.csr_matrix,
        apart: sparse.csr_matrix,
    ) -> sparse.csr_matrix:
        products = weighed.shape[1]
        if weighed.nnz == 0:
            return sparse.csr_matrix((products, products), dtype=np.float32)
        later = Meetings(weighed, weigh_rows(soon, self.size_power))
        weight = np.asarray(weighed.multiply(weighed).sum(axis=0), np.float32).ravel()
        found = []
        for rows in blocks(products):
            excess = _called_for(together, later, rows, self.follow_weight, self.damping)
            excess[apart[rows].toarray() != 0] = 0.0
            found.append(strongest(damped(excess, rows, weight, self.damping), self.longest))
        return sparse.vstack(found)


def _called_for(
    together: Meetings, later: Meetings, rows: np.ndarray, follow_weight: float, damping: float
) -> np.ndarray:
    """Meetings beyond chance, in one order and soon after, turned in the direction that the later ones
    show.

    Without later ones the two directions weigh 1 and 1; the clearer the order of purchase, the nearer to 2
    and 0. Below a half the pair is dropped: what is bought first is not called for by what follows.
    """
    same = together.of(rows)
    after, before = later.of(rows).excess, later.towards(rows).excess
    turned = 2.0 * (after + damping) / (after + before + 2.0 * damping)
    turned[turned < 0.5] = 0.0
    shunned = (same.chance >= 2.0) & (same.together < 0.5 * same.chance)
    excess = (same.excess + follow_weight * after) * turned
    excess[shunned] = 0.0
    return excess


def order_parties(interactions: Interactions) -> np.ndarray:
    """Whose order each is (int64), guests told apart by order."""
    party = np.zeros(interactions.order_count, np.int64)
    party[interactions.orders.order] = interactions.parties()
    return party


def soon_after(interactions: Interactions, baskets: sparse.csr_matrix, days: float) -> sparse.csr_matrix:
    """Orders by products: what the same shopper's next order brought within ``days`` and this one did not
    have.
    """
    earlier, later = _next_orders(interactions.orders, interactions.order_count, days)
    step = sparse.csr_matrix(
        (np.ones(len(earlier), np.float32), (earlier, later)),
        shape=(interactions.order_count, interactions.order_count),
    )
    brought = sparse.csr_matrix(step @ baskets)
    new = brought - brought.multiply(baskets)
    new.eliminate_zeros()
    return sparse.csr_matrix(new)


def _next_orders(lines: OrderLines, orders: int, days: float) -> tuple[np.ndarray, np.ndarray]:
    order, first = np.unique(lines.order, return_index=True)
    shopper, time = lines.shopper[first], lines.time[first]
    ranked = np.lexsort((order, time, shopper))
    order, shopper, time = order[ranked], shopper[ranked], time[ranked]
    follows = (shopper[1:] == shopper[:-1]) & (shopper[1:] != GUEST) & (time[1:] - time[:-1] <= days * DAY)
    return order[:-1][follows], order[1:][follows]


def _or_soon_after(baskets: sparse.csr_matrix, soon: sparse.csr_matrix) -> sparse.csr_matrix:
    either = sparse.csr_matrix(baskets + soon)
    either.data[:] = 1.0
    return either

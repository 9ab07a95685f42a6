"""What is bought together, and what one purchase is followed by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import sparse

from recommender.association import Meetings
from recommender.interactions import GUEST, Interactions, OrderLines
from recommender.local_ridge import weigh_rows
from recommender.voices import voiced_baskets

DAY = 86400.0


@dataclass(frozen=True)
class JointPurchases:
    """A history's orders, read pair by pair.

    ``weighed`` are orders by products, large ones counting for less; ``either`` (0/1) adds to each order
    what the same shopper's next one brought soon. ``together`` are meetings within an order, ``later`` from
    an order to what came soon after. ``party`` is whose order each is.
    """

    baskets: sparse.csr_matrix
    weighed: sparse.csr_matrix
    either: sparse.csr_matrix
    together: Meetings
    later: Meetings
    party: np.ndarray

    @classmethod
    def of(cls, past: Interactions, *, size_power: float, follow_days: float) -> Self:
        """The pairs of a history; an order weighs its size ** -``size_power``, soon is within
        ``follow_days``. However often one shopper buys the same pair, it says no more than `voices` lets it.
        """
        baskets, voiced = past.baskets(), voiced_baskets(past)
        soon = soon_after(past, voiced, follow_days)
        weighed = weigh_rows(voiced, size_power)
        either = sparse.csr_matrix(baskets + soon)
        either.data[:] = 1.0
        return cls(
            baskets=baskets,
            weighed=weighed,
            either=either,
            together=Meetings(weighed, weighed),
            later=Meetings(weighed, weigh_rows(soon, size_power)),
            party=order_parties(past),
        )


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
    new = brought - brought.multiply(baskets > 0)
    new.eliminate_zeros()
    return sparse.csr_matrix(new)


def _next_orders(lines: OrderLines, orders: int, days: float) -> tuple[np.ndarray, np.ndarray]:
    order, first = np.unique(lines.order, return_index=True)
    shopper, time = lines.shopper[first], lines.time[first]
    ranked = np.lexsort((order, time, shopper))
    order, shopper, time = order[ranked], shopper[ranked], time[ranked]
    follows = (shopper[1:] == shopper[:-1]) & (shopper[1:] != GUEST) & (time[1:] - time[:-1] <= days * DAY)
    return order[:-1][follows], order[1:][follows]

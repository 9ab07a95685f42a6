"""Each shopper's past at any moment, read from the shop's history: what live questions carry, for learning
and tests.
"""

from __future__ import annotations

import numpy as np

from recommender.asked import DAY, Asked, Own
from recommender.interactions import GUEST, Interactions, OrderLines
from recommender.order_recency import by_order
from recommender.question import Bought
from recommender.runs import LEAST_GAP_DAYS, Purchases

MOST_MOMENTS = 10


class Histories:
    """A history sorted by shopper, so that one shopper's past is one slice."""

    def __init__(self, interactions: Interactions) -> None:
        self.interactions = interactions
        lines = interactions.orders
        known = np.flatnonzero(lines.shopper != GUEST)
        ranked = known[np.lexsort((lines.time[known], lines.product[known], lines.shopper[known]))]
        self._product = lines.product[ranked].astype(np.int64)
        self._time = lines.time[ranked]
        self._quantity = lines.quantity[ranked]
        shoppers = len(interactions.shopper_ids)
        self._starts = np.searchsorted(lines.shopper[ranked], np.arange(shoppers + 1))

    def _slice(self, shopper: int, before: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        if shopper == GUEST:
            return self._product[:0], self._time[:0], self._quantity[:0]
        mine = slice(self._starts[shopper], self._starts[shopper + 1])
        past = self._time[mine] < before
        return self._product[mine][past], self._time[mine][past], self._quantity[mine][past]

    def own(self, shopper: int, before: float) -> Own:
        """What this shopper (a row, or -1) had bought strictly before the moment."""
        product, time, _ = self._slice(shopper, before)
        if not len(product):
            return Own.nothing()
        starts = np.flatnonzero(np.diff(product, prepend=-1))
        lasts = np.append(starts[1:], len(product)) - 1
        days = np.diff(time, prepend=time[:1]) / DAY
        days[starts] = 0.0
        counted = days >= LEAST_GAP_DAYS
        run = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(product))))
        gaps = np.bincount(run, counted, len(starts))
        logs = np.bincount(run, np.where(counted, np.log(np.maximum(days, LEAST_GAP_DAYS)), 0.0), len(starts))
        ago, fresh, orders = by_order(time, run, len(starts))
        newest = np.argsort(-time[lasts], kind="stable")
        return Own(
            rows=product[starts][newest],
            times=np.diff(np.append(starts, len(product)))[newest].astype(np.float64),
            age=(before - time[lasts][newest]) / DAY,
            gaps=gaps[newest],
            log_gap=(logs / np.maximum(gaps, 1))[newest],
            ago=ago[newest],
            fresh=fresh[newest],
            orders=orders,
        )

    def asked(self, shopper: int, now: float, basket: np.ndarray | None = None) -> Asked:
        """The question of this shopper at this moment with these products in the basket."""
        nothing = np.zeros(0, np.int64)
        return Asked(
            products=nothing,
            basket=nothing if basket is None else np.asarray(basket, np.int64),
            viewed=nothing,
            viewed_age=np.zeros(0),
            own=self.own(shopper, now),
            now=now,
            purchases=self.purchases(shopper, now),
        )

    def purchases(self, shopper: int, before: float) -> Purchases:
        """What this shopper (a row, or -1) had bought strictly before the moment, each purchase by itself."""
        product, time, quantity = self._slice(shopper, before)
        return Purchases(np.zeros(len(product), np.int64), product, time, quantity.astype(np.float64))

    def bought(self, shopper: int, before: float) -> tuple[Bought, ...]:
        """The same past as a shop would send it with a question, newest first."""
        product, time, quantity = self._slice(shopper, before)
        if not len(product):
            return ()
        starts = np.flatnonzero(np.diff(product, prepend=-1))
        found = []
        for start, end in zip(starts, np.append(starts[1:], len(product)), strict=True):
            moments = time[start:end]
            found.append(
                Bought(
                    product_id=self.interactions.product_ids[product[start]],
                    times=int(end - start),
                    quantity=float(quantity[start:end].sum()),
                    first_at=float(moments[0]),
                    last_at=float(moments[-1]),
                    moments=tuple(float(each) for each in moments[::-1][:MOST_MOMENTS]),
                )
            )
        return tuple(sorted(found, key=lambda each: (-each.last_at, each.product_id)))


def orders_of(lines: OrderLines, sizes: tuple[int, int]) -> list[tuple[int, float, np.ndarray]]:
    """Shopper (-1 a guest), time and product rows of each order with so many products (both ends in),
    oldest first.
    """
    ranked = np.lexsort((lines.product, lines.order, lines.time))
    starts = np.flatnonzero(np.diff(lines.order[ranked], prepend=-1))
    ends = np.append(starts[1:], len(ranked))[: len(starts)]
    fitting = np.flatnonzero((ends - starts >= sizes[0]) & (ends - starts <= sizes[1]))
    return [
        (
            int(lines.shopper[first]),
            float(lines.time[first]),
            lines.product[ranked[start:end]].astype(np.int64),
        )
        for start, end in zip(starts[fitting], ends[fitting], strict=True)
        for first in (ranked[start],)
    ]

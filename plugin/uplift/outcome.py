"""What shoppers brought within some days of a moment of their own: orders, money, and what is left of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from plugin.catalog import Catalogue
from plugin.order_history import ORDER_LINES
from plugin.store.log import Log
from plugin.uplift.cohort import DAY, Member

LEAST_SHARE_WITH_COST = 0.5  # of what was paid; where less is known of costs, no margin is told

AFTER = f"""
WITH kept AS ({ORDER_LINES}),
members AS (SELECT unnest($refs) AS shopper, unnest($since) AS since),
costs AS (SELECT unnest($products) AS product_id, unnest($costs) AS cost)
SELECT shopper, count(DISTINCT order_id) AS orders, sum(quantity * price) AS paid,
    sum(quantity * (price - cost)) AS left_over, sum(quantity * price) FILTER (cost IS NOT NULL) AS known
FROM kept JOIN members USING (shopper) LEFT JOIN costs USING (product_id)
WHERE ordered_at >= since AND ordered_at < since + $days * {DAY} GROUP BY shopper
"""


@dataclass(frozen=True)
class Outcome:
    """What each member brought, one value each: orders, money paid, money left above cost (minor units).

    Prices are those that were paid: what offers took off is in neither. What came back is not in it.
    ``left_over`` is None where costs are known of less than half of what was paid; a line of unknown cost
    is taken to leave as much as the others.
    """

    orders: np.ndarray
    paid: np.ndarray
    left_over: np.ndarray | None


def outcome(log: Log, catalogue: Catalogue, members: Sequence[Member], days: int, now: float) -> Outcome:
    """Return what each member brought within so many days of coming in, in their order."""
    costs = {each.product_id: each.cost for each in catalogue if each.cost is not None}
    asked = {
        "before": now,
        "refs": [member.ref for member in members],
        "since": [member.since for member in members],
        "products": list(costs),
        "costs": list(costs.values()),
        "days": days,
    }
    place = {member.ref: at for at, member in enumerate(members)}
    told = np.zeros((4, len(members)))
    for row in log.query(AFTER, asked).to_pylist():
        figures = (row["orders"], row["paid"], row["left_over"], row["known"])
        told[:, place[row["shopper"]]] = [float(figure or 0) for figure in figures]
    orders, paid, left_over, known = told
    if known.sum() <= 0 or known.sum() < LEAST_SHARE_WITH_COST * paid.sum():
        return Outcome(orders, paid, None)
    usual = left_over.sum() / known.sum()
    return Outcome(orders, paid, left_over + usual * (paid - known))

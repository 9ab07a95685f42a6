"""What a shop's known shoppers bought, day by day, and what is left of it above cost: read from the log."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from plugin.catalog import Product
from plugin.order_history import ORDER_LINES
from plugin.store.log import Log
from recommender.worth.purchases import Purchases

DAY = 86_400.0
LEAST_SHARE_WITH_COST = 0.5  # of what was paid; where less is known of costs, no margin is told

BY_DAY = f"""
WITH kept AS ({ORDER_LINES})
SELECT dense_rank() OVER (ORDER BY shopper) - 1 AS buyer, floor(ordered_at / {DAY}) AS day,
    sum(quantity * price) AS spent
FROM kept WHERE shopper LIKE 'u:%' GROUP BY shopper, day
"""

MARGIN = f"""
WITH kept AS ({ORDER_LINES}), costs AS (SELECT unnest($products) AS product_id, unnest($costs) AS cost)
SELECT sum(quantity * price) AS paid, sum(quantity * price) FILTER (cost IS NOT NULL) AS known,
    sum(quantity * (price - cost)) AS left_over
FROM kept LEFT JOIN costs USING (product_id) WHERE shopper LIKE 'u:%' AND price > 0
"""


def purchases_before(log: Log, before: float) -> Purchases:
    """Return what every known shopper bought and kept before a moment, numbered and without their names."""
    rows = log.query(BY_DAY, {"before": before})
    buyer, day, spent = (_numbers(rows, name) for name in ("buyer", "day", "spent"))
    return Purchases.of(buyer, day, spent)


def margin_before(log: Log, before: float, catalogue: Iterable[Product]) -> float | None:
    """Return the share of what was paid that is left above today's costs, returns and discounts out of it.

    None where costs are known of less than half of what was paid.
    """
    costs = {each.product_id: each.cost for each in catalogue if each.cost is not None}
    if not costs:
        return None
    told = {"before": before, "products": list(costs), "costs": list(costs.values())}
    (row,) = log.query(MARGIN, told).to_pylist()
    paid, known = row["paid"] or 0.0, row["known"] or 0.0
    if known <= 0 or known < LEAST_SHARE_WITH_COST * paid:
        return None
    return float(row["left_over"]) / float(known)


def _numbers(rows: pa.Table, name: str) -> np.ndarray:
    return np.asarray(rows.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)

"""How long ago something was bought, counted in the shopper's own orders: a clock that also runs where days
say little.
"""

from __future__ import annotations

import numpy as np

#: What one order further back leaves of a purchase's weight.
KEPT_AN_ORDER = 0.9


def by_order(time: np.ndarray, run: np.ndarray, runs: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Per product the orders since its last purchase and its decayed count, and how many orders there were.

    ``time`` (epoch seconds) and ``run`` (0 to ``runs`` - 1, the product) are one shopper's purchases, each
    run at least once. Purchases of one moment are one order; the newest is 0 orders ago. The decayed count
    adds 0.9 to the power of the orders ago (the recency weights of TIFU-KNN, Hu et al. 2020, in one group).
    """
    moments, order = np.unique(time, return_inverse=True)
    ago = (len(moments) - 1 - order).astype(np.float64)
    last = np.full(runs, np.inf)
    np.minimum.at(last, run, ago)
    return last, np.bincount(run, KEPT_AN_ORDER**ago, runs), len(moments)

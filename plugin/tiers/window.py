"""A shopper's figures within a ladder's window: what was bought since then, and nothing older."""

from __future__ import annotations

from plugin.ownership import Figures
from plugin.shopper import Profile

DAY = 86_400.0


def figures_within(profile: Profile, window_days: int, now: float) -> Figures:
    """Return orders, spending (minor units), first and last purchase of the last `window_days` before `now`.

    Counts the orders a profile keeps in full; of a shopper with more orders than those inside one window
    the oldest are left out, which can only make the figures smaller than the truth. Browser claims,
    cancelled orders and what came back count nothing.
    """
    since = now - window_days * DAY
    orders, spent = 0, 0
    first_at: float | None = None
    last_at: float | None = None
    for order in profile.orders.values():
        at = order.at
        if at is None or not since < at <= now or not order.kept():
            continue
        orders += 1
        spent += order.spent()
        first_at = at if first_at is None else min(first_at, at)
        last_at = at if last_at is None else max(last_at, at)
    return Figures(orders, spent, first_at, last_at)

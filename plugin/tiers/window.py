"""A shopper's figures within a ladder's window: what was bought since then, and nothing older."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.ownership import Figures
from plugin.shopper import Profile

DAY = 86_400.0
Purchase = tuple[float, int]
"""When an order was made (epoch seconds), and what its shopper paid for what stayed (minor units)."""


def figures_within(profile: Profile, window_days: int, now: float) -> Figures:
    """Return orders, spending (minor units), first and last purchase of the last `window_days` before `now`.

    Counts the orders a profile keeps in full; of a shopper with more orders than those inside one window
    the oldest are left out, which can only make the figures smaller than the truth. Browser claims,
    cancelled orders and what came back count nothing.
    """
    return figures_of(purchases(profile), window_days, now)


def purchases(profile: Profile) -> list[Purchase]:
    """Return a shopper's orders of which something stayed, oldest first."""
    return sorted(
        (order.at, order.paid_for(kept))
        for order in profile.orders.values()
        if order.at is not None and (kept := order.kept())
    )


def figures_of(bought: Sequence[Purchase], window_days: int, now: float) -> Figures:
    """Return the figures of those purchases, oldest first, that lie in the window before `now`."""
    since = now - window_days * DAY
    within = [held for held in bought if since < held[0] <= now]
    if not within:
        return Figures(0, 0, None, None)
    return Figures(len(within), sum(spent for _, spent in within), within[0][0], within[-1][0])

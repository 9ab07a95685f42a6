"""Some of a shop's people with all that they did, for what needs no more than some of them."""

from __future__ import annotations

import numpy as np

from recommender.interactions import GUEST, Interactions


def drawn_people(interactions: Interactions, most: int, seed: int) -> Interactions:
    """The same history where it has at most so many order lines and looks, else that of people who have so
    many together, drawn at random.

    People are shoppers, and the guest behind each order or visit of nobody known. The numbering stays.
    """
    lines, views = interactions.orders, interactions.views
    if len(lines) + len(views) <= most:
        return interactions
    buyer, visitor = interactions.parties(), _visitors(interactions)
    people = len(interactions.shopper_ids) + interactions.order_count + interactions.visit_count
    rows = np.bincount(buyer, minlength=people) + np.bincount(visitor, minlength=people)
    shuffled = np.random.default_rng(seed).permutation(np.flatnonzero(rows))
    some = shuffled[: np.searchsorted(np.cumsum(rows[shuffled]), most, "right")]
    chosen = np.zeros(people + 1, bool)
    chosen[some] = True
    chosen[GUEST] = True  # what guests sent back is nobody's
    return interactions.where(
        {
            "orders": chosen[buyer],
            "views": chosen[visitor],
            "dismissals": chosen[interactions.dismissals.shopper],
            "signs": chosen[interactions.signs.shopper],
            "returns": chosen[interactions.returns.shopper],
        }
    )


def _visitors(interactions: Interactions) -> np.ndarray:
    """Whose look each is, behind all buyers where nobody knows (int64)."""
    views = interactions.views
    unknown = len(interactions.shopper_ids) + interactions.order_count + views.visit.astype(np.int64)
    return np.where(views.shopper == GUEST, unknown, views.shopper)

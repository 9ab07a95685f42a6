"""What is to be expected of one shopper, worked out at once from their own orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from plugin.catalog import Catalogue
from plugin.ownership import Figures
from plugin.shopper import Profile
from plugin.tiers.window import DAY, Purchase, purchases
from plugin.value.shop_value import ShopValue
from recommender.worth.purchases import Purchases, Seen, seen_at

OWN_MARGIN_COUNTS_FROM = 3.0  # usual orders of the shop's that its margin weighs beside the shopper's own


@dataclass(frozen=True)
class Expected:
    """What a shopper is expected to do within the time ahead; money in minor units.

    ``orders`` are days of buying; ``still_customer`` a probability; ``place`` (0 to 1) the share of the
    shop's buyers of whom less is expected. ``spend`` is None where too little was ever paid, ``profit`` also
    where costs are not known.
    """

    orders: float
    spend: int | None
    profit: int | None
    still_customer: float
    place: float | None


def expected(
    profile: Profile, figures: Figures, value: ShopValue | None, catalogue: Catalogue, now: float
) -> Expected | None:
    """Return what is to be expected of a shopper after `now`; None where there is too little to say.

    That is so without orders, without a value of the shop, and in a shop of few buyers (fewer than 20, or
    fewer than 10 who ever bought again).
    """
    if value is None or value.foresight is None:
        return None
    seen = _seen(purchases(profile), figures, value.foresight.ahead, now)
    if seen is None:
        return None
    foresight = value.foresight
    spending = foresight.spending(seen)
    spend = None if spending is None else float(spending[0])
    margin = own_margin(profile, figures, value.margin, catalogue)
    return Expected(
        orders=float(foresight.orders(seen)[0]),
        spend=None if spend is None else round(spend),
        profit=None if spend is None or margin is None else round(spend * margin),
        still_customer=float(foresight.still(seen)[0]),
        place=value.place(float(foresight.rank_score(seen)[0])),
    )


def own_margin(profile: Profile, figures: Figures, usual: float | None, catalogue: Catalogue) -> float | None:
    """Return the share of this shopper's payments that is left above cost, drawn towards the shop's `usual`.

    What was sent back is not in it, and what was paid is after discounts. None where the shop's is not known.
    """
    if usual is None:
        return None
    paid = left = 0.0
    for order in profile.orders.values():
        for product_id, pieces in order.kept().items() if order.at is not None else ():
            product, price = catalogue.get(product_id), order.lines[product_id][1]
            if product is not None and product.cost is not None and price:
                paid += pieces * price
                left += pieces * (price - product.cost)
    beside = OWN_MARGIN_COUNTS_FROM * figures.spent / max(figures.orders, 1)
    return (left + beside * usual) / (paid + beside) if paid + beside > 0 else usual


def _seen(bought: Sequence[Purchase], figures: Figures, ahead: float, now: float) -> Seen | None:
    """What the models see of one shopper. Of orders kept as sums only, each counts as a day of its own."""
    past = [held for held in bought if held[0] <= now]
    if not past or figures.first_at is None:
        return None
    today = float(np.floor(now / DAY)) + 1.0
    at, spent = np.array(past, np.float64).T
    _, seen = seen_at(Purchases.of(np.zeros(len(past)), at / DAY, spent), today, ahead)
    older = figures.orders - len(bought)
    if older <= 0:
        return seen
    longer = np.array([max(0.0, at[0] / DAY - figures.first_at / DAY)])
    return replace(
        seen,
        days=seen.days + older,
        recency=seen.recency + np.floor(longer),
        age=seen.age + np.floor(longer),
        spent=seen.spent + max(0, figures.spent - sum(paid for _, paid in bought)),
    )

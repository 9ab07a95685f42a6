"""What sells, and what is rising now."""

from __future__ import annotations

from typing import Self

import numpy as np

from recommender.cards import Cards
from recommender.estimator import Part
from recommender.goods import faults
from recommender.interactions import Interactions
from recommender.voices import LEAST_FULL, as_loud, heard_fully, nth_of_run

DAY = 86400.0
WINDOWS_DAYS = (7.0, 28.0, 90.0, np.inf)


class Trending(Part):
    """Decayed counts of purchases, and the order in which products rise.

    ``sales_`` (n, 4) float32 is ln(1 + shoppers buying) in the last 7, 28 and 90 days and ever; a shopper
    counts once a day, and however often they come no more than `voices` lets them: less than 5.6 in sales,
    less than 1.7 in what rises. ``rising_`` (n,) float32 is the decayed count times how far it is above the
    product's usual one, less for what comes back faulty, 0 where nobody bought. ``buyers_`` (n,) int32 is how
    many different shoppers bought in the last 28 days. Windows end at the newest purchase, so a shop that
    stood still shows what it last sold.
    """

    LISTS = ()
    COLUMNS = {
        "sales_": ("n", len(WINDOWS_DAYS)),
        "rising_": ("n",),
        "buyers_": ("n",),
        "risen_": (-1,),
        "sellers_": (-1,),
    }

    def __init__(self, half_life_days: float = 7.0, usual_days: float = 60.0, damping: float = 2.0) -> None:
        self.half_life_days = half_life_days
        self.usual_days = usual_days
        self.damping = damping

    def fit(self, interactions: Interactions, cards: Cards, *, as_of: float) -> Self:
        past = interactions.before(as_of)
        products = past.product_count
        product, party, age = _purchases_by_day(past)
        new = np.ones(len(product), bool)
        new[1:] = (product[1:] != product[:-1]) | (party[1:] != party[:-1])
        parties = np.bincount(product[new], minlength=products)
        loud, once = (as_loud(nth_of_run(new), full) ** 2 for full in (heard_fully(parties), LEAST_FULL))
        counts = [
            np.bincount(product[near], loud[near], products) for near in (age < d for d in WINDOWS_DAYS)
        ]
        self.sales_ = np.log1p(np.stack(counts, axis=1)).astype(np.float32)
        lately = np.bincount(product, once * 0.5 ** (age / self.half_life_days), products)
        usually = np.bincount(product, once * 0.5 ** (age / self.usual_days), products) * (
            self.half_life_days / self.usual_days
        )
        rise = (lately + self.damping) / (usually + self.damping)
        self.rising_ = (lately * rise * np.exp(-faults(past)[0])).astype(np.float32)
        recent = age < WINDOWS_DAYS[1]
        buyers = np.unique(product[recent] * (party.max(initial=0) + 1) + party[recent])
        self.buyers_ = np.bincount(buyers // (party.max(initial=0) + 1), minlength=products).astype(np.int32)
        self.risen_ = _best_first(np.where(self.buyers_ > 0, self.rising_, 0.0))
        self.sellers_ = _best_first(self.sales_[:, 1])
        return self

    def fault(self, products: int) -> tuple[str, str] | None:
        """As for every part; also refuses orders that name products there are not."""
        for name in ("risen", "sellers"):
            order = getattr(self, f"{name}_")
            if order.ndim == 1 and len(order) and (order.min() < 0 or order.max() >= products):
                return name, "names a product outside the catalogue"
        return super().fault(products)


def _best_first(values: np.ndarray) -> np.ndarray:
    ranked = np.argsort(-values, kind="stable")
    return ranked[values[ranked] > 0].astype(np.int32)


def _purchases_by_day(past: Interactions) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Product, party and age in days of each purchase, one for each product, party and day, in this order."""
    lines = past.orders
    if not len(lines):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    age = (lines.time.max() - lines.time) / DAY
    party, product = past.parties(), lines.product.astype(np.int64)
    day = np.floor(age).astype(np.int64)
    key = (product * (party.max() + 1) + party) * (day.max() + 1) + day
    ranked = np.argsort(key, kind="stable")
    first = ranked[np.flatnonzero(np.diff(key[ranked], prepend=-1))]
    return product[first], party[first], age[first]

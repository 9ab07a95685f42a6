"""What is known of each product by itself: how often it came back as faulty, and what it costs."""

from __future__ import annotations

from typing import Self

import numpy as np

from recommender.cards import Cards
from recommender.estimator import Part
from recommender.interactions import Interactions
from recommender.signs import FAULTS

DAY = 86400.0
HALF_LIFE_DAYS = 180.0  # a batch that was bad once is not held against the next for ever
LEAST_COMPLAINTS = 3  # from so many people on; fewer prove nothing
USUAL_BUYERS = 20.0  # as many purchases the shop's usual share is worth beside a product's own
MOST_FAULTY = 3.0


class Goods(Part):
    """Each product's own facts.

    ``faulty_`` (n,) float32 is ln of how many times as often as usual in this shop it came back broken,
    damaged or not as described, 0 where no more often or where fewer than three people said so, 3 at most.
    ``complaints_`` (n,) int32 is how many people did. ``price_`` (n,) float32 is its price, 0 where unknown.
    """

    LISTS = ()
    COLUMNS = {"faulty_": ("n",), "complaints_": ("n",), "price_": ("n",)}

    def __init__(self, least_complaints: int = LEAST_COMPLAINTS) -> None:
        self.least_complaints = least_complaints

    def fit(self, interactions: Interactions, cards: Cards, *, as_of: float) -> Self:
        past = interactions.before(as_of)
        self.faulty_, self.complaints_ = faults(past, self.least_complaints)
        self.price_ = np.nan_to_num(cards.over(past.product_ids).prices).astype(np.float32)
        return self


def faults(past: Interactions, least: int = LEAST_COMPLAINTS) -> tuple[np.ndarray, np.ndarray]:
    """How faulty each product is (float32, see ``Goods``) and how many people said so (int32).

    Each person counts once for a product, by the newest they did; both purchases and complaints fade.
    """
    back, lines, products = past.returns, past.orders, past.product_count
    nothing = np.zeros(products, np.float32), np.zeros(products, np.int32)
    told = back.among(FAULTS)
    if not told.any() or not len(lines):
        return nothing
    end = max(float(lines.time.max()), float(back.time.max()))
    whose = back.shopper[told].astype(np.int64)
    whose = np.where(whose < 0, len(past.shopper_ids) + np.arange(len(whose)), whose)
    complaints, people = _people(whose, back.product[told], end - back.time[told], products)
    buyers, _ = _people(past.parties(), lines.product, end - lines.time, products)
    usual = complaints.sum() / max(buyers.sum(), 1e-9)
    share = (complaints + USUAL_BUYERS * usual) / (np.maximum(buyers, complaints) + USUAL_BUYERS)
    faulty = np.clip(np.log(share / max(usual, 1e-9)), 0.0, MOST_FAULTY)
    return np.where(people >= least, faulty, 0.0).astype(np.float32), people.astype(np.int32)


def _people(
    whose: np.ndarray, product: np.ndarray, ago: np.ndarray, products: int
) -> tuple[np.ndarray, np.ndarray]:
    """Of each product the people, faded by how long ago, and as they are; each person by their newest."""
    newest = np.argsort(ago, kind="stable")
    key = whose.astype(np.int64) * max(1, products) + product
    _, first = np.unique(key[newest], return_index=True)
    kept = newest[first]
    faded = np.bincount(product[kept], 0.5 ** (ago[kept] / DAY / HALF_LIFE_DAYS), products)
    return faded, np.bincount(product[kept], minlength=products)

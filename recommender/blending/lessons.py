"""Questions of the shop's recent past whose answers are known, and where that past begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from recommender.asked import DAY, Asked
from recommender.interactions import Interactions

T = TypeVar("T")

LAST_SHARE = 0.2
MOST_DAYS = 60.0
ENOUGH_ORDERS = 500
BASKET_SIZES = (2, 100)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question and the product rows that turned out right."""

    asked: Asked
    right: np.ndarray


def slice_start(interactions: Interactions, as_of: float) -> float:
    """Where the time to be foreseen begins: the last fifth of the orders.

    Of sixty days at most, as long as that leaves enough orders to learn from: the near past tells most of
    the near future.
    """
    lines = interactions.orders
    if not len(lines):
        return as_of
    times = np.full(interactions.order_count, np.nan)
    times[lines.order] = lines.time
    times = times[~np.isnan(times)]
    last_fifth = float(np.quantile(times, 1.0 - LAST_SHARE))
    enough = float(np.quantile(times, max(0.0, 1.0 - ENOUGH_ORDERS / len(times))))
    return max(last_fifth, min(enough, as_of - MOST_DAYS * DAY))


def drawn(cases: list[T], rng: np.random.Generator, most: int) -> list[T]:
    """All of them, or so many drawn at random, in their order."""
    if len(cases) <= most:
        return cases
    return [cases[row] for row in np.sort(rng.choice(len(cases), most, replace=False))]

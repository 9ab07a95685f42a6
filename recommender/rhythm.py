"""When something is needed again: from the shopper's own gaps and those of everybody, each trusted as far
as it goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from recommender.cards import Cards
from recommender.counted_time import step_of
from recommender.estimator import Part
from recommender.interactions import GUEST, Interactions

DAY = 86400.0
LEAST_GAP_DAYS = 1.0


@dataclass(frozen=True)
class Expected:
    """When each of some products is expected again, one value per product.

    ``gap_days`` is the expected time from one purchase to the next; ``known`` False where neither the
    shopper's own past nor other shoppers' tell anything, and nothing may be said. ``sure`` (0 to 1) is how
    often such a product is bought again at all. ``own`` tells whether the shopper's own gaps weigh most;
    ``others`` counts the shoppers behind the pooled gap.
    """

    gap_days: np.ndarray
    known: np.ndarray
    sure: np.ndarray
    own: np.ndarray
    others: np.ndarray

    def dueness(self, age_days: np.ndarray) -> np.ndarray:
        """How much now is the time (0 to 1), by days since the last purchase: highest at the expected gap."""
        late = np.log(np.maximum(age_days, 0.1) / np.maximum(self.gap_days, 0.1))
        return np.where(self.known, self.sure * np.exp(-0.5 * (late / 0.6) ** 2), 0.0)

    def earliness(self, age_days: np.ndarray) -> np.ndarray:
        """How far it is too soon (0 to 3), by days since the last purchase: ln(expected gap over age), 0 when
        due.
        """
        early = np.log(np.maximum(self.gap_days, 0.1) / np.maximum(age_days, 0.1))
        return np.where(self.known, np.clip(early, 0.0, 3.0), 0.0)


class Rhythm(Part):
    """Log gaps between purchases, shrunken: a shopper's towards the product's, a product's towards the
    shop's.

    ``log_gap_`` (n,) float32 is each product's mean ln(days between two purchases), ``again_`` (n,) float32
    the share of its buyers that came back for it, among those who had the time to, and ``witnesses_`` (n,)
    int32 how many did. ``own_weight_`` (1,) float32 is how many own gaps outweigh the pooled one evenly:
    the variance inside a shopper over that between shoppers. ``step_`` (1,) float32 is the days from
    every order to the next where the history's times only count orders, else 0.
    """

    LISTS = ()
    COLUMNS = {"log_gap_": ("n",), "again_": ("n",), "witnesses_": ("n",), "own_weight_": (1,), "step_": (1,)}

    def __init__(
        self, shrink: float = 3.0, least_witnesses: int = 5, least_again: float = 0.2, least_own_gaps: int = 2
    ) -> None:
        self.shrink = shrink
        self.least_witnesses = least_witnesses
        self.least_again = least_again
        self.least_own_gaps = least_own_gaps

    def fit(self, interactions: Interactions, cards: Cards, *, as_of: float) -> Self:
        past = interactions.before(as_of)
        runs = _runs(past)
        products = past.product_count
        back = runs.gaps > 0
        mean = np.where(back, runs.log_gaps / np.maximum(runs.gaps, 1), 0.0)
        self.witnesses_ = np.bincount(runs.product[back], minlength=products).astype(np.int32)
        overall = float(mean[back].mean()) if back.any() else np.log(30.0)
        summed = np.bincount(runs.product[back], mean[back], products)
        self.log_gap_ = ((summed + self.shrink * overall) / (self.witnesses_ + self.shrink)).astype(
            np.float32
        )
        had_time = back | ((as_of - runs.first) / DAY > np.exp(self.log_gap_[runs.product]))
        asked = np.bincount(runs.product[had_time], minlength=products)
        usual = back.sum() / max(had_time.sum(), 1)
        self.again_ = ((self.witnesses_ + self.shrink * usual) / (asked + self.shrink)).astype(np.float32)
        self.own_weight_ = np.array([_own_weight(runs, mean, self.log_gap_)], np.float32)
        self.step_ = np.array([step_of(past)], np.float32)
        return self

    def expect(self, products: np.ndarray, own_gaps: np.ndarray, own_log_gap: np.ndarray) -> Expected:
        """When these product rows are needed again by a shopper with so many own gaps, of such a mean
        ln(days).
        """
        pull = self.own_weight_[0]
        log_gap = (own_gaps * own_log_gap + pull * self.log_gap_[products]) / (own_gaps + pull)
        pooled = (self.witnesses_[products] >= self.least_witnesses) & (
            self.again_[products] >= self.least_again
        )
        steady = own_gaps >= self.least_own_gaps
        share = self.again_[products]
        return Expected(
            gap_days=np.exp(log_gap),
            known=pooled | steady,
            sure=(share + own_gaps) / (1.0 + own_gaps),
            own=steady & (own_gaps >= pull),
            others=self.witnesses_[products],
        )


@dataclass(frozen=True)
class _Runs:
    """One row per shopper and product: how many gaps, the sum of their logs and of the squares, the first
    purchase.
    """

    product: np.ndarray
    gaps: np.ndarray
    log_gaps: np.ndarray
    squares: np.ndarray
    first: np.ndarray


def _runs(past: Interactions) -> _Runs:
    lines = past.orders
    known = lines.shopper != GUEST
    shopper, product, time = lines.shopper[known], lines.product[known], lines.time[known]
    ranked = np.lexsort((time, product, shopper))
    shopper, product, time = shopper[ranked], product[ranked], time[ranked]
    starts = np.ones(len(time), bool)
    starts[1:] = (shopper[1:] != shopper[:-1]) | (product[1:] != product[:-1])
    run = np.cumsum(starts) - 1
    days = np.diff(time, prepend=time[:1]) / DAY
    counted = ~starts & (days >= LEAST_GAP_DAYS)
    log = np.log(np.maximum(days[counted], LEAST_GAP_DAYS))
    count = int(starts.sum())
    return _Runs(
        product=product[starts],
        gaps=np.bincount(run[counted], minlength=count),
        log_gaps=np.bincount(run[counted], log, count),
        squares=np.bincount(run[counted], log**2, count),
        first=time[starts],
    )


def _own_weight(runs: _Runs, mean: np.ndarray, log_gap: np.ndarray) -> float:
    """Variance of a shopper's log gaps over the variance of shoppers' means around the product's, within
    0.5..8.
    """
    several = runs.gaps >= 2
    if several.sum() < 20:
        return 2.0
    inside = float((runs.squares[several] - runs.gaps[several] * mean[several] ** 2).sum())
    inside /= float((runs.gaps[several] - 1).sum())
    around = float(np.mean((mean[several] - log_gap[runs.product[several]]) ** 2))
    between = around - inside * float(np.mean(1.0 / runs.gaps[several]))
    return float(np.clip(inside / max(between, 1e-3), 0.5, 8.0))

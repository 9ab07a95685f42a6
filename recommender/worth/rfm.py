"""Who is worth what: recency, frequency and monetary value, each against the shop's own shoppers.

After Hughes' RFM scoring, with mid-ranks inside a shop instead of fixed bands, so that the scores mean the
same in a shop of ten orders a day and in one of ten thousand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

EDGES = 100


@dataclass(frozen=True)
class Scores:
    """Each shopper's standing in the shop, 0 (lowest) to 1 (best), one value per shopper and part.

    ``rfm`` is the mean of the three parts.
    """

    recency: np.ndarray
    frequency: np.ndarray
    monetary: np.ndarray

    @property
    def rfm(self) -> np.ndarray:
        return (self.recency + self.frequency + self.monetary) / 3.0


@dataclass(frozen=True)
class Standing:
    """The shop's quantile edges, by which one shopper can be scored without the others at hand.

    Each array holds the values at evenly spaced quantiles, rising; empty for a shop without shoppers.
    """

    recency_days: np.ndarray
    frequency: np.ndarray
    monetary: np.ndarray

    @classmethod
    def of(cls, recency_days: np.ndarray, frequency: np.ndarray, monetary: np.ndarray) -> Standing:
        """The edges of a shop: days since the last order, number of orders, money spent, one value per
        shopper.
        """
        return cls(_edges(recency_days), _edges(frequency), _edges(monetary))

    def scores(self, recency_days: np.ndarray, frequency: np.ndarray, monetary: np.ndarray) -> Scores:
        """Where these shoppers stand against the stored edges; 0.5 throughout for a shop without any."""
        return Scores(
            recency=1.0 - _place(recency_days, self.recency_days),
            frequency=_place(frequency, self.frequency),
            monetary=_place(monetary, self.monetary),
        )

    def score(self, recency_days: float, frequency: float, monetary: float) -> float:
        """One shopper's RFM score, 0 to 1."""
        one = (np.array([value], np.float64) for value in (recency_days, frequency, monetary))
        return float(self.scores(*one).rfm[0])


def rfm(recency_days: np.ndarray, frequency: np.ndarray, monetary: np.ndarray) -> Scores:
    """Where each shopper stands among all those given; equal values get equal scores."""
    return Standing(np.sort(recency_days), np.sort(frequency), np.sort(monetary)).scores(
        recency_days, frequency, monetary
    )


def _edges(values: np.ndarray) -> np.ndarray:
    values = np.asarray(values, np.float64)
    if not len(values):
        return values
    return np.quantile(values, np.linspace(0.0, 1.0, min(len(values), EDGES + 1)))


def _place(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """The share of edges below each value, those equal to it counted half (the mid-rank)."""
    values = np.asarray(values, np.float64)
    if not len(edges):
        return np.full(len(values), 0.5)
    below = np.searchsorted(edges, values, "left")
    not_above = np.searchsorted(edges, values, "right")
    return (below + not_above) / (2.0 * len(edges))

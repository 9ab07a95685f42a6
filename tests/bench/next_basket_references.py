"""What others would answer as the next basket: frequencies, and TIFU-KNN (Hu et al., SIGIR 2020).

All read the same histories as the model and nothing of any target.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from recommender.interactions import GUEST, Interactions

SHOPPERS_AT_ONCE = 250


@dataclass(frozen=True)
class TifuSettings:
    """Neighbours, groups, decay inside a group and over groups, and the weight of the own vector."""

    neighbours: int
    groups: int
    inside: float
    over: float
    own: float


#: The settings that the paper gives for its four data sets.
PUBLISHED = {
    "Ta-Feng": TifuSettings(300, 7, 0.9, 0.7, 0.7),
    "ValuedShopper": TifuSettings(300, 7, 1.0, 0.6, 0.7),
    "Instacart": TifuSettings(900, 3, 0.9, 0.7, 0.9),
    "Dunnhumby": TifuSettings(900, 3, 0.9, 0.6, 0.2),
}


def popularity(history: Interactions) -> np.ndarray:
    """How many order lines name each product (float64)."""
    return np.bincount(history.orders.product, minlength=history.product_count).astype(np.float64)


def frequency(
    history: Interactions, shoppers: np.ndarray, k: int, *, ties_by_popularity: bool
) -> list[list[int]]:
    """The products each shopper bought in most orders, then what sells most; ties by popularity or by row."""
    counts, sold = _times(history), popularity(history)
    below_one = sold / (sold.max(initial=0.0) + 1.0)
    found = []
    for shopper in shoppers:
        own = counts[shopper]
        scores = below_one.copy()
        scores[own.indices] = own.data + (below_one[own.indices] if ties_by_popularity else 0.0)
        found.append(np.argsort(-scores, kind="stable")[:k].tolist())
    return found


def tifu_knn(history: Interactions, shoppers: np.ndarray, k: int, settings: TifuSettings) -> list[list[int]]:
    """The k best by TIFU-KNN for each shopper row."""
    vectors = _vectors(history, settings)
    squares = np.asarray(vectors.multiply(vectors).sum(axis=1)).ravel()
    near = min(settings.neighbours, vectors.shape[0] - 1)
    found = []
    for first in range(0, len(shoppers), SHOPPERS_AT_ONCE):
        some = shoppers[first : first + SHOPPERS_AT_ONCE]
        apart = squares[None, :] - 2.0 * np.asarray((vectors[some] @ vectors.T).todense())
        apart[np.arange(len(some)), some] = np.inf
        chosen = np.argpartition(apart, near - 1, axis=1)[:, :near]
        mean = sparse.csr_matrix(
            (np.full(chosen.size, 1.0 / near), (np.repeat(np.arange(len(some)), near), chosen.ravel())),
            shape=(len(some), vectors.shape[0]),
        )
        scores = settings.own * vectors[some] + (1.0 - settings.own) * (mean @ vectors)
        best = np.argsort(-np.asarray(scores.todense()), axis=1, kind="stable")[:, :k]
        found += best.tolist()
    return found


def _times(history: Interactions) -> sparse.csr_matrix:
    lines = history.orders
    known = lines.shopper != GUEST
    counts = sparse.csr_matrix(
        (np.ones(int(known.sum())), (lines.shopper[known], lines.product[known])),
        shape=(len(history.shopper_ids), history.product_count),
    )
    counts.sum_duplicates()
    return counts


def _vectors(history: Interactions, settings: TifuSettings) -> sparse.csr_matrix:
    """Each shopper's temporally decayed vector: baskets in groups from the newest back, decayed twice."""
    lines = history.orders
    known = lines.shopper != GUEST
    shopper, product, time = lines.shopper[known], lines.product[known], lines.time[known]
    ranked = np.lexsort((time, shopper))
    shopper, product, time = shopper[ranked], product[ranked], time[ranked]
    new = np.ones(len(shopper), bool)
    new[1:] = (shopper[1:] != shopper[:-1]) | (time[1:] != time[:-1])
    visit, whose = np.cumsum(new) - 1, shopper[new]
    ends = np.searchsorted(whose, whose, side="right")
    baskets = ends - np.searchsorted(whose, whose)
    back = ends - 1 - np.arange(len(whose))
    size = np.ceil(baskets / settings.groups)
    group, inside = back // size, back % size
    groups = np.ceil(baskets / size)
    members = np.minimum(size, baskets - group * size)
    weight = settings.inside**inside / members * settings.over**group / groups
    vectors = sparse.csr_matrix(
        (weight[visit], (shopper, product)), shape=(len(history.shopper_ids), history.product_count)
    )
    vectors.sum_duplicates()
    return vectors

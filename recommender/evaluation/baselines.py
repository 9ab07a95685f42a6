"""What any shop could do without us: the plain methods that every evaluation runs beside the model."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from scipy import sparse
from threadpoolctl import threadpool_limits

from recommender.evaluation.cases import Case
from recommender.interactions import GUEST, Interactions
from recommender.substitutes import visit_baskets

CASES_AT_ONCE = 256
Ranking = Callable[[list[Case], int], list[list[int]]]


def baselines_for(kind: str, past: Interactions, seed: int) -> dict[str, Ranking]:
    """The baselines of a kind by name, learned from the same past as the model."""
    popularity = np.bincount(past.orders.product, minlength=past.product_count).astype(np.float64)
    found: dict[str, Ranking] = {
        "popularity": lambda cases, k: _ranked(cases, k, lambda some: popularity[None, :])
    }
    if kind == "complements":
        baskets = past.baskets()
        found["raw counts"] = _neighbours(_together(baskets))
        found["basket-normalised cosine"] = _neighbours(_cosine(_per_size(baskets)))
    elif kind == "also-viewed":
        found["raw counts of looks"] = _neighbours(_together(visit_baskets(past)))
    elif kind == "for-you":
        found["implicit ALS"] = _als(past, seed)
    else:
        found["own frequency, then popularity"] = _own_frequency(popularity, past.product_ids)
    return found


def _neighbours(weights: sparse.csr_matrix) -> Ranking:
    def rank(cases: list[Case], k: int) -> list[list[int]]:
        return _ranked(
            cases, k, lambda some: np.asarray((_given(some, weights.shape[0]) @ weights).todense())
        )

    return rank


def _own_frequency(popularity: np.ndarray, product_ids: tuple[str, ...]) -> Ranking:
    row_of = {product_id: row for row, product_id in enumerate(product_ids)}
    below_one = popularity / (popularity.max(initial=0.0) + 1.0)

    def rank(cases: list[Case], k: int) -> list[list[int]]:
        found = []
        for case in cases:
            scores = below_one.copy()
            for each in case.question.bought:
                scores[row_of[each.product_id]] += each.times
            found.append(np.argsort(-scores, kind="stable")[:k].tolist())
        return found

    return rank


def _als(past: Interactions, seed: int) -> Ranking:
    """implicit's matrix factorisation with its own settings and 64 factors, on 0/1 purchases."""
    lines = past.orders
    known = lines.shopper != GUEST
    bought = sparse.csr_matrix(
        (np.ones(int(known.sum()), np.float32), (lines.shopper[known], lines.product[known])),
        shape=(len(past.shopper_ids), past.product_count),
    )
    bought.sum_duplicates()
    bought.data[:] = 1.0
    model = AlternatingLeastSquares(factors=64, random_state=seed, num_threads=1)
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if bought.nnz:
            model.fit(bought, show_progress=False)

    def scores(some: list[Case]) -> np.ndarray:
        if not bought.nnz:
            return np.zeros((len(some), past.product_count))
        given = _given(some, past.product_count)
        users = model.recalculate_user(np.arange(len(some)), given)
        return np.asarray(users @ model.item_factors.T, np.float64)

    return lambda cases, k: _ranked(cases, k, scores)


def _given(cases: list[Case], products: int) -> sparse.csr_matrix:
    rows = np.repeat(np.arange(len(cases)), [len(case.given) for case in cases])
    columns = np.concatenate([case.given for case in cases])
    return sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=(len(cases), products))


def _ranked(cases: list[Case], k: int, scores_of: Callable[[list[Case]], np.ndarray]) -> list[list[int]]:
    """The best k of each case over all products, without those barred; only what scores above zero."""
    found = []
    for first in range(0, len(cases), CASES_AT_ONCE):
        some = cases[first : first + CASES_AT_ONCE]
        scores = scores_of(some)
        block = np.array(np.broadcast_to(scores, (len(some), scores.shape[1])), np.float64)
        for row, case in enumerate(some):
            block[row, list(case.barred)] = -np.inf
        best = np.argsort(-block, axis=1, kind="stable")[:, :k]
        for row, each in enumerate(best):
            found.append([int(product) for product in each if block[row, product] > 0.0])
    return found


def _together(baskets: sparse.csr_matrix) -> sparse.csr_matrix:
    counts = sparse.csr_matrix(baskets.T @ baskets)
    counts.setdiag(0.0)
    return counts


def _per_size(baskets: sparse.csr_matrix) -> sparse.csr_matrix:
    sizes = np.maximum(np.diff(baskets.indptr), 1)
    return sparse.csr_matrix(sparse.diags((1.0 / np.sqrt(sizes)).astype(np.float32)) @ baskets)


def _cosine(baskets: sparse.csr_matrix) -> sparse.csr_matrix:
    norms = np.sqrt(np.maximum(np.asarray(baskets.multiply(baskets).sum(axis=0)).ravel(), 1e-12))
    unit = baskets @ sparse.diags((1.0 / norms).astype(np.float32))
    return _together(sparse.csr_matrix(unit))

"""implicit's own models: matrix factorisation by ALS, BPR and logistic loss, and neighbours of products."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from scipy import sparse

from recommender.evaluation.peers.peer import Fitting, Peer, Scoring, by_item_weights


def _als(past: sparse.csr_matrix, settings: dict[str, Any], seed: int) -> Scoring:
    from implicit.cpu.als import AlternatingLeastSquares

    model = AlternatingLeastSquares(**settings, random_state=seed, num_threads=1)
    _fit(model, past)

    def score(given: sparse.csr_matrix, rows: np.ndarray) -> np.ndarray:
        users = model.recalculate_user(np.arange(given.shape[0]), given)
        return np.asarray(users @ model.item_factors.T)

    return score


def _by_user(module: str, name: str) -> Fitting:
    def fit(past: sparse.csr_matrix, settings: dict[str, Any], seed: int) -> Scoring:
        model = getattr(__import__(module, fromlist=[name]), name)(
            **settings, random_state=seed, num_threads=1
        )
        _fit(model, past)
        return lambda given, rows: np.asarray(model.user_factors[rows] @ model.item_factors.T)

    return fit


def _neighbours(name: str) -> Fitting:
    def fit(past: sparse.csr_matrix, settings: dict[str, Any], seed: int) -> Scoring:
        from implicit import nearest_neighbours

        model = getattr(nearest_neighbours, name)(**settings, num_threads=1)
        _fit(model, past)
        return by_item_weights(model.similarity)

    return fit


def _fit(model: Any, past: sparse.csr_matrix) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(past, show_progress=False)


_LISTS = tuple({"K": size} for size in (50, 100, 200))

PEERS = (
    Peer(
        "implicit ALS",
        "implicit",
        _als,
        tuple(
            {"factors": factors, "regularization": weight}
            for factors in (64, 128)
            for weight in (1.0, 10.0, 50.0)
        ),
    ),
    Peer(
        "implicit BPR",
        "implicit",
        _by_user("implicit.cpu.bpr", "BayesianPersonalizedRanking"),
        ({"factors": 63, "learning_rate": 0.05}, {"factors": 127, "learning_rate": 0.05, "iterations": 200}),
        folds_in=False,
    ),
    Peer(
        "implicit LMF",
        "implicit",
        _by_user("implicit.cpu.lmf", "LogisticMatrixFactorization"),
        ({"factors": 30, "regularization": 5.0}, {"factors": 64, "iterations": 60}),
        folds_in=False,
    ),
    Peer("implicit cosine", "implicit", _neighbours("CosineRecommender"), _LISTS),
    Peer("implicit TF-IDF", "implicit", _neighbours("TFIDFRecommender"), _LISTS),
    Peer(
        "implicit BM25",
        "implicit",
        _neighbours("BM25Recommender"),
        (*_LISTS, {"K": 200, "B": 0.8}, {"K": 200, "K1": 0.5, "B": 0.5}),
    ),
)

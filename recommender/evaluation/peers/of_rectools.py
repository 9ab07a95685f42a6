"""RecTools' own models that answer a basket: EASE, and the projection of PureSVD."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from recommender.evaluation.peers.peer import Peer, Scoring, by_item_weights


def _fitted(name: str, past: sparse.csr_matrix, settings: dict[str, Any]) -> tuple[Any, np.ndarray]:
    """The model, and for each of its inner products the row it has in ``past``."""
    import pandas as pd
    from rectools import models
    from rectools.dataset import Dataset

    pairs = past.tocoo()
    frame = pd.DataFrame(
        {"user_id": pairs.row, "item_id": pairs.col, "weight": 1.0, "datetime": pd.Timestamp("2000-01-01")}
    )
    dataset = Dataset.construct(frame)
    model = getattr(models, name)(**settings).fit(dataset)
    return model, np.asarray(dataset.item_id_map.external_ids, np.int64)


def _ease(past: sparse.csr_matrix, settings: dict[str, Any], seed: int) -> Scoring:
    model, rows = _fitted("EASEModel", past, settings)
    weights = np.zeros((past.shape[1], past.shape[1]), np.float32)
    weights[np.ix_(rows, rows)] = model.weight
    return by_item_weights(weights)


def _pure_svd(past: sparse.csr_matrix, settings: dict[str, Any], seed: int) -> Scoring:
    model, rows = _fitted("PureSVDModel", past, settings)
    factors = np.zeros((past.shape[1], model.item_factors.shape[1]), np.float32)
    factors[rows] = model.item_factors
    basis, _ = np.linalg.qr(factors)
    return lambda given, of: np.asarray((given @ basis) @ basis.T)


PEERS = (
    Peer(
        "RecTools EASE",
        "rectools",
        _ease,
        tuple({"regularization": weight} for weight in (10.0, 30.0, 100.0, 300.0)),
        most_products=12_000,
    ),
    Peer("RecTools PureSVD", "rectools", _pure_svd, tuple({"factors": size} for size in (64, 128, 256))),
)

"""irspack's models: closed-form linear (EASE, EDLAE), random walks (RP3beta) and its own implicit ALS."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from recommender.evaluation.peers.peer import Fitting, Peer, Scoring

MOST_DENSE = 12_000


def _recommender(name: str, **fixed: Any) -> Fitting:
    def fit(past: sparse.csr_matrix, settings: dict[str, Any], seed: int) -> Scoring:
        import irspack.recommenders

        kind = getattr(irspack.recommenders, name)
        model = kind(past.astype(np.float64), **{**fixed, **settings})
        model.learn()
        return lambda given, rows: np.asarray(model.get_score_cold_user(given.astype(np.float64)))

    return fit


PEERS = (
    Peer(
        "irspack EASE",
        "irspack",
        _recommender("DenseSLIMRecommender"),
        tuple({"reg": reg} for reg in (10.0, 30.0, 100.0, 300.0)),
        most_products=MOST_DENSE,
    ),
    Peer(
        "irspack EDLAE",
        "irspack",
        _recommender("EDLAERecommender"),
        tuple({"reg": reg, "dropout_p": share} for reg in (10.0, 30.0, 100.0) for share in (0.2, 0.5)),
        most_products=MOST_DENSE,
    ),
    Peer(
        "irspack RP3beta",
        "irspack",
        _recommender("RP3betaRecommender", n_threads=1),
        ({"beta": 0.2}, {"beta": 0.4}, {"alpha": 0.8, "beta": 0.4}, {"beta": 0.4, "top_k": 200}),
    ),
    Peer(
        "irspack iALS",
        "irspack",
        _recommender("IALSRecommender", n_threads=1),
        tuple(
            {"n_components": size, "alpha0": unseen, "reg": reg}
            for size in (64, 128)
            for unseen, reg in ((0.1, 0.01), (0.1, 0.003), (0.3, 0.01))
        ),
    ),
)

"""References that need no library of their own, run on the same cases as ours."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import sparse

from plugin.peers import questions_of, validation_of
from recommender.evaluation.cases import Case
from recommender.evaluation.evaluate import Answered
from recommender.evaluation.peers.peer import Peer, Scoring, by_item_weights
from recommender.evaluation.peers.process import ranked, tuned
from recommender.interactions import Interactions


def _ease(past: sparse.csr_matrix, settings: dict[str, Any], seed: int) -> Scoring:
    """Steck 2019: the least-squares weights between products with a zero diagonal, in closed form."""
    gram = np.asarray((past.T @ past).todense(), np.float64)
    gram[np.diag_indices_from(gram)] += settings.get("reg", 500.0)
    inverse = np.linalg.inv(gram)
    weights = -inverse / np.diag(inverse)
    weights[np.diag_indices_from(weights)] = 0.0
    return by_item_weights(weights.astype(np.float32))


EASE = Peer("EASE", "numpy", _ease, tuple({"reg": weight} for weight in (10.0, 30.0, 100.0, 200.0)))


def ease(kind: str, past: Interactions, cases: list[Case], k: int) -> Iterator[Answered]:
    """EASE's answers, its one weight chosen on the last four weeks of the past."""
    validation = validation_of(kind, past, 0)
    started = time.perf_counter()
    settings = {} if validation is None else tuned(EASE, validation, 0)
    asked = questions_of(kind, past, cases)
    score = _ease(asked.past, settings, 0)
    learned = time.perf_counter()
    answers = [[product for product in each if product >= 0] for each in ranked(score, asked, k).tolist()]
    taken = time.perf_counter() - learned
    yield Answered(
        "EASE, tuned", answers, taken, learned - started, setting=f"reg {settings.get('reg', 500.0):g}"
    )

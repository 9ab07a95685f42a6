"""A model of another library: how it is fitted, how it scores, and the settings worth trying."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

#: (what each asker has: askers by products, 0/1; their rows in the past, -1 for none) -> scores, dense
Scoring = Callable[[sparse.csr_matrix, np.ndarray], np.ndarray]
#: (the past: orders or shoppers by products, 0/1 float32; settings; seed) -> scoring
Fitting = Callable[[sparse.csr_matrix, dict[str, Any], int], Scoring]


@dataclass(frozen=True)
class Peer:
    """``library`` is the name it is imported by. The library's own settings are those of ``{}``; ``tries``
    are a few others, of which the best on the validation slice is the tuned one. ``folds_in`` says whether
    it can answer a basket that it did not learn from. ``most_products`` is where its memory ends.
    """

    name: str
    library: str
    fit: Fitting
    tries: tuple[dict[str, Any], ...]
    folds_in: bool = True
    most_products: int | None = None


def by_item_weights(weights: Any) -> Scoring:
    """Scores that are what one has times product-to-product weights."""

    def score(given: sparse.csr_matrix, rows: np.ndarray) -> np.ndarray:
        found = given @ weights
        return np.asarray(found.todense() if sparse.issparse(found) else found)

    return score

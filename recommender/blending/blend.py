"""How a question's candidates are scored: by weighed terms, and by boosted trees where they earned it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.blending.boosted_trees import BoostedTrees
from recommender.blending.offered import spread_of
from recommender.kinds import BlendedKind

#: How many of the best by weighed terms the trees put in order.
REORDERED = 60

Yardstick = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Blend:
    """The weights of one kind's terms, and the trees that have a say beside them.

    ``weights`` (2, columns) float64 weighs each term as it is and standardised within the question. Where
    there are ``trees``, over the standardised terms, the best by weight are put in order by the sum of what
    both say.
    """

    weights: np.ndarray
    trees: BoostedTrees

    @classmethod
    def prior(cls, kind: BlendedKind) -> Blend:
        """The scoring of a shop of which nothing is known."""
        return cls(np.stack([kind.prior_weights, np.zeros(len(kind.columns))]), BoostedTrees.none())

    def judge(self, values: np.ndarray, yardstick: Yardstick | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Each candidate's score, and what each term weighs in this question.

        ``values`` is (columns, candidates). The weights times the values, less the same for another
        candidate, tell by what one stands above the other as far as the weighed terms go. Terms are
        standardised over these candidates, or by the ``yardstick`` (``spread_of``) of others.
        """
        if not values.shape[1]:
            return np.zeros(0), self.weights[0]
        mean, sharpness = yardstick or spread_of(values)
        weights = self.weights[0] + self.weights[1] * sharpness
        score = weights @ values
        if len(self.trees):
            best = np.argsort(-score, kind="stable")[:REORDERED]
            features = (values[:, best] - mean[:, None]) * sharpness[:, None]
            both = score[best] + self.trees.score(features.astype(np.float32))
            score[best] = both + (score[best[-1]] - both.min())  # none falls below those not looked at
        return score, weights

    def arrays(self) -> dict[str, np.ndarray]:
        """All there is, as flat named arrays."""
        return {"weights": self.weights} | {
            f"trees.{name}": array for name, array in self.trees.arrays().items()
        }

    @classmethod
    def restore(cls, arrays: dict[str, np.ndarray]) -> Blend:
        """What ``arrays()`` gave; raises KeyError naming an array that is missing."""
        trees = {name: arrays[f"trees.{name}"] for name in BoostedTrees.ARRAYS}
        return cls(arrays["weights"], BoostedTrees(**trees))

    def fault(self, columns: int) -> tuple[str, str] | None:
        """The first unsound array and what is wrong with it; None when all can score so many columns."""
        if self.weights.shape != (2, columns) or not np.all(np.isfinite(self.weights)):
            return "weights", "not two numbers per term"
        fault = self.trees.fault(columns)
        return (f"trees.{fault[0]}", fault[1]) if fault else None

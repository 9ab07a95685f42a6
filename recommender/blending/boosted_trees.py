"""Boosted trees as plain arrays: grown by scikit-learn, written and read without it, quick for few rows.

Every tree is laid out as a complete one of the same depth: node i is followed by 2i + 1 (at or below the
threshold) and 2i + 2 (above). Nothing points anywhere, so a damaged file cannot make a walk that never ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

DEEPEST = 5
MOST_TREES = 1000
#: How many candidates walk the trees together: few enough that all they touch stays near.
AT_ONCE = 64
#: A threshold that sends everything to the left, in place of a node that a shallow branch lacks.
ALWAYS_LEFT = np.float32(3e38)


@dataclass(frozen=True)
class BoostedTrees:
    """Trees whose values add up to a score.

    ``feature`` int32 and ``threshold`` float32 are (trees, 2 ** depth - 1), ``value`` float32 is
    (trees, 2 ** depth). Without trees every score is 0.
    """

    feature: np.ndarray
    threshold: np.ndarray
    value: np.ndarray

    ARRAYS = ("feature", "threshold", "value")

    @classmethod
    def none(cls) -> BoostedTrees:
        """No trees."""
        return cls(np.zeros((0, 1), np.int32), np.zeros((0, 1), np.float32), np.zeros((0, 2), np.float32))

    @classmethod
    def from_boosting(cls, grown: HistGradientBoostingClassifier) -> BoostedTrees:
        """The trees of a boosting for two classes; their sum is its decision function less a constant."""
        trees = [each[0].nodes for each in grown._predictors]
        depth = max([1, *(int(nodes["depth"].max()) for nodes in trees)])
        if depth > DEEPEST:
            raise ValueError(f"a tree is {depth} deep; {DEEPEST} is the most")
        inner = 2**depth - 1
        feature = np.zeros((len(trees), inner), np.int32)
        threshold = np.full((len(trees), inner), ALWAYS_LEFT, np.float32)
        value = np.zeros((len(trees), inner + 1), np.float32)
        for row, nodes in enumerate(trees):
            _lay_out(nodes, 0, 0, depth, (feature[row], threshold[row], value[row]))
        return cls(feature, threshold, value)

    def __len__(self) -> int:
        return len(self.feature)

    def score(self, features: np.ndarray) -> np.ndarray:
        """The score (float64) of each candidate; ``features`` is float32 of (features, candidates)."""
        if not len(self):
            return np.zeros(features.shape[1])
        blocks = range(0, max(features.shape[1], 1), AT_ONCE)
        return np.concatenate([self._score(features[:, first : first + AT_ONCE]) for first in blocks])

    def _score(self, features: np.ndarray) -> np.ndarray:
        trees, inner = self.feature.shape
        above = features[self.feature.T.ravel()] > self.threshold.T.reshape(-1, 1)
        above = above.reshape(inner, trees, -1)
        leaf = np.zeros(above.shape[1:], np.intp)
        for level in range((inner + 1).bit_length() - 1):
            # Whole levels are decided at once, from the node reached furthest down up to the root.
            reached = above[2**level - 1 : 2 ** (level + 1) - 1]
            for higher in range(level - 1, -1, -1):
                turned = above[2**higher - 1 : 2 ** (higher + 1) - 1]
                reached = (reached[1::2] & turned) | (reached[::2] & ~turned)
            leaf += leaf + reached[0]
        leaf += np.arange(trees)[:, None] * (inner + 1)
        return np.asarray(self.value.ravel()[leaf].sum(axis=0, dtype=np.float64))

    def times(self, factor: float) -> BoostedTrees:
        """The same trees with a louder or softer voice."""
        return BoostedTrees(self.feature, self.threshold, (self.value * np.float32(factor)))

    def arrays(self) -> dict[str, np.ndarray]:
        """All there is, by name."""
        return {name: getattr(self, name) for name in self.ARRAYS}

    def fault(self, features: int) -> tuple[str, str] | None:
        """The first unsound array and what is wrong with it; None when they can score so many features."""
        trees, inner = self.feature.shape if self.feature.ndim == 2 else (0, 0)
        if self.feature.ndim != 2 or trees > MOST_TREES or inner + 1 not in _SIZES:
            return "feature", f"{self.feature.shape} is not a row of nodes per tree"
        if self.threshold.shape != (trees, inner):
            return "threshold", "not one threshold per node"
        if self.value.shape != (trees, inner + 1):
            return "value", "not one value per leaf"
        if self.feature.dtype.kind != "i" or (
            trees and (self.feature.min() < 0 or self.feature.max() >= features)
        ):
            return "feature", "a node asks for a feature there is not"
        for name in ("threshold", "value"):
            if not np.all(np.isfinite(getattr(self, name))):
                return name, "a value is not a number"
        return None


_SIZES = {2**depth for depth in range(1, DEEPEST + 1)}


def _lay_out(nodes: Any, node: int, place: int, left: int, into: tuple[np.ndarray, ...]) -> None:
    """Writes a node and all below it; a leaf above the last level becomes the leaf furthest left below."""
    feature, threshold, value = into
    at = nodes[node]
    if at["is_leaf"]:
        for _ in range(left):
            place = 2 * place + 1
        value[place - len(feature)] = at["value"]
        return
    feature[place] = at["feature_idx"]
    threshold[place] = _at_most(float(at["num_threshold"]))
    _lay_out(nodes, int(at["left"]), 2 * place + 1, left - 1, into)
    _lay_out(nodes, int(at["right"]), 2 * place + 2, left - 1, into)


def _at_most(threshold: float) -> np.float32:
    """The largest float32 that is not above it: float32 features fall on the same side of both."""
    near = np.float32(threshold)
    return near if float(near) <= threshold else np.nextafter(near, np.float32(-np.inf))

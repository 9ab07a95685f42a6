"""What linear models of an uplift read of a shopper: each figure, its square, and every two together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

LEAST_SPREAD = 1e-9
FEWEST_A_COLUMN = 30  # shoppers; with fewer for each column the figures stand alone


@dataclass(frozen=True)
class Columns:
    """How figures of shoppers become even columns: each of mean 0 and spread 1 where it was learned.

    ``pairs`` are the places of two figures that make a column together; those of one figure twice are its
    square. Figures beyond what was seen are taken as the outermost seen: nothing is guessed out there.
    """

    least: np.ndarray
    most: np.ndarray
    middle: np.ndarray
    spread: np.ndarray
    pairs: np.ndarray
    pair_middle: np.ndarray
    pair_spread: np.ndarray

    @classmethod
    def of(cls, figures: np.ndarray) -> Self:
        """The columns for these figures, float of (shoppers, figures)."""
        count = figures.shape[1]
        plenty = len(figures) >= FEWEST_A_COLUMN * (count + count * (count + 1) // 2)
        pairs = [
            (i, j)
            for i in range(count)
            for j in range(i, count)
            if plenty and (i != j or len(np.unique(figures[:, i])) > 2)
        ]
        middle, spread = figures.mean(axis=0), np.maximum(figures.std(axis=0), LEAST_SPREAD)
        pair_places = np.array(pairs, np.int64).reshape(-1, 2)
        even = (figures - middle) / spread
        both = even[:, pair_places[:, 0]] * even[:, pair_places[:, 1]]
        least, most = figures.min(axis=0), figures.max(axis=0)
        pair_spread = np.maximum(both.std(axis=0), LEAST_SPREAD)
        return cls(least, most, middle, spread, pair_places, both.mean(axis=0), pair_spread)

    def plain(self, figures: np.ndarray) -> np.ndarray:
        """The figures alone, even."""
        return (np.clip(figures, self.least, self.most) - self.middle) / self.spread

    def all(self, figures: np.ndarray) -> np.ndarray:
        """The figures and every two of them together, even."""
        even = self.plain(figures)
        both = even[:, self.pairs[:, 0]] * even[:, self.pairs[:, 1]]
        return np.hstack([even, (both - self.pair_middle) / self.pair_spread])

    def to_document(self) -> dict[str, Any]:
        """Plain lists."""
        return {name: getattr(self, name).tolist() for name in self.__dataclass_fields__}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """What `to_document` wrote. Raises ValueError for parts that do not fit together."""
        read = {name: np.asarray(document[name], np.float64) for name in cls.__dataclass_fields__}
        pairs = read.pop("pairs").reshape(-1, 2).astype(np.int64)
        count = len(read["least"])
        alike = all(read[name].shape == (count,) for name in ("least", "most", "middle", "spread"))
        both = all(read[name].shape == (len(pairs),) for name in ("pair_middle", "pair_spread"))
        if not (alike and both and all(np.isfinite(part).all() for part in read.values())):
            raise ValueError("the columns do not fit together")
        if pairs.size and (pairs.min() < 0 or pairs.max() >= count):
            raise ValueError("a pair of columns that are not there")
        return cls(pairs=pairs, **read)

"""A straight line over a few of a shopper's columns, each of which has earned its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

MOST_COLUMNS = 8
LEAST_LEFT = 1e-3  # of a column's spread beside those taken already; with less it says the same as they


@dataclass(frozen=True)
class Linear:
    """A straight line: ``start`` and a slope for each column, most of them none."""

    start: float
    slopes: np.ndarray

    @classmethod
    def by_steps(cls, columns: np.ndarray, value: np.ndarray) -> Self:
        """The line through the columns that explain most, taken one by one while each explains enough.

        Enough is what Schwarz's criterion asks (Annals of Statistics 6, 1978): what is left unexplained must
        fall by more than its own mean times ln of the number of rows. Columns are of mean 0 and spread 1.
        """
        start = float(value.mean())
        left, beside = value - start, columns.copy()
        taken: list[int] = []
        while len(taken) < min(MOST_COLUMNS, columns.shape[1]):
            spread = np.einsum("ij,ij->j", beside, beside)
            spread[spread < LEAST_LEFT * len(value)] = np.inf
            explained = (beside.T @ left) ** 2 / spread
            best = int(np.argmax(explained))
            if explained[best] <= np.log(len(value)) * float(left @ left) / len(value):
                break
            taken.append(best)
            own = beside[:, best] / np.sqrt(spread[best])
            left = left - own * float(own @ left)
            beside = beside - np.outer(own, own @ beside)
        slopes = np.zeros(columns.shape[1])
        if taken:
            slopes[taken] = np.linalg.lstsq(columns[:, taken], value - start, rcond=None)[0]
        return cls(start, slopes)

    def __call__(self, columns: np.ndarray) -> np.ndarray:
        """The value of each row."""
        return self.start + columns @ self.slopes

    def to_document(self) -> list[float]:
        """The start and the slopes."""
        return [self.start, *self.slopes.tolist()]

    @classmethod
    def from_document(cls, document: Any, columns: int) -> Self:
        """What `to_document` wrote. Raises ValueError where it does not fit as many columns."""
        read = np.asarray(document, np.float64)
        if read.shape != (columns + 1,) or not np.isfinite(read).all():
            raise ValueError(f"a line of {read.size} figures for {columns} columns")
        return cls(float(read[0]), read[1:])

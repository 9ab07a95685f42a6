"""A straight line over a shopper's columns, drawn to none: kept as a short list of figures."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LassoCV

PENALTIES = 20
FOLDS = 5
TOLERANCE = 1e-2


@dataclass(frozen=True)
class Linear:
    """A straight line: ``start`` and a slope for each column, most of them none."""

    start: float
    slopes: np.ndarray

    @classmethod
    def lasso(cls, columns: np.ndarray, value: np.ndarray) -> Self:
        """The line with as few slopes, and as small, as cross-validation says is best."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # of the weakest penalties, which lose anyway
            found = LassoCV(cv=FOLDS, alphas=PENALTIES, tol=TOLERANCE).fit(columns, value)
        return cls(float(found.intercept_), np.asarray(found.coef_))

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

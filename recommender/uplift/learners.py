"""Ways of learning whom an offer moves. Each is linear, so that it is kept as a short list of figures."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LassoCV, LogisticRegression, Ridge, RidgeCV

from recommender.uplift.columns import Columns

STRENGTHS = np.logspace(1.0, 6.0, 16)
ALPHAS = 20
LASSO_FOLDS = 4
LASSO_TOLERANCE = 1e-2
MILD = 1.0


@dataclass(frozen=True)
class Linear:
    """A straight line: ``start`` and a slope for each column."""

    start: float
    slopes: np.ndarray

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


@dataclass(frozen=True)
class TwoRegressions:
    """One regression of those offered and one of the others; the uplift is their difference.

    Logistic for an outcome of yes and no, else linear.
    """

    given: Linear
    others: Linear
    logistic: bool

    @classmethod
    def fit(cls, columns: Columns, figures: np.ndarray, offered: np.ndarray, outcome: np.ndarray) -> Self:
        """Learn from shoppers of both arms."""
        even = columns.plain(figures)
        logistic = bool(np.isin(outcome, (0.0, 1.0)).all())
        arms = [_regression(even[offered == arm], outcome[offered == arm], logistic) for arm in (1, 0)]
        return cls(arms[0], arms[1], logistic)

    def uplift(self, columns: Columns, figures: np.ndarray) -> np.ndarray:
        """The uplift of each shopper."""
        even = columns.plain(figures)
        given, others = self.given(even), self.others(even)
        return _chance(given) - _chance(others) if self.logistic else given - others

    def to_document(self) -> dict[str, Any]:
        """Both lines."""
        return {
            "given": self.given.to_document(),
            "others": self.others.to_document(),
            "logistic": self.logistic,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any], columns: Columns) -> Self:
        """What `to_document` wrote."""
        given, others = (
            Linear.from_document(document[name], len(columns.middle)) for name in ("given", "others")
        )
        return cls(given, others, bool(document["logistic"]))


@dataclass(frozen=True)
class OneRegression:
    """One regression of the doubly robust outcome on every figure and every two together, drawn to none."""

    line: Linear

    @classmethod
    def ridge(cls, columns: Columns, figures: np.ndarray, value: np.ndarray) -> Self:
        """All slopes small, as small as leave-one-out says is best."""
        found = RidgeCV(STRENGTHS).fit(columns.all(figures), value)
        return cls(Linear(float(found.intercept_), np.asarray(found.coef_)))

    @classmethod
    def lasso(cls, columns: Columns, figures: np.ndarray, value: np.ndarray) -> Self:
        """Few slopes, as few as cross-validation says is best."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the weakest of the penalties tried
            found = LassoCV(cv=LASSO_FOLDS, alphas=ALPHAS, tol=LASSO_TOLERANCE).fit(
                columns.all(figures), value
            )
        return cls(Linear(float(found.intercept_), np.asarray(found.coef_)))

    def uplift(self, columns: Columns, figures: np.ndarray) -> np.ndarray:
        """The uplift of each shopper."""
        return self.line(columns.all(figures))

    def to_document(self) -> dict[str, Any]:
        """The line."""
        return {"line": self.line.to_document()}

    @classmethod
    def from_document(cls, document: Mapping[str, Any], columns: Columns) -> Self:
        """What `to_document` wrote."""
        width = len(columns.middle) + len(columns.pairs)
        return cls(Linear.from_document(document["line"], width))


def _regression(even: np.ndarray, outcome: np.ndarray, logistic: bool) -> Linear:
    if logistic and outcome.min() != outcome.max():
        found = LogisticRegression(C=MILD, max_iter=300).fit(even, outcome)
        return Linear(float(found.intercept_[0]), np.asarray(found.coef_[0]))
    if logistic:  # all of them did, or none: as sure as one of each beside them leaves it
        share = (outcome.sum() + 1.0) / (len(outcome) + 2.0)
        return Linear(float(np.log(share / (1.0 - share))), np.zeros(even.shape[1]))
    line = Ridge(MILD).fit(even, outcome)
    return Linear(float(line.intercept_), np.asarray(line.coef_))


def _chance(logit: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-np.clip(logit, -30.0, 30.0)))

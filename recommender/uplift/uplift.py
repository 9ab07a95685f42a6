"""Whom an offer moves, learned from shoppers of whom chance decided who was offered it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from scipy.optimize import nnls
from sklearn.base import BaseEstimator

from recommender.uplift.columns import Columns
from recommender.uplift.difference import Difference, of_means
from recommender.uplift.learners import OneRegression, TwoRegressions
from recommender.uplift.measures import CHOSEN, area, uplift_among
from recommender.uplift.outcomes import doubly_robust

FEWEST_AN_ARM = 100
FOUND_AT = 1.645  # standard errors: one in twenty where there is nothing to find
NAMES = ("two regressions", "ridge", "lasso")

Learner = TwoRegressions | OneRegression


class Uplift(BaseEstimator):
    """What an offer brings with each shopper beyond what would have come anyway.

    Three learners (two regressions; ridge and lasso on the doubly robust outcome) answer for shoppers they
    did not learn from; weights (0 or more, by least squares on the doubly robust outcome) say how far each
    is followed. Where their answers, joined evenly, do not go with what came better than chance would, the
    difference is taken as the same for everybody.

    Learned: ``mean_`` (Difference), ``is_found_`` (whether it differs between shoppers), ``evidence_`` (in
    standard errors), ``judged_`` (of each learner and of all joined, on shoppers not learned from: ``uplift``
    among the best 30 % and ``area``), and what answers: ``columns_``, ``learners_``, ``weights_`` and
    ``middle_``.
    """

    def __init__(self, folds: int = 5, seed: int = 0) -> None:
        self.folds = folds
        self.seed = seed

    def fit(self, figures: np.ndarray, offered: np.ndarray, outcome: np.ndarray) -> Self:
        """The model itself; ``figures`` (shoppers, figures), ``offered`` 0 or 1, ``outcome`` per shopper.

        Raises ValueError where one of the arms has fewer than 100 shoppers.
        """
        offered, outcome = offered.astype(np.float64), outcome.astype(np.float64)
        arms = [int((offered == arm).sum()) for arm in (0, 1)]
        if min(arms) < FEWEST_AN_ARM:
            raise ValueError(f"arms of {arms[0]} and {arms[1]} shoppers; it takes {FEWEST_AN_ARM} each")
        self.mean_ = of_means(outcome[offered == 1], outcome[offered == 0])
        fold = _parts(offered, self.folds, self.seed)
        value = doubly_robust(figures, offered, outcome, fold)
        answers = np.zeros((len(outcome), len(NAMES)))
        for part in range(self.folds):
            others, mine = fold != part, fold == part
            columns = Columns.of(figures[others])
            learned = _learned(columns, figures[others], offered[others], outcome[others], value[others])
            for place, each in enumerate(learned):
                answers[mine, place] = each.uplift(columns, figures[mine])
        self._weigh(answers, value)
        self.judged_ = _judged(answers, answers @ self.weights_, offered, outcome)
        self.columns_ = Columns.of(figures)
        self.learners_ = _learned(self.columns_, figures, offered, outcome, value)
        self.middle_ = float(np.mean(self._followed(figures)))
        return self

    def uplift(self, figures: np.ndarray) -> np.ndarray:
        """How much more each shopper is expected to bring if offered, in the unit of the outcome."""
        if not self.is_found_:
            return np.full(len(figures), self.mean_.more)
        return self.mean_.more + self._followed(figures) - self.middle_

    def _followed(self, figures: np.ndarray) -> np.ndarray:
        answers = [each.uplift(self.columns_, figures) for each in self.learners_]
        return np.stack(answers, axis=1) @ self.weights_

    def _weigh(self, answers: np.ndarray, value: np.ndarray) -> None:
        """Whether the answers go with what came, and how far each is followed."""
        even = answers - answers.mean(axis=0)
        joined = even.mean(axis=1)
        self.evidence_ = _slope_in_errors(joined, value)
        self.weights_, _ = nnls(even, value - value.mean())
        self.is_found_ = self.evidence_ > FOUND_AT and bool(self.weights_.any())

    def to_document(self) -> dict[str, Any]:
        """All of it as plain lists and figures; nothing in it is about anybody."""
        return {
            "mean": self.mean_.to_document(),
            "found": self.is_found_,
            "evidence": self.evidence_,
            "judged": self.judged_,
            "columns": self.columns_.to_document(),
            "learners": [each.to_document() for each in self.learners_],
            "weights": self.weights_.tolist(),
            "middle": self.middle_,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """What `to_document` wrote. Raises ValueError, KeyError or TypeError for a damaged one."""
        model = cls()
        model.mean_ = Difference.from_document(document["mean"])
        model.is_found_ = bool(document["found"])
        model.evidence_, model.middle_ = float(document["evidence"]), float(document["middle"])
        model.judged_ = dict(document["judged"])
        model.columns_ = Columns.from_document(document["columns"])
        two, *one = document["learners"]
        model.learners_ = [
            TwoRegressions.from_document(two, model.columns_),
            *(OneRegression.from_document(each, model.columns_) for each in one),
        ]
        model.weights_ = np.asarray(document["weights"], np.float64)
        figures = (model.evidence_, model.middle_, *model.weights_)
        whole = model.weights_.shape == (len(NAMES),) and len(one) == len(NAMES) - 1
        if not (whole and np.isfinite(figures).all()):
            raise ValueError("weights that do not fit the learners")
        return model


def _parts(offered: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """A part for each shopper, at random, with each arm spread evenly over all."""
    part = np.zeros(len(offered), np.int64)
    random = np.random.default_rng(seed)
    for arm in (0, 1):
        theirs = np.flatnonzero(offered == arm)
        part[random.permutation(theirs)] = np.arange(len(theirs)) % folds
    return part


def _learned(
    columns: Columns, figures: np.ndarray, offered: np.ndarray, outcome: np.ndarray, value: np.ndarray
) -> list[Learner]:
    """The learners, in the order of their names."""
    return [
        TwoRegressions.fit(columns, figures, offered, outcome),
        OneRegression.ridge(columns, figures, value),
        OneRegression.lasso(columns, figures, value),
    ]


def _slope_in_errors(answer: np.ndarray, value: np.ndarray) -> float:
    """How many standard errors the slope of what came on what was answered is from none."""
    even = answer - answer.mean()
    across = float(even @ even)
    if across <= 0.0:
        return 0.0
    off = value - value.mean()
    slope = float(even @ off) / across
    rest = off - slope * even
    error = float(np.sqrt((even**2) @ (rest**2))) / across
    return slope / error if error > 0.0 else 0.0


def _judged(
    answers: np.ndarray, joined: np.ndarray, offered: np.ndarray, outcome: np.ndarray
) -> dict[str, dict[str, float]]:
    scores = {**dict(zip(NAMES, answers.T, strict=True)), "joined": joined}
    return {
        name: {
            "uplift": uplift_among(score, offered, outcome, CHOSEN),
            "area": area(score, offered, outcome),
        }
        for name, score in scores.items()
    }

"""Whom an offer moves, learned from shoppers of whom chance decided who was offered it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator

from recommender.uplift.columns import Columns
from recommender.uplift.difference import Difference, of_means
from recommender.uplift.linear import Linear
from recommender.uplift.measures import CHOSEN, area, uplift_among
from recommender.uplift.outcomes import doubly_robust

FEWEST_AN_ARM = 100
FOUND_AT = 1.645  # standard errors: one in twenty where there is nothing to find


class Uplift(BaseEstimator):
    """What an offer brings with each shopper beyond what would have come anyway.

    A line through the doubly robust outcome, over as few figures as explain it. It is asked about shoppers it
    did not learn from: where what it answers does not go with what came better than chance would, the
    difference is taken as the same for all.

    Learned: ``mean_`` (Difference), ``is_found_`` (whether it differs between shoppers), ``evidence_`` (of
    that, in standard errors), ``judged_`` (on shoppers not learned from: ``uplift`` among the best 30 %,
    ``area``), and what answers: ``columns_``, ``line_`` and its mean over all, ``middle_``.
    """

    def __init__(self, folds: int = 5, repeats: int = 3, seed: int = 0) -> None:
        self.folds = folds
        self.repeats = repeats
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
        random = np.random.default_rng(self.seed)
        parts = [_parts(offered, self.folds, random) for _ in range(self.repeats)]
        value = np.mean([doubly_robust(figures, offered, outcome, part) for part in parts], axis=0)
        answer = self._asked_of_others(figures, value, parts[0])
        self.evidence_ = _slope_in_errors(answer, value)
        self.judged_ = {
            "uplift": uplift_among(answer, offered, outcome, CHOSEN),
            "area": area(answer, offered, outcome),
        }
        self.columns_ = Columns.of(figures)
        even = self.columns_.all(figures)
        self.line_ = Linear.by_steps(even, value)
        self.middle_ = float(np.mean(self.line_(even)))
        self.is_found_ = self.evidence_ > FOUND_AT and bool(self.line_.slopes.any())
        return self

    def uplift(self, figures: np.ndarray) -> np.ndarray:
        """How much more each shopper is expected to bring if offered, in the unit of the outcome."""
        if not self.is_found_:
            return np.full(len(figures), self.mean_.more)
        return self.mean_.more + self.line_(self.columns_.all(figures)) - self.middle_

    def _asked_of_others(self, figures: np.ndarray, value: np.ndarray, part: np.ndarray) -> np.ndarray:
        """What is answered for each shopper by what was learned from the other parts, means evened out."""
        answer = np.zeros(len(value))
        for out in range(self.folds):
            others, mine = part != out, part == out
            columns = Columns.of(figures[others])
            line = Linear.by_steps(columns.all(figures[others]), value[others])
            answer[mine] = line(columns.all(figures[mine])) - line.start
        return answer

    def to_document(self) -> dict[str, Any]:
        """All of it as plain lists and figures; nothing in it is about anybody."""
        return {
            "mean": self.mean_.to_document(),
            "found": self.is_found_,
            "evidence": self.evidence_,
            "judged": self.judged_,
            "columns": self.columns_.to_document(),
            "line": self.line_.to_document(),
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
        width = len(model.columns_.middle) + len(model.columns_.pairs)
        model.line_ = Linear.from_document(document["line"], width)
        if not np.isfinite((model.evidence_, model.middle_)).all():
            raise ValueError("figures that are none")
        return model


def _parts(offered: np.ndarray, folds: int, random: np.random.Generator) -> np.ndarray:
    """A part for each shopper, at random, with each arm spread evenly over all."""
    part = np.zeros(len(offered), np.int64)
    for arm in (0, 1):
        theirs = np.flatnonzero(offered == arm)
        part[random.permutation(theirs)] = np.arange(len(theirs)) % folds
    return part


def _slope_in_errors(answer: np.ndarray, value: np.ndarray) -> float:
    """How many standard errors the slope of what came on what was answered is from none."""
    even = answer - answer.mean()
    across = float(even @ even)
    if across <= 1e-12 * len(even):
        return 0.0
    off = value - value.mean()
    slope = float(even @ off) / across
    rest = off - slope * even
    error = float(np.sqrt((even**2) @ (rest**2))) / across
    return slope / error if error > 0.0 else 0.0

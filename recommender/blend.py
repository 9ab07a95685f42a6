"""How the terms of a score are weighed: a conditional logit (McFadden 1974) over each question's
candidates.

Weights come from the shop's own recent past where that is rich, and from a prior where it is not: the fit
maximises the posterior, so ten orders move them a little and ten thousand as far as they should.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from scipy.optimize import minimize
from sklearn.base import BaseEstimator

from recommender.terms import INDEX

#: Weights before anything is known of a shop: which terms speak in each kind of question, and how loudly.
PRIORS: dict[str, dict[str, float]] = {
    "complements": {
        "together": 2.5,
        "together_log": 0.5,
        "alike": 0.3,
        "alike_most": 1.0,
        "times": 0.8,
        "before": 0.5,
        "lately": 0.3,
        "just_now": 0.0,
        "sold_28": 0.2,
        "sold_ever": -0.2,
    },
    "for-you": {
        "neighbours_log": 0.5,
        "neighbours_lately": 1.0,
        "factors": 0.6,
        "alike": 1.0,
        "sold_7": 0.2,
        "sold_28": 0.3,
        "sold_90": 0.1,
        "sold_ever": -0.4,
    },
    "next-basket": {
        "neighbours_log": 0.3,
        "neighbours_lately": 0.5,
        "factors": 0.4,
        "together": 1.0,
        "together_log": 0.4,
        "times": 1.0,
        "before": 0.7,
        "lately": 0.4,
        "just_now": 0.0,
        "due": 1.0,
        "sold_7": 0.2,
        "sold_28": 0.3,
        "sold_90": 0.1,
        "sold_ever": -0.4,
    },
}


def prior_of(kind: str) -> np.ndarray:
    """The prior weights of a kind, one per column of ``terms.COLUMNS``; terms that do not speak there have
    0.
    """
    weights = np.zeros(len(INDEX))
    for name, weight in PRIORS[kind].items():
        weights[INDEX[name]] = weight
    return weights


class ConditionalLogit(BaseEstimator):
    """Weights under which what was truly chosen stands out among what was offered.

    ``kind`` names the prior; ``pull`` is its precision, in units of squared weight. After ``fit``,
    ``weights_`` holds one weight per column and ``lessons_`` how many questions taught it.
    """

    def __init__(self, kind: str = "complements", pull: float = 5.0) -> None:
        self.kind = kind
        self.pull = pull

    def fit(self, values: np.ndarray, chosen: np.ndarray, question: np.ndarray) -> Self:
        """Learns from candidates (rows of ``values``, one column per term), which were chosen, and whose
        they are.

        ``question`` rises from row to row. Questions none of whose candidates was chosen teach nothing. The
        right ones of a question share its one voice.
        """
        prior = prior_of(self.kind)
        speaking = np.array([INDEX[name] for name in PRIORS[self.kind]])
        self.weights_ = prior.copy()
        hits = np.bincount(question, chosen, minlength=1) if len(question) else np.zeros(1)
        taught = (hits > 0)[question] if len(question) else np.zeros(0, bool)
        self.lessons_ = int((hits > 0).sum())
        if not self.lessons_:
            return self
        asked = np.unique(question[taught], return_inverse=True)[1]
        offered = values[taught][:, speaking].astype(np.float64)
        share = chosen[taught] / hits[question[taught]]
        starts = np.flatnonzero(np.diff(asked, prepend=-1))
        found = minimize(
            _loss,
            prior[speaking],
            args=(offered, share, asked, starts, prior[speaking], self.pull),
            jac=True,
            method="L-BFGS-B",
        )
        self.weights_[speaking] = found.x
        return self

    def decision_function(self, values: np.ndarray) -> np.ndarray:
        """The score of each candidate (rows of ``values``)."""
        return np.asarray(values @ self.weights_)


def _loss(
    weights: np.ndarray,
    offered: np.ndarray,
    share: np.ndarray,
    asked: np.ndarray,
    starts: np.ndarray,
    prior: np.ndarray,
    pull: float,
) -> tuple[float, np.ndarray]:
    """The negative log posterior and its slope; ``share`` sums to 1 within each question."""
    score = offered @ weights
    top = np.maximum.reduceat(score, starts)
    spread = np.exp(score - top[asked])
    whole = np.add.reduceat(spread, starts)
    away = weights - prior
    loss = float(np.sum(np.log(whole) + top) - share @ score + 0.5 * pull * (away @ away))
    return loss, offered.T @ (spread / whole[asked] - share) + pull * away

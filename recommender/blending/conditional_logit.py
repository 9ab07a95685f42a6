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

from recommender.kinds import BlendedKind


class ConditionalLogit(BaseEstimator):
    """Weights under which what was truly chosen stands out among what was offered.

    ``kind`` brings the columns and the prior; ``pull`` is the prior's precision, in units of squared weight.
    With ``within`` each column is weighed twice: as it is, and standardised within its question (prior 0).
    After ``fit``, ``weights_`` is (2, columns) and ``lessons_`` says how many questions taught it.
    """

    def __init__(self, kind: BlendedKind, pull: float = 5.0, within: bool = False) -> None:
        self.kind = kind
        self.pull = pull
        self.within = within

    def fit(self, features: np.ndarray, chosen: np.ndarray, question: np.ndarray) -> Self:
        """Learns from candidates (rows of ``features``: the columns, then the same standardised), which were
        chosen, and whose they are.

        ``question`` rises from row to row. Questions none of whose candidates was chosen teach nothing. The
        right ones of a question share its one voice.
        """
        columns = len(self.kind.columns)
        prior = np.concatenate([self.kind.prior_weights, np.zeros(columns)])
        named = np.array([self.kind.index[name] for name in self.kind.prior])
        speaking = np.concatenate([named, columns + named]) if self.within else named
        self.weights_ = prior.reshape(2, columns).copy()
        hits = np.bincount(question, chosen, minlength=1) if len(question) else np.zeros(1)
        taught = (hits > 0)[question] if len(question) else np.zeros(0, bool)
        self.lessons_ = int((hits > 0).sum())
        if not self.lessons_:
            return self
        asked = np.unique(question[taught], return_inverse=True)[1]
        offered = features[taught][:, speaking].astype(np.float64)
        share = chosen[taught] / hits[question[taught]]
        starts = np.flatnonzero(np.diff(asked, prepend=-1))
        found = minimize(
            _loss,
            prior[speaking],
            args=(offered, share, asked, starts, prior[speaking], self.pull),
            jac=True,
            method="L-BFGS-B",
        )
        prior[speaking] = found.x
        self.weights_ = prior.reshape(2, columns)
        return self

    def decision_function(self, features: np.ndarray) -> np.ndarray:
        """The score of each candidate (rows of ``features``)."""
        return np.asarray(features @ self.weights_.ravel())


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

"""What a shopper spends on a purchase: the Gamma-Gamma model.

Fader and Hardie (2013), The Gamma-Gamma Model of Monetary Value. What is paid varies around the shopper's own
mean, and the means vary over shoppers; a mean of few purchases is drawn towards everybody's.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from scipy.special import betaln, digamma
from sklearn.base import BaseEstimator

from recommender.worth.likelihood import most_likely

STARTS = ((6.0, 4.0, 1.0), (1.0, 3.0, 1.0), (2.0, 10.0, 5.0))


class GammaGamma(BaseEstimator):
    """Spending a purchase, learned by maximum likelihood.

    A shopper is told by ``purchases`` (how many) and ``mean`` (spent on each, above 0). Learned: ``p_``,
    ``q_``, ``v_`` (money) and ``log_likelihood_``.
    """

    def fit(self, purchases: np.ndarray, mean: np.ndarray, weights: np.ndarray | None = None) -> Self:
        """The model itself, from those who bought and paid; all others are passed over.

        Raises ValueError where nobody did, or where no spread of means explains what was paid.
        """
        x, m = (np.asarray(each, np.float64) for each in (purchases, mean))
        w = np.ones_like(x) if weights is None else np.asarray(weights, np.float64)
        paid = (x > 0) & (m > 0)
        x, m, w = x[paid], m[paid], w[paid]
        if not len(x):
            raise ValueError("nobody has paid anything")
        shoppers, unit = w.sum(), float(np.exp((w * np.log(m)).sum() / w.sum()))
        found = most_likely(lambda parameters: _likelihood(parameters, x, m / unit, w / shoppers), STARTS)
        if found is None:
            raise ValueError("no parameters explain these payments")
        (self.p_, self.q_, self.v_), height = found[0].tolist(), found[1]
        self.v_ *= unit
        self.log_likelihood_ = float(height * shoppers - w.sum() * np.log(unit))
        return self

    @classmethod
    def of(cls, p: float, q: float, v: float) -> Self:
        """The model with parameters that were learned before."""
        model = cls()
        model.p_, model.q_, model.v_ = p, q, v
        return model

    @property
    def usual_(self) -> float:
        """What is spent on a purchase by somebody of whom nothing is known; infinite where q is 1 or less."""
        return self.p_ * self.v_ / (self.q_ - 1.0) if self.q_ > 1.0 else float("inf")

    def log_likelihood(self, purchases: np.ndarray, mean: np.ndarray) -> np.ndarray:
        """How likely each shopper's mean is, as a logarithm."""
        x, m = (np.asarray(each, np.float64) for each in (purchases, mean))
        return _heights((self.p_, self.q_, self.v_), x, m)

    def expected(self, purchases: np.ndarray, mean: np.ndarray) -> np.ndarray:
        """What each spends on a purchase in the long run (the paper's equation 5); the usual without one.

        Not finite only for somebody without purchases where ``usual_`` is not.
        """
        x, m = (np.asarray(each, np.float64) for each in (purchases, mean))
        seen = self.p_ * (self.v_ + x * m) / np.maximum(self.p_ * x + self.q_ - 1.0, 1e-12)
        return np.where(x > 0, seen, self.usual_)


def _heights(parameters: tuple[float, ...] | np.ndarray, x: np.ndarray, m: np.ndarray) -> np.ndarray:
    """Each shopper's log-likelihood (the paper's equation 1a)."""
    p, q, v = parameters
    px = p * x
    return (
        -betaln(px, q)
        + q * np.log(v)
        + (px - 1.0) * np.log(m)
        + px * np.log(x)
        - (px + q) * np.log(x * m + v)
    )


def _likelihood(
    parameters: np.ndarray, x: np.ndarray, m: np.ndarray, w: np.ndarray
) -> tuple[float, np.ndarray]:
    """The weighted log-likelihood of all, and its slope by p, q and v."""
    p, q, v = parameters
    whole = x * m + v
    both = digamma(p * x + q)
    by_p = x * (both - digamma(p * x) + np.log(m) + np.log(x) - np.log(whole))
    by_q = both - digamma(q) + np.log(v) - np.log(whole)
    by_v = q / v - (p * x + q) / whole
    slopes = np.array([(w * slope).sum() for slope in (by_p, by_q, by_v)])
    return float((w * _heights(parameters, x, m)).sum()), slopes

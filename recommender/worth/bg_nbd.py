"""How often a shopper will buy: the BG/NBD model.

Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD Model,
Marketing Science 24(2). While a shopper stays, purchases come at random at a rate of the shopper's own
(gamma-distributed over shoppers); after each repeated purchase the shopper may leave for good, with a
probability of the shopper's own (beta-distributed).
"""

from __future__ import annotations

from typing import Self

import numpy as np
from scipy.special import betaln, digamma, gammaln, hyp2f1
from sklearn.base import BaseEstimator

from recommender.worth.likelihood import most_likely

STARTS = ((0.5, 1.0, 1.0, 2.0), (1.0, 10.0, 1.0, 1.0), (0.2, 0.2, 0.5, 3.0))
AT_LEAST_AWAY = (
    1e-5  # from where the expectation is only a limit: a of 1, and a + b of 1 without a repetition
)


class BetaGeometric(BaseEstimator):
    """Repeated purchases and leaving, learned by maximum likelihood.

    A shopper is told by ``frequency`` (repeated purchases: all but the first), ``recency`` (time from the
    first purchase to the last, 0 without a repeated one) and ``age`` (time from the first purchase to now),
    all in one unit of time. Learned: ``r_``, ``alpha_`` (time), ``a_``, ``b_`` and ``log_likelihood_``.
    """

    def fit(
        self,
        frequency: np.ndarray,
        recency: np.ndarray,
        age: np.ndarray,
        weights: np.ndarray | None = None,
    ) -> Self:
        """The model itself; ``weights`` is how many shoppers each row stands for (one if not said).

        Raises ValueError where the likelihood has no finite height, as without any shopper.
        """
        x, t_x, t = (np.asarray(each, np.float64) for each in (frequency, recency, age))
        w = np.ones_like(x) if weights is None else np.asarray(weights, np.float64)
        shoppers = w.sum()
        span = float(t.max()) if len(t) else 0.0
        if not shoppers > 0 or not span > 0:
            raise ValueError("nobody has been a shopper for any time")
        unit = span / 40.0  # the search is among figures around 1, whatever the unit of time
        found = most_likely(
            lambda parameters: _likelihood(parameters, x, t_x / unit, t / unit, w / shoppers), STARTS
        )
        if found is None:
            raise ValueError("no parameters explain these purchases")
        (self.r_, self.alpha_, self.a_, self.b_), height = found[0].tolist(), found[1]
        self.alpha_ *= unit
        self.log_likelihood_ = float(height * shoppers - (w * x).sum() * np.log(unit))
        return self

    @classmethod
    def of(cls, r: float, alpha: float, a: float, b: float) -> Self:
        """The model with parameters that were learned before."""
        model = cls()
        model.r_, model.alpha_, model.a_, model.b_ = r, alpha, a, b
        return model

    def log_likelihood(self, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray) -> np.ndarray:
        """How likely each shopper's purchases are, as a logarithm."""
        x, t_x, t = (np.asarray(each, np.float64) for each in (frequency, recency, age))
        return _heights((self.r_, self.alpha_, self.a_, self.b_), x, t_x, t)[0]

    def alive(self, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray) -> np.ndarray:
        """How likely (0 to 1) each is still a shopper here; 1 without a repeated purchase, by the model."""
        x, t_x, t = (np.asarray(each, np.float64) for each in (frequency, recency, age))
        repeats = np.maximum(x, 1.0)
        late = (self.r_ + x) * np.log((self.alpha_ + t) / (self.alpha_ + t_x))
        gone = np.exp(np.minimum(np.log(self.a_ / (self.b_ + repeats - 1.0)) + late, 700.0))
        return np.where(x > 0, 1.0 / (1.0 + gone), 1.0)

    def expected(
        self, ahead: float | np.ndarray, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray
    ) -> np.ndarray:
        """How many purchases each may be expected to make in the time ``ahead``, at least 0.

        The paper's equation (10), its hypergeometric function turned to a negative argument by Pfaff's
        transformation, where it is computed without loss.
        """
        x, t = np.asarray(frequency, np.float64), np.asarray(age, np.float64)
        ahead = np.asarray(ahead, np.float64)
        a = self.a_
        if abs(a - 1.0) < AT_LEAST_AWAY:
            a = 1.0 + AT_LEAST_AWAY
        whole = a + self.b_ + x - 1.0
        whole = np.where(np.abs(whole) < AT_LEAST_AWAY, AT_LEAST_AWAY, whole)
        rate = self.r_ + x
        stays = ahead * rate / (self.alpha_ + t)  # what it would be if nobody ever left
        with np.errstate(all="ignore"):
            waits = hyp2f1(rate, a - 1.0, whole, -ahead / (self.alpha_ + t))
            buys = whole / (a - 1.0) * (1.0 - waits)
        buys = np.clip(np.where(np.isfinite(buys), buys, stays), 0.0, stays)
        return buys * self.alive(x, recency, t)


def _heights(
    parameters: tuple[float, ...] | np.ndarray, x: np.ndarray, t_x: np.ndarray, t: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Each shopper's log-likelihood (the paper's equation 6), and the share of it by having left."""
    r, alpha, a, b = parameters
    rate = r + x
    stayed = -rate * np.log(alpha + t)
    left = np.where(x > 0, np.log(a / (b + np.maximum(x, 1.0) - 1.0)) - rate * np.log(alpha + t_x), -np.inf)
    either = np.logaddexp(stayed, left)
    height = gammaln(rate) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b) + either
    return height, np.exp(left - either)


def _likelihood(
    parameters: np.ndarray, x: np.ndarray, t_x: np.ndarray, t: np.ndarray, w: np.ndarray
) -> tuple[float, np.ndarray]:
    """The weighted log-likelihood of all, and its slope by r, alpha, a and b."""
    r, alpha, a, b = parameters
    height, left = _heights(parameters, x, t_x, t)
    rate, stayed = r + x, 1.0 - left
    by_r = digamma(rate) - digamma(r) + np.log(alpha)
    by_r = by_r - stayed * np.log(alpha + t) - left * np.log(alpha + t_x)
    by_alpha = r / alpha - rate * (stayed / (alpha + t) + left / (alpha + t_x))
    whole = digamma(a + b) - digamma(a + b + x)
    by_a = whole + left / a
    by_b = whole + digamma(b + x) - digamma(b) - left / (b + np.maximum(x, 1.0) - 1.0)
    slopes = np.array([(w * slope).sum() for slope in (by_r, by_alpha, by_a, by_b)])
    return float((w * height).sum()), slopes

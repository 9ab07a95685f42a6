"""The parameters, all above 0, under which what was seen is most likely."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import minimize

Likelihood = Callable[[np.ndarray], tuple[float, np.ndarray]]

TIGHT = 1e-7  # looser, and the parameters of a flat likelihood are whatever the search began with
LOWEST, HIGHEST = 1e-6, 1e7
MOST_STEPS = 2_000


def most_likely(likelihood: Likelihood, starts: Sequence[Sequence[float]]) -> tuple[np.ndarray, float] | None:
    """The parameters and their log-likelihood, the best found from all starts; None where none is finite.

    ``likelihood`` answers the log-likelihood and its slope by each parameter. The search goes over their
    logarithms, so that none leaves its range.
    """

    def falls(logs: np.ndarray) -> tuple[float, np.ndarray]:
        parameters = np.exp(logs)
        with np.errstate(all="ignore"):
            height, slope = likelihood(parameters)
            slope = -slope * parameters
        if not (np.isfinite(height) and np.all(np.isfinite(slope))):
            return 1e300, np.zeros_like(logs)
        return -height, slope

    best: tuple[np.ndarray, float] | None = None
    bounds = [(np.log(LOWEST), np.log(HIGHEST))] * len(starts[0])
    for start in starts:
        found = minimize(
            falls, np.log(start), jac=True, method="L-BFGS-B", bounds=bounds,
            options={"ftol": 1e-15, "gtol": TIGHT, "maxiter": MOST_STEPS, "maxfun": MOST_STEPS, "maxls": 60},
        )  # fmt: skip
        if found.fun < 1e299 and (best is None or -found.fun > best[1]):
            best = np.exp(found.x), float(-found.fun)
    return best

"""How long until something is bought again, and whether at all: a curve learned from runs that have ended and
runs that still wait.

Two kinds of buyers are told apart (a mixture, its parts as in Farewell's cure model, Biometrics 38, 1982).
Those in a rhythm come back after a time whose logarithm is spread around what their run foretells (logistic).
The others come back by chance: as likely on any day, and rarely, so that most never do. Who is not back yet
counts for as long as they have been awaited, so that the quick are not taken for the usual. What is foretold,
and who is in a rhythm, are each a sum of weighed terms; few observations leave them where they start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize

#: Where the share still waiting is kept: ln(time over what was foretold), in spreads.
GRID = np.linspace(-12.0, 12.0, 161)
SPREAD = 0.3  # of ln(days), where nothing was learned yet
BY_CHANCE = -1.0  # ln of how often chance brings them back beside the usual rate, where nothing was learned
MOST_BY_CHANCE = -0.5
WIDENESS = ((-2.0, 0.0), (0.5, 1.5), (0.0, 1.5))  # of ln(spread): beside the scatter, by it, by the run's own
STRENGTH = 60.0  # in observations: how firmly the weights hold to what they start from
ENOUGH = 30.0  # so many still awaited make what was seen weigh as much as the logistic curve
ROUNDS = 200
HALVINGS = 40


@dataclass(frozen=True)
class Taught:
    """Runs to learn from, one row each: the ``terms`` of ln(days) and of being in a rhythm, the ``scales``
    of ln(spread) (both with a first column of ones), ln of the usual ``rate`` a day, ln(days) it took or has
    been awaited, and whether it came ``back``.
    """

    terms: np.ndarray
    scales: np.ndarray
    rate: np.ndarray
    logs: np.ndarray
    back: np.ndarray


class Learned:
    """What one regime of runs has taught: ``ahead``, ``comes`` and ``spreads`` (weights of the terms),
    ``curve`` (the share of those in a rhythm that still waits at each point of ``GRID``), ``by_chance`` (ln,
    see above). The curve is taken over ``unaided``: the same terms, knowing nothing of the run's own future.
    """

    def __init__(self, taught: Taught, start: np.ndarray, unaided: np.ndarray) -> None:
        width, scales = taught.terms.shape[1], taught.scales.shape[1]
        first = np.concatenate([start, np.zeros(width), np.ones(scales), [BY_CHANCE]])
        first[width], first[2 * width] = 0.5, np.log(SPREAD)
        # Whoever comes by chance comes later than usual, and a rhythm is no wider than the gaps that were
        # seen: without these bounds the two may change places, and the slow would be called a rhythm. For
        # the same reason time first stands where gaps stood, and moves only when it is known who has one.
        free = [(None, None)] * (2 * width)
        bounds = [*free, *WIDENESS[:scales], (None, MOST_BY_CHANCE)]
        found = first
        for held, rounds in ((width, ROUNDS // 4), (0, ROUNDS)):
            still = [(each, each) for each in first[:held]]
            found = minimize(
                _loss,
                found,
                (taught, first),
                jac=True,
                bounds=[*still, *bounds[held:]],
                options={"maxiter": rounds},
            ).x
        self.ahead, self.comes, self.spreads = found[:width], found[width : 2 * width], found[2 * width : -1]
        self.by_chance = float(found[-1])
        self.curve = _waiting(replace(taught, terms=unaided), found)


class _Part:
    """The log likelihood of each run as one in a rhythm and as one by chance, and what they are made of."""

    def __init__(self, given: np.ndarray, taught: Taught) -> None:
        width = taught.terms.shape[1]
        log_spread = taught.scales @ given[2 * width : -1]
        self.spread = np.exp(log_spread)
        self.late = (taught.logs - taught.terms @ given[:width]) / self.spread
        self.comes = taught.terms @ given[width : 2 * width]
        waits = -np.logaddexp(0.0, self.late)
        arrives = self.late + 2.0 * waits - log_spread
        self.rhythm = -np.logaddexp(0.0, -self.comes) + np.where(taught.back, arrives, waits)
        log_expected = np.minimum(taught.rate + given[-1] + taught.logs, 50.0)
        self.expected = np.exp(log_expected)
        told = np.where(taught.back, log_expected, 0.0) - self.expected  # of ln(days), as the other is
        self.chance = -np.logaddexp(0.0, self.comes) + told
        self.total = np.logaddexp(self.rhythm, self.chance)
        self.mine = np.exp(self.rhythm - self.total)  # how likely each is in a rhythm


def _loss(given: np.ndarray, taught: Taught, first: np.ndarray) -> tuple[float, np.ndarray]:
    """Minus the log likelihood with its pull towards the start, and its slope."""
    part, back = _Part(given, taught), taught.back
    by_now = _logistic(part.late)
    slope_late = part.mine * np.where(back, 1.0 - 2.0 * by_now, -by_now)
    slope_spread = -slope_late * part.late - np.where(back, part.mine, 0.0)
    slope = -np.concatenate(
        [
            taught.terms.T @ (-slope_late / part.spread),
            taught.terms.T @ (part.mine - _logistic(part.comes)),
            taught.scales.T @ slope_spread,
            [((1.0 - part.mine) * (back - part.expected)).sum()],
        ]
    )
    pull = given - first
    return float(0.5 * STRENGTH * pull @ pull - part.total.sum()), slope + STRENGTH * pull


def _waiting(taught: Taught, found: np.ndarray) -> np.ndarray:
    """The share of those in a rhythm still waiting at each point of the grid, as it was seen (Kaplan and
    Meier 1958, each run weighing as much as it is likely in a rhythm), and where little was seen logistic.
    """
    foretold = _logistic(-GRID)
    if not len(taught.logs):
        return foretold
    part = _Part(found, taught)
    ranked = np.argsort(part.late, kind="stable")
    late, weight = part.late[ranked], part.mine[ranked]
    risk = np.cumsum(weight[::-1])[::-1]
    left = np.cumprod(1.0 - np.where(taught.back[ranked], weight / np.maximum(risk, 1e-9), 0.0))
    place = np.searchsorted(late, GRID, side="right")
    seen = np.append(1.0, left)[place]
    trust = np.append(risk, 0.0)[place]
    share = trust / (trust + ENOUGH)
    blended = share * seen + (1.0 - share) * foretold
    return np.minimum.accumulate(np.clip(blended, 1e-6, 1.0))


def waiting_at(late: np.ndarray, curves: np.ndarray, regime: np.ndarray) -> np.ndarray:
    """The share still waiting at ln(time over what was foretold) in spreads, by each one's own curve."""
    return _by_regime(late, regime, [lambda x, curve=curve: np.interp(x, GRID, curve) for curve in curves])


def late_at(waiting: np.ndarray, curves: np.ndarray, regime: np.ndarray) -> np.ndarray:
    """ln(time over what was foretold), in spreads, at which this share still waits, within the grid."""
    found = [lambda x, curve=curve: np.interp(-x, -curve, GRID) for curve in curves]
    return _by_regime(waiting, regime, found)


def crossing(
    waiting: Callable[[np.ndarray], np.ndarray], share: float, count: int, most: float
) -> np.ndarray:
    """The days at which a falling share of so many runs comes down to ``share``; infinite beyond ``most``."""
    low, high = np.full(count, np.log(0.5)), np.full(count, np.log(most))
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        above = waiting(np.exp(middle)) > share
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.where(waiting(np.full(count, most)) > share, np.inf, np.exp(high))


def _by_regime(values: np.ndarray, regime: np.ndarray, found: Sequence) -> np.ndarray:
    told = np.zeros(len(values))
    for number, each in enumerate(found):
        mine = regime == number
        if mine.any():
            told[mine] = each(values[mine])
    return told


def _logistic(x: np.ndarray) -> np.ndarray:
    return 0.5 * (1.0 + np.tanh(0.5 * x))

"""Does what the service says of a suggestion agree with what happened?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BINS = 10
Z = 1.96


@dataclass(frozen=True)
class Bin:
    """Suggestions stated between ``low`` and ``high``: how many, what was stated on average, how many were
    right.

    ``share`` is right / shown; ``least`` and ``most`` are the range that holds the true share 95 times in a
    hundred (Wilson 1927).
    """

    low: float
    high: float
    shown: int
    right: int
    stated: float
    share: float
    least: float
    most: float


def reliability(stated: Sequence[float] | np.ndarray, right: Sequence[bool] | np.ndarray) -> tuple[Bin, ...]:
    """The bins of a reliability diagram, ten of equal width over 0 to 1, empty ones left out.

    After Murphy and Winkler 1977. Where what is stated is a probability, ``share`` equals ``stated`` but
    for chance; where it is a score that only ranks, ``share`` should rise from bin to bin.
    """
    scores, truths = np.asarray(stated, np.float64), np.asarray(right, bool)
    place = np.minimum((scores * BINS).astype(np.int64), BINS - 1)
    found = []
    for each in np.unique(place).tolist():
        inside = place == each
        shown, hit = int(inside.sum()), int(truths[inside].sum())
        least, most = _wilson(hit, shown)
        mean = float(scores[inside].mean())
        found.append(Bin(each / BINS, (each + 1) / BINS, shown, hit, mean, hit / shown, least, most))
    return tuple(found)


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """Mean distance between what was stated and what happened, bins weighed by their size (Naeini et al.
    2015); None without any.
    """
    shown = sum(each.shown for each in bins)
    return sum(each.shown * abs(each.stated - each.share) for each in bins) / shown if shown else None


def _wilson(hit: int, shown: int) -> tuple[float, float]:
    share, spread = hit / shown, Z * Z / shown
    middle = (share + spread / 2) / (1 + spread)
    reach = Z * np.sqrt(share * (1 - share) / shown + spread / (4 * shown)) / (1 + spread)
    return float(max(middle - reach, 0.0)), float(min(middle + reach, 1.0))

"""How well a score tells whom an offer moves, measured where chance decided who was offered it."""

from __future__ import annotations

import numpy as np

CHOSEN = 0.3
STEPS = 20


def uplift_among(score: np.ndarray, offered: np.ndarray, outcome: np.ndarray, share: float = CHOSEN) -> float:
    """The mean outcome of the offered less that of the others, among the ``share`` with the highest score.

    Ties go by place. NaN where one of the arms has nobody there.
    """
    chosen = np.argsort(-score, kind="stable")[: round(share * len(score))]
    given = offered[chosen] > 0
    if given.all() or not given.any():
        return float("nan")
    return float(outcome[chosen][given].mean() - outcome[chosen][~given].mean())


def area(score: np.ndarray, offered: np.ndarray, outcome: np.ndarray) -> float:
    """The area between the uplift curve of a score and that of choosing by lot, per shopper (Qini in shares).

    The curve is how much is gained in all by offering to the best 5, 10 ... 100 % of a score; its last point
    is the same for any score. 0 for a score that tells nothing.
    """
    everybody = uplift_among(score, offered, outcome, 1.0)
    shares = np.arange(1, STEPS + 1) / STEPS
    gained = [share * (uplift_among(score, offered, outcome, share) - everybody) for share in shares]
    return float(np.nanmean(gained))

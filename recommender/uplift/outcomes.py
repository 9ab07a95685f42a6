"""One value per shopper whose mean over any group is that group's uplift: the doubly robust outcome.

What is expected with the offer and without it, corrected by how far the arm that was met is off (Robins and
Rotnitzky 1995; Kennedy 2023 for learning from it). Expectations come from other shoppers than the one in
question, so that nothing is explained by itself.
"""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import RidgeCV

from recommender.uplift.columns import Columns

STRENGTHS = np.logspace(0.0, 5.0, 11)


def doubly_robust(
    figures: np.ndarray, offered: np.ndarray, outcome: np.ndarray, fold: np.ndarray
) -> np.ndarray:
    """The value of each shopper; ``fold`` numbers the parts, each expected from all others.

    The chance of being offered was the same for everybody, and is what it came to.
    """
    chance = offered.mean()
    with_offer, without = np.zeros(len(outcome)), np.zeros(len(outcome))
    for part in np.unique(fold):
        others, mine = fold != part, fold == part
        columns = Columns.of(figures[others])
        for given, into in ((1, with_offer), (0, without)):
            arm = others & (offered == given)
            expects = RidgeCV(STRENGTHS * max(1, arm.sum() // 100)).fit(
                columns.all(figures[arm]), outcome[arm]
            )
            into[mine] = expects.predict(columns.all(figures[mine]))
    met = np.where(offered > 0, (outcome - with_offer) / chance, -(outcome - without) / (1.0 - chance))
    return with_offer - without + met

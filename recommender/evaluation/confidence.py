"""What chance alone could have done: standard errors and paired comparisons.

Shoppers are drawn, not cases: the baskets of one shopper resemble each other, and counting each as if it
stood alone would make every difference look surer than it is (Efron and Tibshirani 1993, resampling of
clusters).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

DRAWS = 1_000
CERTAINTY = 0.95

BETTER, WORSE, LEVEL = "better", "worse", "not told apart"


@dataclass(frozen=True)
class Comparison:
    """Our mean less the other's on the same cases, with the range that holds it 95 times in a hundred.

    ``verdict`` is ``better`` when the whole range lies above 0, ``worse`` when below, else ``not told
    apart``. No allowance is made for how many methods are compared.
    """

    difference: float
    low: float
    high: float
    verdict: str


class Resampling:
    """Means of columns of cases, and how they spread when the shoppers are drawn anew.

    ``askers`` says whose each case is; None stands for itself. Needs at least two askers to say anything.
    """

    def __init__(self, askers: Sequence[Hashable | None], seed: int = 0) -> None:
        rows: dict[object, int] = {}
        keys = ((place,) if asker is None else asker for place, asker in enumerate(askers))
        self._asker = np.fromiter((rows.setdefault(key, len(rows)) for key in keys), np.int64, len(askers))
        self._count = len(rows)
        self._seed = seed

    def means(self, columns: np.ndarray) -> np.ndarray:
        """Means of cases by columns (float64) over draws of the shoppers: draws by columns."""
        sums = np.zeros((self._count, columns.shape[1] + 1))
        np.add.at(sums, self._asker, np.column_stack([columns, np.ones(len(columns))]))
        rng = np.random.default_rng(self._seed)
        found = np.empty((DRAWS, columns.shape[1]))
        for draw in range(DRAWS):
            often = np.bincount(rng.integers(0, self._count, self._count), minlength=self._count)
            drawn = often @ sums
            found[draw] = drawn[:-1] / drawn[-1]
        return found

    def standard_errors(self, columns: np.ndarray) -> np.ndarray:
        """The standard error of each column's mean; nan with fewer than two askers."""
        if self._count < 2:
            return np.full(columns.shape[1], np.nan)
        return self.means(columns).std(axis=0, ddof=1)

    def compare(self, ours: np.ndarray, others: np.ndarray) -> list[Comparison]:
        """Our column of cases against each column of others', case by case."""
        differences = ours[:, None] - others
        if self._count < 2:
            return [Comparison(float(each), -1.0, 1.0, LEVEL) for each in differences.mean(axis=0)]
        tail = 100 * (1 - CERTAINTY) / 2
        low, high = np.percentile(self.means(differences), [tail, 100 - tail], axis=0)
        return [
            Comparison(float(mean), float(least), float(most), _verdict(least, most))
            for mean, least, most in zip(differences.mean(axis=0), low, high, strict=True)
        ]


def _verdict(low: float, high: float) -> str:
    return BETTER if low > 0 else WORSE if high < 0 else LEVEL

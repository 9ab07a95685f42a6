"""What is foretold of runs: when each is needed again, how sure that is, and how likely within some days."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from recommender import returning

EARLY, LATE = 0.1, 0.9  # the ends of the interval told: in 80 of 100 cases the time lies between
LONGEST = float(np.log(3_650.0))


@dataclass(frozen=True)
class Expected:
    """When each of some families is expected to be needed again, one value per run.

    ``known`` is False where neither the shopper's own past nor other shoppers' tell anything, and nothing
    may be said. ``sure`` (0 to 1) is how likely it is bought again here at all. ``own`` tells whether the
    shopper's own gaps weigh most; ``others`` counts the shoppers behind the pooled gap. ``foretold`` is
    ln(days), around which ``curves`` spread those who come back, by ``regime``.
    """

    known: np.ndarray
    sure: np.ndarray
    own: np.ndarray
    others: np.ndarray
    foretold: np.ndarray
    spread: np.ndarray
    regime: np.ndarray
    curves: np.ndarray
    by_chance: np.ndarray

    def days(self, waiting: float | np.ndarray) -> np.ndarray:
        """The days after the purchase at which this share of those coming back still waits."""
        late = returning.late_at(np.broadcast_to(waiting, self.sure.shape), self.curves, self.regime)
        return np.exp(np.minimum(self.foretold + late * self.spread, LONGEST))

    @cached_property
    def gap_days(self) -> np.ndarray:
        """The middle of the time from one purchase to the next, of those who come back."""
        return self.days(0.5)

    @cached_property
    def early_days(self) -> np.ndarray:
        """The early end of that time: with the late end it holds 80 of 100 cases."""
        return self.days(1.0 - EARLY)

    @cached_property
    def late_days(self) -> np.ndarray:
        """The late end of that time."""
        return self.days(1.0 - LATE)

    @cached_property
    def return_days(self) -> np.ndarray:
        """The middle over all, whether they come back or not; infinite where most do not."""
        return returning.crossing(self.away, 0.5, len(self.sure), np.exp(LONGEST))

    def waiting(self, age_days: np.ndarray) -> np.ndarray:
        """The share (0 to 1) of those coming back who are not back so many days after the purchase."""
        late = (np.log(np.maximum(age_days, 0.01)) - self.foretold) / self.spread
        return returning.waiting_at(late, self.curves, self.regime)

    def away(self, age_days: np.ndarray) -> np.ndarray:
        """The share (0 to 1) of all who are not back so many days after the purchase."""
        return self.sure * self.waiting(age_days) + (1.0 - self.sure) * np.exp(-self.by_chance * age_days)

    def again(self, age_days: np.ndarray) -> np.ndarray:
        """How likely (0 to 1) each is bought in a rhythm at all, not having been bought up to this age."""
        return np.where(
            self.known, self.sure * self.waiting(age_days) / np.maximum(self.away(age_days), 1e-9), 0.0
        )

    def within(self, age_days: np.ndarray, days: float | np.ndarray) -> np.ndarray:
        """How likely (0 to 1) each is bought again in the next ``days``, not having been up to this age."""
        now, then = self.away(age_days), self.away(age_days + days)
        return np.where(self.known, (now - then) / np.maximum(now, 1e-9), 0.0)

    def dueness(self, age_days: np.ndarray) -> np.ndarray:
        """How much now is the time (0 to 1), by days since the last purchase: highest at the expected gap."""
        late = np.log(np.maximum(age_days, 0.1) / np.maximum(self.gap_days, 0.1))
        return np.where(self.known, self.sure * np.exp(-0.5 * (late / 0.6) ** 2), 0.0)

    def earliness(self, age_days: np.ndarray) -> np.ndarray:
        """How far it is too soon (0 to 3), by days since the last purchase: ln(expected gap over age), 0 when
        due.
        """
        early = np.log(np.maximum(self.gap_days, 0.1) / np.maximum(age_days, 0.1))
        return np.where(self.known, np.clip(early, 0.0, 3.0), 0.0)

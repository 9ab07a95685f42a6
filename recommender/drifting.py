"""Who is about to look elsewhere: what was bought from us regularly and no longer is, by category.

A category is silent beyond what its rhythms explain when all that the shopper bought of it in a rhythm is
overdue at once: the shares that would still wait are multiplied, as each runs by itself. Only the time of the
rhythm counts, not that some stop of themselves; so the figure is how surprising the silence is, and no
probability of being lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recommender.rhythm import Rhythm
from recommender.runs import DAY, Purchases

MOST_CHANCE = 0.05  # of so long a silence, from which on it is told
LEAST_GAPS = 2  # own times between two purchases, that make a habit
LOOKED_WITHIN_DAYS = 30.0
LONGEST_SILENCE = 6.0  # of the usual time: beyond it there is nobody to be kept, only to be won back


@dataclass(frozen=True, slots=True)
class Drift:
    """One category that a shopper no longer buys here as they used to, and what shows it.

    ``kind`` is ``looks_only`` where they still look or search, else ``silent``. ``chance`` (0 to 1) is how
    likely so long a silence is in their rhythm. ``purchases`` are those of habits, ``usual_days`` the usual
    time between two of the one due first, ``last_at`` and ``looked_at`` the newest purchase and look (epoch
    seconds). ``rows`` are the products of the habits.
    """

    category: str
    kind: str
    chance: float
    purchases: int
    usual_days: float
    last_at: float
    due_at: float
    looked_at: float | None
    rows: tuple[int, ...]


def drifts(
    rhythm: Rhythm,
    purchases: Purchases,
    category_of: Mapping[int, str],
    looked: Mapping[str, float],
    now: float,
) -> list[Drift]:
    """What one shopper has drifted from, the most surprising silence first.

    ``category_of`` is by product row, ``looked`` by category (epoch seconds). A word that there is plenty
    left, or any purchase in the category within the usual time, and nothing is told of it.
    """
    runs = rhythm.runs(purchases)
    if not len(runs) or float(rhythm.step_[0]):
        return []
    runs = runs.where(runs.newest)
    newest: dict[str, float] = {}
    for row, at in zip(runs.product, runs.time, strict=True):
        category = category_of.get(int(row), "")
        newest[category] = max(at, newest.get(category, at))
    habits = runs.where(runs.gaps >= LEAST_GAPS)
    if not len(habits):
        return []
    expected = rhythm.expect(habits)
    waits = expected.waiting(np.maximum(now - habits.time, 0.0) / DAY)
    usual = expected.gap_days
    spoken = _families(rhythm, purchases.plenty)
    found = []
    for category in sorted({category_of.get(int(row), "") for row in habits.product} - {""}):
        mine = [at for at, row in enumerate(habits.product) if category_of.get(int(row)) == category]
        chance = float(np.prod(waits[mine]))
        first = min(mine, key=lambda at: habits.time[at] + usual[at] * DAY)
        silence = (now - newest[category]) / DAY
        if chance > MOST_CHANCE or not usual[first] < silence <= LONGEST_SILENCE * usual[first]:
            continue
        if any(spoken.get(int(habits.family[at]), -np.inf) >= habits.time[at] for at in mine):
            continue
        seen = looked.get(category)
        looks = seen is not None and seen > newest[category] and now - seen <= LOOKED_WITHIN_DAYS * DAY
        found.append(
            Drift(
                category=category,
                kind="looks_only" if looks else "silent",
                chance=chance,
                purchases=int(sum(habits.gaps[at] + 1 for at in mine)),
                usual_days=float(usual[first]),
                last_at=float(newest[category]),
                due_at=float(habits.time[first] + usual[first] * DAY),
                looked_at=seen if looks else None,
                rows=tuple(int(habits.product[at]) for at in mine),
            )
        )
    return sorted(found, key=lambda drift: (drift.chance, drift.category))


def _families(rhythm: Rhythm, words: Mapping[int, float]) -> dict[int, float]:
    """The newest word on each family."""
    found: dict[int, float] = {}
    for row, at in words.items():
        family = int(rhythm.family_[row])
        found[family] = max(at, found.get(family, at))
    return found

"""What one shopper needs again, and when: each run of purchases judged by the shop's rhythm and by their own
word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recommender.expected import EARLY, LATE, Expected
from recommender.rhythm import Rhythm
from recommender.runs import DAY, Purchases, Runs

NOW_DAYS = 7.0  # what is needed within a week is needed now
#: How likely it must be that this shopper buys it in a rhythm at all, or it is not told. Of what was due in
#: the simulated shop and less likely than that, one in seventy was bought within sixty days; of what was a
#: little likelier (up to 0.1), one in eleven.
LEAST_AGAIN = 0.05
OWN_RHYTHM = 2  # so many gaps of one's own are a rhythm, however others buy it
AT_LEAST_DUE, LONG_OVERDUE = 0.85, 3.0  # of the usual time: from when on, and until when, it is due


@dataclass(frozen=True, slots=True)
class Need:
    """One product (by row) that a shopper will need again. Moments are epoch seconds.

    ``due_at`` is the middle of when it is needed, ``early_at`` to ``late_at`` where that lies in 80 of 100
    cases; ``last_at`` the newest purchase. ``chance_now`` (0 to 1) is how likely it is bought within a week,
    ``chance`` within the window asked for; where the shopper said it is out, the need is certain (1) and how
    likely it is bought here is not known (None). ``own_gaps`` counts the shopper's own times between two
    purchases; ``own`` tells that they weigh most, ``others`` how many shoppers stand behind the rest.
    ``said`` is the shopper's word that moved it: ``out``, ``plenty`` or nothing.
    """

    row: int
    last_at: float
    due_at: float
    early_at: float
    late_at: float
    chance: float | None
    chance_now: float
    own_gaps: int
    own: bool
    others: int
    said: str = ""

    def is_due(self, now: float) -> bool:
        """Whether the time has come and is not long past."""
        if self.said:
            return now >= self.due_at
        whole = max(self.due_at - self.last_at, 0.1 * DAY)
        return AT_LEAST_DUE * whole <= now - self.last_at <= LONG_OVERDUE * whole


def needs(rhythm: Rhythm, purchases: Purchases, now: float, days: float = NOW_DAYS) -> list[Need]:
    """What one shopper needs again of what was bought, earliest first; nothing of which nothing is known, and
    nothing that is too unlikely to be bought in a rhythm, unless they said that it is out.

    ``purchases`` are this shopper's alone, ``days`` the window that ``chance`` speaks of.
    """
    runs = rhythm.runs(purchases)
    if not len(runs):
        return []
    runs = runs.where(runs.newest)
    step = float(rhythm.step_[0])
    now = float(runs.time.max()) + step * DAY if step else now
    expected = rhythm.expect(runs)
    age = np.maximum(now - runs.time, 0.0) / DAY
    out, still = _said(purchases.out, rhythm, runs), _said(purchases.plenty, rhythm, runs)
    spans = _spans(expected, np.where(np.isnan(still), 0.0, still))
    again = expected.again(age)
    chances = (expected.within(age, days), expected.within(age, NOW_DAYS))
    found = []
    for slot in range(len(runs)):
        last, gone = float(runs.time[slot]), not np.isnan(out[slot])
        told = again[slot] >= LEAST_AGAIN or runs.gaps[slot] >= OWN_RHYTHM
        if not gone and not (expected.known[slot] and told):
            continue
        ends = [float(out[slot])] * 3 if gone else [float(span[slot]) for span in spans]
        early, middle, late = (last + days_on * DAY for days_on in ends)
        chance, chance_now = (None, 1.0) if gone else (float(chosen[slot]) for chosen in chances)
        found.append(
            Need(
                row=int(runs.product[slot]),
                last_at=last,
                due_at=middle,
                early_at=early,
                late_at=late,
                chance=chance,
                chance_now=chance_now,
                own_gaps=int(runs.gaps[slot]),
                own=bool(expected.own[slot]),
                others=int(expected.others[slot]),
                said="out" if gone else "plenty" if not np.isnan(still[slot]) else "",
            )
        )
    return sorted(found, key=lambda need: (need.due_at, need.row))


def _said(words: Mapping[int, float], rhythm: Rhythm, runs: Runs) -> np.ndarray:
    """Days after the newest purchase at which the shopper said it; not a number where nothing was."""
    newest: dict[int, float] = {}
    for row, at in words.items():
        family = int(rhythm.family_[row])
        newest[family] = max(at, newest.get(family, at))
    told = np.array([newest.get(int(each), np.nan) for each in runs.family])
    return np.where(told >= runs.time, (told - runs.time) / DAY, np.nan)


def _spans(expected: Expected, still: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The early, middle and late days of each, knowing that there was some left at ``still`` days."""
    left = np.where(still > 0.0, expected.waiting(still), 1.0)
    early, middle, late = (
        np.maximum(still, expected.days(left * (1.0 - share))) for share in (EARLY, 0.5, LATE)
    )
    return early, middle, late

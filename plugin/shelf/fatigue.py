"""Impression fatigue: what somebody was shown often lately and did not look at steps back, and returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

DAY = 86_400.0
HALF_LIFE_DAYS = 7.0
FREE_SHOWINGS = 2.0  # so many cost nothing: a shelf is not read at the first glance
LOST_BY_SHOWING = 0.25  # of the logarithm of a product's odds, for each further showing
MOST_LOST = 3.0
SETTLED_AFTER_DAYS = 60.0


def lost(showings: Iterable[int], since: float, now: float) -> float:
    """Return by how much the logarithm of a product's odds falls, 0 for what is fresh.

    `showings` are epoch seconds; those up to `since`, when it was last looked at or bought, count no more,
    and each counts half after a week.
    """
    worn = sum(0.5 ** ((now - at) / DAY / HALF_LIFE_DAYS) for at in showings if since < at <= now)
    return min(MOST_LOST, LOST_BY_SHOWING * max(0.0, worn - FREE_SHOWINGS))


def tired(shown: Mapping[str, Iterable[int]], last_met: Mapping[str, float], now: float) -> dict[str, float]:
    """Return what each group of products has lost by being shown; fresh ones are not in it.

    Both mappings are by group: when it was shown, and when it was last looked at or bought.
    """
    since = now - SETTLED_AFTER_DAYS * DAY
    found = {group: lost(at, max(since, last_met.get(group, 0.0)), now) for group, at in shown.items()}
    return {group: loss for group, loss in found.items() if loss > 0.0}

"""The prices a product had in the shop window: who writes one down, what is kept of them.

A history is short: the changes of the last two months, and as many before as the reduction that runs now
needs. The log keeps all of them.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

REFERENCE_DAYS = 30  # Directive 98/6/EC, Article 6a (2): not shorter than this
KEPT_DAYS = 60
MOST_CHANGES = 60
DAY = 86400.0


class Change(NamedTuple):
    """What a product cost from `at` (epoch seconds) on, in minor units; both None: it was not to be seen."""

    at: float
    price: int | None
    sale_price: int | None

    @property
    def paid(self) -> int | None:
        """The price in force: the sale price where it is lower. None while nothing was offered."""
        if self.sale_price is not None and (self.price is None or self.sale_price < self.price):
            return self.sale_price
        return self.price

    @property
    def reduced(self) -> bool:
        """Whether the shop itself called this a reduction."""
        return self.price is not None and self.sale_price is not None and self.sale_price < self.price

    @property
    def told(self) -> tuple[int | None, int | None]:
        """Both prices, without since when."""
        return self.price, self.sale_price


History = tuple[Change, ...]  # oldest first; each holds until the next


def recorded(history: History, change: Change) -> History:
    """Return the history with a change in its place in time; what was told of that very moment is replaced.

    A change that changes nothing is not kept.
    """
    known = [*(held for held in history if held.at != change.at), change]
    kept: list[Change] = []
    for held in sorted(known):
        if not kept or held.told != kept[-1].told:
            kept.append(held)
    return tuple(kept)


def in_force(history: History, moment: float) -> Change | None:
    """Return what held at a moment, None before anything was told."""
    return next((change for change in reversed(history) if change.at <= moment), None)


def run_start(history: History) -> int | None:
    """Return which change began the reduction that runs now; None where none does.

    A reduction that is increased step by step goes on (Article 6a (5)); one that gets smaller, or that begins
    again, is a new one. Not being seen for a while, at most thirty days, ends none.
    """
    start: int | None = None
    paid, seen_again_at = -math.inf, math.inf
    for at in reversed(range(len(history))):
        change = history[at]
        if change.paid is None:
            continue
        hidden_since = history[at + 1].at if at + 1 < len(history) else math.inf
        if not change.reduced or change.paid < paid or seen_again_at - hidden_since > REFERENCE_DAYS * DAY:
            break
        start, paid, seen_again_at = at, change.paid, change.at
    return start if history and history[-1].reduced else None


def window_start(history: History, began: float, zone: str) -> float:
    """Return from when on prices count as those of the thirty days before `began` (all epoch seconds).

    The thirty days are whole days of the shop's `zone`, so the window is never shorter than thirty days,
    whatever the clocks did. Time in which the product was not to be seen does not count: the window reaches
    back by as much.
    """
    left, end = began - _days_before(began, REFERENCE_DAYS, zone), began
    for change in reversed([held for held in history if held.at < began]):
        if change.paid is not None:
            if end - change.at >= left:
                return end - left
            left -= end - change.at
        end = change.at
    return end - left


def bounded(history: History, zone: str) -> History:
    """Return what has to be kept: two months, and what the reduction that runs now rests on.

    Of a price that changes all the time the oldest changes are taken together at their lowest, so that
    forgetting them never makes a saving look larger.
    """
    if not history:
        return history
    start = run_start(history)
    last = history[-1].at
    began = last if start is None else history[start].at
    since = min(window_start(history, began, zone), last - KEPT_DAYS * DAY)
    first = max((at for at, held in enumerate(history) if held.at <= since), default=0)
    kept = list(history[first:])
    before_run = len(kept) if start is None else start - first
    while len(kept) > MOST_CHANGES:
        at = 0 if before_run > 1 else before_run
        kept[at : at + 2] = [_together(kept[at], kept[at + 1], at == before_run)]
        before_run -= at < before_run
    return tuple(kept)


def _together(older: Change, newer: Change, in_run: bool) -> Change:
    """Two changes as one at the lower of their prices; before the run, never as a part of it."""
    offered = [change for change in (older, newer) if change.paid is not None]
    lower = min(offered, key=lambda change: change.paid or 0, default=newer)
    return lower._replace(at=older.at) if in_run else Change(older.at, lower.paid, None)


def _days_before(moment: float, days: int, zone: str) -> float:
    local = datetime.fromtimestamp(moment, ZoneInfo(zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return (midnight - timedelta(days=days)).timestamp()

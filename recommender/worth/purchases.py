"""The purchases of a shop's buyers by day, and what one moment's view of them tells of each buyer."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np

from recommender.worth.bg_nbd import BetaGeometric
from recommender.worth.gamma_gamma import GammaGamma

LATELY = (0.25, 0.5, 1.0)  # shares of the time asked for, counted back from now
FEWEST_BUYERS = 20  # with fewer nothing is said
FEWEST_REPEATING = 10  # ... nor where fewer of them ever came back
MOST_FITTED = 200_000  # buyers; more teach nothing more, and take time


@dataclass(frozen=True)
class Purchases:
    """What was bought, one value per buyer and day: ``buyer`` (rows, rising), ``day`` (rising within a buyer)
    and ``spent`` (money, everything of that day). ``buyers`` is how many rows there are, bought or not.
    """

    buyer: np.ndarray
    day: np.ndarray
    spent: np.ndarray
    buyers: int

    @classmethod
    def of(cls, buyer: np.ndarray, day: np.ndarray, spent: np.ndarray, buyers: int | None = None) -> Self:
        """The purchases of orders in any sequence; those of one day (whole days, rounded down) are one."""
        who, when = np.asarray(buyer, np.int64), np.floor(np.asarray(day, np.float64))
        order = np.lexsort((when, who))
        who, when, paid = who[order], when[order], np.asarray(spent, np.float64)[order]
        begins = np.append(True, (np.diff(who) != 0) | (np.diff(when) != 0))[: len(who)]
        at = np.flatnonzero(begins)
        paid = np.add.reduceat(paid, at) if len(at) else paid
        many = buyers if buyers is not None else int(who[-1]) + 1 if len(who) else 0
        return cls(who[at], when[at], paid, many)

    def within(self, since: float, until: float) -> Self:
        """Those from day ``since`` on and before day ``until``."""
        kept = (self.day >= since) & (self.day < until)
        return replace(self, buyer=self.buyer[kept], day=self.day[kept], spent=self.spent[kept])

    def counts(self) -> np.ndarray:
        """How many days each buyer bought on."""
        return np.bincount(self.buyer, minlength=self.buyers)

    def sums(self) -> np.ndarray:
        """What each buyer spent."""
        return np.bincount(self.buyer, self.spent, minlength=self.buyers)


@dataclass(frozen=True)
class Seen:
    """What is seen of some buyers at one moment, one value each; times in days, money in one unit.

    ``days`` they bought on (1 or more), ``recency`` from the first of them to the last, ``age`` from the
    first to today, ``spent`` in all and on the ``last`` day; ``lately`` and ``paid_lately`` (3, buyers) are
    days and money within shares of the time asked for.
    """

    days: np.ndarray
    recency: np.ndarray
    age: np.ndarray
    spent: np.ndarray
    last: np.ndarray
    lately: np.ndarray
    paid_lately: np.ndarray

    @property
    def frequency(self) -> np.ndarray:
        """Repeated purchases: all but the first."""
        return self.days - 1.0

    @property
    def mean(self) -> np.ndarray:
        """What was spent on a day of buying."""
        return self.spent / self.days

    def some(self, most: int) -> Seen:
        """At most so many of the buyers, evenly over all."""
        step = max(1, -(-len(self.days) // most))
        return Seen(**{each.name: getattr(self, each.name)[..., ::step] for each in fields(self)})


def seen_at(purchases: Purchases, now: float, ahead: float) -> tuple[np.ndarray, Seen]:
    """The rows of those who bought before the day ``now``, and what is seen of them at the end of the day
    before; ``ahead`` (days) is the time that will be asked for.
    """
    past = purchases.within(-np.inf, now)
    count = past.counts()
    rows = np.flatnonzero(count)
    begin = np.searchsorted(past.buyer, rows)
    end = begin + count[rows]
    first, last = past.day[begin], past.day[end - 1]
    recent = [past.within(now - share * ahead, now) for share in LATELY]
    return rows, Seen(
        days=count[rows].astype(np.float64),
        recency=last - first,
        age=now - 1.0 - first,
        spent=past.sums()[rows],
        last=past.spent[end - 1],
        lately=np.stack([each.counts()[rows].astype(np.float64) for each in recent]),
        paid_lately=np.stack([each.sums()[rows] for each in recent]),
    )


@dataclass(frozen=True)
class Models:
    """The two models by their published likelihoods; ``spends`` is None where too little was paid."""

    buys: BetaGeometric
    spends: GammaGamma | None

    @classmethod
    def learned(cls, seen: Seen) -> Self | None:
        """Both, from what is seen of a shop's buyers; None where there is too little to say anything.

        Buyers of whom the same is seen are counted together, and of very many every so-many-th is taken, so
        that time and memory stay bounded.
        """
        some = seen.some(MOST_FITTED)
        if len(some.days) < FEWEST_BUYERS or np.sum(some.days > 1) < FEWEST_REPEATING:
            return None
        told, weights = _alike(np.stack([some.frequency, some.recency, some.age]))
        try:
            buys = BetaGeometric().fit(told[0], told[1], told[2], weights)
        except ValueError:
            return None
        return cls(buys, _spending(some))

    def orders(self, seen: Seen, ahead: float) -> np.ndarray:
        """The days of buying to be expected of each in the ``ahead`` days after, one a day at most."""
        expected = self.buys.expected(ahead, seen.frequency, seen.recency, seen.age)
        return np.minimum(expected, ahead)

    def mean(self, seen: Seen) -> np.ndarray:
        """What each may be expected to spend on a day of buying; 0 where nothing is known of that."""
        return np.zeros(len(seen.days)) if self.spends is None else self.spends.expected(seen.days, seen.mean)


def _alike(columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different columns, and how often each is there."""
    ordered = columns[:, np.lexsort(columns)]
    begins = np.append(True, np.any(np.diff(ordered) != 0, axis=0))
    at = np.flatnonzero(begins)
    return ordered[:, at], np.diff(np.append(at, columns.shape[1])).astype(np.float64)


def _spending(seen: Seen) -> GammaGamma | None:
    """The model of what is spent; None where nobody paid, or so unevenly that nobody has a usual."""
    if np.sum(seen.spent > 0) < FEWEST_BUYERS:
        return None
    try:
        spends = GammaGamma().fit(seen.days, seen.mean)
    except ValueError:
        return None
    return spends if np.isfinite(spends.usual_) else None

"""Runs: the purchases of one product, or of its family, by one shopper, and what they tell at each of them.

A family is what one buys in another's stead when it runs out: the variants of a group, else the product
alone. Purchases of one day are one. What a purchase tells rests on nothing later than itself, so the same
figures serve for learning from a whole history and for asking about one shopper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from recommender.question import Bought

DAY = 86400.0
LEAST_GAP_DAYS = 1.0
MOST_MOMENTS = 1_000


@dataclass(frozen=True)
class Purchases:
    """What one or several shoppers bought, one value per purchase in any order.

    ``shopper`` and ``product`` are rows (int64), ``time`` epoch seconds, ``amount`` how many pieces. ``out``
    and ``plenty`` are what was said of it: product row -> epoch seconds.
    """

    shopper: np.ndarray
    product: np.ndarray
    time: np.ndarray
    amount: np.ndarray
    out: Mapping[int, float] = field(default_factory=dict)
    plenty: Mapping[int, float] = field(default_factory=dict)

    @classmethod
    def none(cls) -> Purchases:
        """No purchases at all."""
        rows = np.zeros(0, np.int64)
        return cls(rows, rows, np.zeros(0), np.zeros(0))

    @classmethod
    def of(cls, bought: Iterable[Bought], row_of: Mapping[str, int]) -> Purchases:
        """One shopper's purchases as a question carries them; products the model has not met are left out.

        Where more were made than there are moments of, the others are spread evenly from the first one on.
        """
        rows: list[int] = []
        times: list[float] = []
        amounts: list[float] = []
        said: dict[str, dict[int, float]] = {"out": {}, "plenty": {}}
        for each in bought:
            row = row_of.get(each.product_id)
            if row is None:
                continue
            moments = _moments(each)
            rows += [row] * len(moments)
            times += moments
            amounts += _amounts(each, len(moments))
            if each.said in said:
                said[each.said][row] = each.said_at
        product = np.array(rows, np.int64)
        time, amount = np.array(times, np.float64), np.array(amounts, np.float64)
        return cls(np.zeros(len(rows), np.int64), product, time, amount, said["out"], said["plenty"])

    def __len__(self) -> int:
        return len(self.product)


def _moments(bought: Bought) -> list[float]:
    """When it was bought, newest first."""
    known = sorted(bought.moments or {bought.first_at, bought.last_at}, reverse=True)
    lacking = min(bought.times, MOST_MOMENTS) - len(known)
    if lacking > 0 and bought.first_at <= known[-1]:
        known += np.linspace(known[-1], bought.first_at, lacking + 1)[1:].tolist()
    return known


def _amounts(bought: Bought, count: int) -> list[float]:
    """How many pieces each time, newest first; where that is not told of each, all alike."""
    usual = max(bought.quantity, 1.0) / max(bought.times, 1)
    told = [float(each) for each in bought.amounts[:count]]
    return told + [usual] * (count - len(told))


@dataclass(frozen=True)
class Runs:
    """What each purchase tells of its run so far, one value per purchase (or per run, by ``newest``).

    ``family`` and ``product`` (what was bought) are rows, ``time`` is when (epoch seconds). ``gaps`` counts
    the times between two purchases so far; ``log_gap`` is their mean ln(days), ``spread`` their deviation,
    ``last_gap`` the newest, each 0 without any. ``span`` is the days since the run began; ``amount`` is ln
    of how much was bought, and ``more`` how far that lies above the mean of the purchases before (0 at the
    first). ``orders`` is on how many days the shopper had bought by then. ``seen`` and ``awaited`` are the
    repeated purchases of all the shopper's runs by then, and how many the shop at large would have made.
    """

    family: np.ndarray
    product: np.ndarray
    time: np.ndarray
    gaps: np.ndarray
    log_gap: np.ndarray
    spread: np.ndarray
    last_gap: np.ndarray
    span: np.ndarray
    amount: np.ndarray
    more: np.ndarray
    orders: np.ndarray
    pace: np.ndarray
    seen: np.ndarray
    awaited: np.ndarray
    took: np.ndarray
    newest: np.ndarray
    shopper: np.ndarray

    def __len__(self) -> int:
        return len(self.family)

    def where(self, wanted: np.ndarray) -> Runs:
        """Only these (bool or rows)."""
        return Runs(**{name: column[wanted] for name, column in vars(self).items()})


def runs_of(
    purchases: Purchases, family: np.ndarray, size: np.ndarray, log_gap: np.ndarray, log_rate: np.ndarray
) -> Runs:
    """What every purchase tells of its run, sorted by shopper, family and day.

    By product row: its ``family``, the ln of its pack's ``size`` within it, and what the shop at large tells
    of the family, the mean ln(days) of a gap and ln of the repeated purchases a day.
    """
    shopper, families, product, time, day, amount = _by_day(purchases, family, size)
    count = len(families)
    starts = np.ones(count, bool)
    starts[1:] = (shopper[1:] != shopper[:-1]) | (families[1:] != families[:-1])
    gap = np.diff(day, prepend=day[:1]) if count else np.zeros(0)
    gap, counted = _as_said(purchases, family, families, time, gap, ~starts)
    logs = np.where(counted, np.log(np.maximum(gap, LEAST_GAP_DAYS)), 0.0)
    run = np.cumsum(starts) - 1
    first = np.flatnonzero(starts)
    gaps = _summed(counted, first, run)
    mean = _summed(logs, first, run) / np.maximum(gaps, 1)
    squares = _summed(logs**2, first, run) / np.maximum(gaps, 1)
    place = np.arange(count) - first[run] if count else np.zeros(0)
    before = (_summed(amount, first, run) - amount) / np.maximum(place, 1)
    span = day - day[first][run] if count else np.zeros(0)
    beyond = np.where(counted, logs - log_gap[families], 0.0)
    rate = np.where(starts, np.exp(log_rate[families]), 0.0)
    orders, pace, seen, awaited = _so_far(shopper, day, counted, beyond, rate)
    took = np.full(count, np.inf)
    newest = np.ones(count, bool)
    newest[:-1] = starts[1:]
    took[:-1] = np.where(starts[1:], np.inf, gap[1:])
    return Runs(
        family=families,
        product=product,
        time=time,
        gaps=gaps,
        log_gap=mean,
        spread=np.sqrt(np.maximum(squares - mean**2, 0.0)),
        last_gap=_latest(logs, counted, run),
        span=span,
        amount=amount,
        more=np.where(place > 0, amount - before, 0.0),
        orders=orders,
        pace=pace,
        seen=seen,
        awaited=awaited,
        took=took,
        newest=newest,
        shopper=shopper,
    )


def _by_day(purchases: Purchases, family: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, ...]:
    """Shopper, family, last product and time, day and ln(amount) of each day a family was bought on."""
    families = family[purchases.product].astype(np.int64)
    day = np.floor(purchases.time / DAY)
    ranked = np.lexsort((purchases.product, purchases.time, families, purchases.shopper))
    shopper, families, day = purchases.shopper[ranked], families[ranked], day[ranked]
    product, time = purchases.product[ranked], purchases.time[ranked]
    last = np.ones(len(ranked), bool)
    last[:-1] = (shopper[1:] != shopper[:-1]) | (families[1:] != families[:-1]) | (day[1:] != day[:-1])
    whose = np.cumsum(last) - last
    pieces = np.maximum(purchases.amount[ranked], 1e-6) * np.exp(size[product])
    total = np.bincount(whose, pieces, int(last.sum()))
    return (
        shopper[last],
        families[last],
        product[last].astype(np.int64),
        time[last],
        day[last],
        np.log(np.maximum(total, 1e-6)),
    )


def _as_said(
    purchases: Purchases,
    family: np.ndarray,
    families: np.ndarray,
    time: np.ndarray,
    gap: np.ndarray,
    repeated: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """The gaps in days and which of them count, where a shopper said how it stood between two purchases.

    "Already out" ends a gap when it was said. A gap in which there still was plenty may hold what was bought
    elsewhere: it teaches nothing.
    """
    if not (purchases.out or purchases.plenty):
        return gap, repeated
    gap, counted = gap.copy(), repeated.copy()
    for said, ends in ((purchases.out, True), (purchases.plenty, False)):
        for row, at in said.items():
            within = repeated & (families == family[row]) & (time > at)
            within[1:] &= time[:-1] <= at
            if ends:
                gap[within] = np.maximum((at - time[np.flatnonzero(within) - 1]) / DAY, LEAST_GAP_DAYS)
            else:
                counted[within] = False
    return gap, counted


def _so_far(
    shopper: np.ndarray, day: np.ndarray, counted: np.ndarray, beyond: np.ndarray, rate: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Of the shopper by the end of each day: days with a purchase, the sum of how far gaps lay beyond the
    usual, gaps seen, gaps awaited.
    """
    ranked = np.lexsort((day, shopper))
    who, when = shopper[ranked], day[ranked]
    count = len(ranked)
    begins = np.ones(count, bool)
    begins[1:] = who[1:] != who[:-1]
    fresh = begins.copy()
    fresh[1:] |= when[1:] != when[:-1]
    ends = np.append(fresh[1:], True)[:count]
    first, run = np.flatnonzero(begins), np.cumsum(begins) - 1
    weight = rate[ranked]
    columns = [
        _summed(each, first, run) for each in (fresh, beyond[ranked], counted[ranked], weight, weight * when)
    ]
    close = np.flatnonzero(ends)
    close = close[np.searchsorted(close, np.arange(count))] if count else close
    orders, pace, seen, rates, dated = (each[close] for each in columns)
    found = [orders, pace, seen, np.maximum(rates * when - dated, 0.0)]
    back = np.empty(count, np.int64)
    back[ranked] = np.arange(count)
    return tuple(each[back] for each in found)


def _summed(values: np.ndarray, first: np.ndarray, run: np.ndarray) -> np.ndarray:
    """The running sum within each run, this one included."""
    if not len(values):
        return np.zeros(0)
    total = np.cumsum(values, dtype=np.float64)
    return total - (total[first] - values[first])[run]


def _latest(logs: np.ndarray, counted: np.ndarray, run: np.ndarray) -> np.ndarray:
    """The newest gap that counts up to each purchase of its run; 0 where there is none."""
    if not len(logs):
        return np.zeros(0)
    place = np.maximum.accumulate(np.where(counted, np.arange(len(logs)), -1))
    met = (place >= 0) & (run[np.maximum(place, 0)] == run)
    return np.where(met, logs[np.maximum(place, 0)], 0.0)

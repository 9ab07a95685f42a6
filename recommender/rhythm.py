"""When something is needed again: from the shopper's own gaps and those of everybody, each trusted as far
as it goes.
"""

from __future__ import annotations

from typing import Self

import numpy as np

from recommender import returning
from recommender.cards import Cards
from recommender.counted_time import step_of
from recommender.estimator import Part
from recommender.expected import Expected
from recommender.interactions import GUEST, Interactions
from recommender.packs import log_sizes
from recommender.returning import Learned, Taught
from recommender.runs import DAY, Purchases, Runs, runs_of

REGIMES = 3  # no own gap, one, more: each has weights of its own
MOST_LEARNED_FROM = 20_000  # runs a regime; more teach nothing more, and take time
MOST_PURCHASES = 3_000_000  # beyond it every so-many-th shopper is learned from
USUAL_GAP_DAYS = 30.0
LEAST_SEEN = 20  # runs, below which terms stay out of it


#: The terms of ln(days) and of coming back, and the weights of ln(days) before anything was learned.
TERMS: dict[str, tuple[float, ...]] = {
    "one": (0.0, 0.0, 0.0),
    "product": (1.0, 1.0, 1.0),
    "own": (0.0, 0.8, 1.0),
    "last": (0.0, 0.0, 0.0),
    "spread": (0.0, 0.0, 0.0),
    "pace": (0.5, 0.3, 0.0),
    "often": (0.0, 0.0, 0.0),
    "wanted": (0.0, 0.0, 0.0),
    "keen": (0.0, 0.0, 0.0),
    "orders": (0.0, 0.0, 0.0),
    "rising": (0.0, 0.0, 0.0),
    "more": (0.5, 0.5, 0.5),
    "scatter": (0.0, 0.0, 0.0),
}


class Rhythm(Part):
    """Times between purchases, by family (the variants of a group, else the product).

    By product, the same for a whole family: ``log_gap_`` float32 is the mean ln(days between two purchases),
    shrunken towards its category's and the shop's; ``log_rate_`` float32 ln of the repeated purchases a day
    of one buyer; ``again_`` float32 the share of its buyers that came back for it, among those who had the
    time to; ``rising_`` float32 ln of the last month's sales over the usual; ``log_amount_`` float32 ln of
    how much is bought at a time; ``witnesses_`` int32 how many came back; ``family_`` int32 the row that
    stands for the family. ``log_size_`` float32 is ln of a product's pack beside its family's.
    ``ahead_`` and ``comes_`` (3, terms) float64 are the weights of ln(days) and of coming back with no own
    gap, one, or more; ``curves_`` (3, points) the shares still waiting. ``step_`` (1,) float32 is the days
    from every order to the next where the history's times only count orders, else 0.
    """

    LISTS = ()
    COLUMNS = {
        **dict.fromkeys(("log_gap_", "log_rate_", "again_", "rising_", "log_amount_", "scatter_"), ("n",)),
        **dict.fromkeys(("witnesses_", "family_", "log_size_"), ("n",)),
        "ahead_": (REGIMES, len(TERMS)),
        "comes_": (REGIMES, len(TERMS)),
        **dict.fromkeys(("least_", "most_"), (REGIMES, len(TERMS))),
        "spreads_": (REGIMES, 3),
        "curves_": (REGIMES, len(returning.GRID)),
        "by_chance_": (REGIMES,),
        "step_": (1,),
    }

    def __init__(
        self, shrink: float = 3.0, least_witnesses: int = 5, least_again: float = 0.2, least_own_gaps: int = 2
    ) -> None:
        self.shrink = shrink
        self.least_witnesses = least_witnesses
        self.least_again = least_again
        self.least_own_gaps = least_own_gaps

    def fit(self, interactions: Interactions, cards: Cards, *, as_of: float) -> Self:
        past = interactions.before(as_of)
        shown = cards.over(past.product_ids)
        self.step_ = np.array([step_of(past)], np.float32)
        self._families(shown)
        bought = _of_some(purchases_of(past), MOST_PURCHASES)
        self._pool(bought, shown, as_of)
        self._weigh(self.runs(bought), as_of)
        return self

    def runs(self, bought: Purchases) -> Runs:
        """What each of these purchases tells of its run."""
        return runs_of(bought, self.family_, self.log_size_, self.log_gap_, self.log_rate_)

    def expect(self, runs: Runs) -> Expected:
        """When what was bought in each of these runs is needed again, foretold from its newest purchase."""
        regime = np.minimum(runs.gaps, REGIMES - 1).astype(np.int64)
        # Nothing is foretold from further off than what was seen; the product's own gap stands as it is.
        terms = self._terms(runs)
        terms[:, 2:] = np.clip(terms, self.least_[regime], self.most_[regime])[:, 2:]
        foretold = np.einsum("rt,rt->r", terms, self.ahead_[regime])
        comes = np.einsum("rt,rt->r", terms, self.comes_[regime])
        sure = 0.5 * (1.0 + np.tanh(0.5 * comes))

        pooled = (self.witnesses_[runs.family] >= self.least_witnesses) & (
            self.again_[runs.family] >= self.least_again
        )
        steady = runs.gaps >= self.least_own_gaps
        return Expected(
            known=pooled | steady,
            sure=sure,
            own=steady,
            others=self.witnesses_[runs.family],
            foretold=foretold,
            spread=np.exp(np.einsum("rt,rt->r", self._scales(runs), self.spreads_[regime])),
            regime=regime,
            curves=self.curves_,
            by_chance=np.exp(self._rate(runs) + self.by_chance_[regime]),
        )

    def _families(self, shown: Cards) -> None:
        groups = shown.groups()
        first = np.full(int(groups.max(initial=-1)) + 1, len(shown), np.int64)
        np.minimum.at(first, groups, np.arange(len(shown)))
        self.family_ = first[groups].astype(np.int32)
        self.log_size_ = log_sizes(shown.names, groups).astype(np.float32)

    def _pool(self, bought: Purchases, shown: Cards, as_of: float) -> None:
        """What the shop at large tells of each family."""
        count = len(shown)
        nothing = np.zeros(count)
        runs = runs_of(bought, self.family_, self.log_size_, nothing, nothing)
        last = runs.where(runs.newest)
        back = last.gaps > 0
        usual = float(last.log_gap[back].mean()) if back.any() else np.log(USUAL_GAP_DAYS)
        witnesses = np.bincount(last.family[back], minlength=count)
        summed = np.bincount(last.family[back], last.log_gap[back], count)
        prior = _of_category(shown, summed, witnesses, usual, self.shrink)
        log_gap = (summed + self.shrink * prior) / (witnesses + self.shrink)
        waited = (as_of - last.time) / DAY + last.span
        had_time = back | (waited > np.exp(log_gap[last.family]))
        asked = np.bincount(last.family[had_time], minlength=count)
        share = back.sum() / max(had_time.sum(), 1)
        repeats = np.bincount(last.family, last.gaps, count)
        exposed = np.bincount(last.family, waited, count)
        rate = repeats.sum() / max(exposed.sum(), 1.0) if repeats.any() else 1.0 / np.exp(usual)
        recent, before = _sold_lately(bought, self.family_, as_of, count)
        amounts = np.bincount(runs.family, runs.amount, count)
        sold = np.bincount(runs.family, minlength=count)
        found = {
            "log_gap_": log_gap,
            "log_rate_": np.log((repeats + self.shrink) / (exposed + self.shrink / rate)),
            "again_": (witnesses + self.shrink * share) / (asked + self.shrink),
            "rising_": np.log((recent + 2.0) / (before / 3.0 + 2.0)),
            "log_amount_": amounts / np.maximum(sold, 1),
            "scatter_": _scatter(runs, log_gap, usual_of=count),
        }
        for name, values in found.items():
            setattr(self, name, values[self.family_].astype(np.float32))
        self.witnesses_ = witnesses[self.family_].astype(np.int32)

    def _rate(self, runs: Runs) -> np.ndarray:
        """ln of how many repeated purchases a day would be usual for this family and this shopper."""
        return self.log_rate_[runs.family] + np.log((runs.seen + 2.0) / (runs.awaited + 2.0))

    def _terms(self, runs: Runs, usual: np.ndarray | None = None) -> np.ndarray:
        """The terms that foretell each run (runs, terms); all but the product's own are 0 where nothing is
        out of the usual. ``usual`` stands in for the families' own ln(days).
        """
        usual = self.log_gap_[runs.family].astype(np.float64) if usual is None else usual
        rate = self.log_rate_[runs.family].astype(np.float64)
        gaps = runs.gaps
        keen = np.log((runs.seen + 2.0) / (runs.awaited + 2.0))
        often = np.log((gaps + 1.0) / (runs.span + np.exp(-rate - keen)))
        columns = {
            "one": np.ones(len(runs)),
            "product": usual,
            "own": gaps * (runs.log_gap - usual) / (gaps + 2.0),
            "last": np.where(gaps > 0, runs.last_gap - usual, 0.0),
            "spread": runs.spread,
            "pace": runs.pace / (runs.seen + 5.0),
            "often": -often - usual,
            "wanted": -rate - usual,
            "keen": keen,
            "orders": np.log(np.maximum(runs.orders, 1.0)),
            "rising": self.rising_[runs.family],
            "scatter": self.scatter_[runs.family],
            "more": np.where(gaps > 0, runs.more, runs.amount - self.log_amount_[runs.family]),
        }
        return np.column_stack([columns[name] for name in TERMS]).astype(np.float64)

    def _scales(self, runs: Runs) -> np.ndarray:
        """The terms of ln(spread) of each run (runs, 3): one, the family's scatter, the run's beside it."""
        scatter = self.scatter_[runs.family].astype(np.float64)
        mixed = (runs.gaps * runs.spread**2 + 3.0 * np.exp(2.0 * scatter)) / (runs.gaps + 3.0)
        beside = np.where(runs.gaps > 1, 0.5 * np.log(np.maximum(mixed, 1e-4)) - scatter, 0.0)
        return np.column_stack([np.ones(len(runs)), scatter, beside])

    def _of_others(self, runs: Runs) -> np.ndarray:
        """The usual ln(days) of each run's family as all others have it.

        A run would else be foretold with its own future, and how far it strays would look too little.
        """
        last = np.flatnonzero(runs.newest)
        run = np.cumsum(runs.newest) - runs.newest
        back, mean = (runs.gaps[last] > 0)[run], runs.log_gap[last][run]
        usual = self.log_gap_[runs.family].astype(np.float64)
        stands = self.witnesses_[runs.family] + self.shrink
        others = (usual * stands - mean) / np.maximum(stands - 1.0, 1.0)
        return np.where(back, others, usual)

    def _weigh(self, runs: Runs, as_of: float) -> None:
        """Learn from every purchase how long it took, or has been awaited, until the next of its run."""
        regime = np.minimum(runs.gaps, REGIMES - 1).astype(np.int64)
        waited = np.maximum(as_of / DAY - np.floor(runs.time / DAY), 0.5)
        back = np.isfinite(runs.took)
        usual = self._of_others(runs)
        found, ranges = [], []
        for number in range(REGIMES):
            rows = np.flatnonzero(regime == number)
            rows = rows[_spread_evenly(len(rows), MOST_LEARNED_FROM)]
            mine = runs.where(rows)
            days = np.maximum(np.where(back[rows], mine.took, waited[rows]), 0.5)
            start = np.array([weights[number] for weights in TERMS.values()])
            taught = Taught(self._terms(mine), self._scales(mine), self._rate(mine), np.log(days), back[rows])
            found.append(Learned(taught, start, self._terms(mine, usual[rows])))
            ranges.append(_range(taught.terms))
        self.least_, self.most_ = (np.array(ends) for ends in zip(*ranges, strict=True))
        self.spreads_ = np.array([each.spreads for each in found])
        self.ahead_ = np.array([each.ahead for each in found])
        self.comes_ = np.array([each.comes for each in found])
        self.curves_ = np.array([each.curve for each in found])
        self.by_chance_ = np.array([each.by_chance for each in found])


def purchases_of(past: Interactions) -> Purchases:
    """All purchases of known shoppers."""
    lines = past.orders
    known = lines.shopper != GUEST
    return Purchases(
        shopper=lines.shopper[known].astype(np.int64),
        product=lines.product[known].astype(np.int64),
        time=lines.time[known],
        amount=lines.quantity[known].astype(np.float64),
    )


def _of_some(bought: Purchases, most: int) -> Purchases:
    """The purchases of every so-many-th shopper, so that there are about so many."""
    every = -(-len(bought) // most)
    if every <= 1:
        return bought
    kept = bought.shopper % every == 0
    return Purchases(*(each[kept] for each in (bought.shopper, bought.product, bought.time, bought.amount)))


def _of_category(
    shown: Cards, summed: np.ndarray, witnesses: np.ndarray, usual: float, shrink: float
) -> np.ndarray:
    """The mean ln(days) of each product's category, shrunken towards the shop's."""
    numbers: dict[str, int] = {}
    category = np.fromiter((numbers.setdefault(each, len(numbers)) for each in shown.categories), np.int64)
    if not len(category):
        return np.zeros(0)
    means = np.bincount(category, summed, len(numbers)) + shrink * usual
    return (means / (np.bincount(category, witnesses, len(numbers)) + shrink))[category]


def _range(terms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The least and the most of each term but for the farthest hundredths; nothing where few were seen."""
    if len(terms) < LEAST_SEEN:
        return np.zeros(terms.shape[1]), np.zeros(terms.shape[1])
    least, most = np.quantile(terms, (0.005, 0.995), axis=0)
    return least, most


def _scatter(runs: Runs, log_gap: np.ndarray, usual_of: int) -> np.ndarray:
    """ln of how far gaps of each family lie from their run's middle, as a deviation of ln(days)."""
    again = np.isfinite(runs.took)
    family = runs.family[again]
    beside = np.where(runs.gaps[again] > 0, runs.log_gap[again], log_gap[family])
    off = np.abs(np.log(np.maximum(runs.took[again], 0.5)) - beside)
    usual = float(off.mean()) if len(off) else returning.SPREAD
    summed, counted = np.bincount(family, off, usual_of), np.bincount(family, minlength=usual_of)
    return np.log(np.maximum((summed + 5.0 * usual) / (counted + 5.0), 0.02))


def _sold_lately(
    bought: Purchases, family: np.ndarray, as_of: float, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """How often each family was bought in the last 28 days, and in the last 84."""
    ago = (as_of - bought.time) / DAY
    families = family[bought.product]
    recent, longer = (np.bincount(families[ago <= days], minlength=count) for days in (28.0, 84.0))
    return recent, longer


def _spread_evenly(count: int, most: int) -> np.ndarray:
    """Places of at most so many, evenly over all."""
    return np.arange(count) if count <= most else np.linspace(0, count - 1, most).astype(np.int64)

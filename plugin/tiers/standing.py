"""Where one shopper stands: the shop's standing, taken now and then, and a place on the ladder, at once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from plugin.ownership import Figures
from plugin.shopper import Profile
from plugin.tiers.ladder import Tier, TierLadder, Title
from plugin.tiers.window import DAY, figures_of, purchases
from recommender import worth

FEWEST_BUYERS = 20
EDGES = 101
ORDERS_AHEAD = 24


@dataclass(frozen=True)
class Standing:
    """What the shop's buyers look like: quantile edges of recency, frequency, money and the score of all.

    Taken from everybody who bought within the window; at most 101 edges a figure, so it stays a few
    kilobytes however large the shop is.
    """

    as_of: float
    shoppers: int
    edges: worth.Standing
    score: tuple[float, ...]

    @property
    def speaks(self) -> bool:
        """Whether there are enough buyers for a quantile to mean something."""
        return self.shoppers >= FEWEST_BUYERS

    def quantile(self, score: float) -> float:
        """The share of buyers below this score, those equal to it counted half."""
        below, not_above = bisect_left(self.score, score), bisect_right(self.score, score)
        return (below + not_above) / (2 * len(self.score)) if self.score else 0.0

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Standing:
        """Return the standing that `to_document` wrote."""
        edges = (np.array(document[name], np.float64) for name in ("recency_days", "frequency", "monetary"))
        return cls(document["as_of"], document["shoppers"], worth.Standing(*edges), tuple(document["score"]))

    def to_document(self) -> dict[str, Any]:
        """Return the standing as plain JSON."""
        return {
            "as_of": self.as_of,
            "shoppers": self.shoppers,
            "recency_days": self.edges.recency_days.tolist(),
            "frequency": self.edges.frequency.tolist(),
            "monetary": self.edges.monetary.tolist(),
            "score": list(self.score),
        }


@dataclass(frozen=True)
class Held:
    """The tier given before; `below_since` is when the figures stopped carrying it, if they did."""

    tier: str
    below_since: float | None = None


@dataclass(frozen=True)
class Place:
    """One shopper's tier with the figures that led to it.

    `quantile` is the shopper's place among the shop's buyers (None by spend, without orders, or in a shop
    of few buyers). `progress` is `{"to", "title", "missing"}`, missing `{"orders": n}` at the shopper's own
    mean order, or `{"amount": minor units}`; None at the top or out of sight. `why` holds the inputs.
    `falls_on` (epoch seconds) is when the tier ends if nothing more is bought.
    """

    tier: str
    title: Title
    quantile: float | None
    progress: dict[str, Any] | None
    why: dict[str, Any]
    falls_on: float | None = None


def take_standing(figures: Iterable[Figures], now: float) -> Standing:
    """Return the shop's standing: the quantiles of everybody in `figures` who has an order.

    `figures` are taken within the ladder's window (see `figures_within`); `now` in epoch seconds.
    """
    buyers = [held for held in figures if held.orders and held.last_at is not None]
    recency = np.array([_recency(held, now) for held in buyers], np.float64)
    frequency = np.array([held.orders for held in buyers], np.float64)
    monetary = np.array([held.spent for held in buyers], np.float64)
    edges = worth.Standing.of(recency, frequency, monetary)
    scores = edges.scores(recency, frequency, monetary).rfm
    score = np.quantile(scores, np.linspace(0.0, 1.0, min(len(scores), EDGES))) if buyers else scores
    return Standing(now, len(buyers), edges, tuple(score.tolist()))


def place(
    figures: Figures,
    standing: Standing | None,
    ladder: TierLadder,
    now: float,
    held: Held | None = None,
) -> Place:
    """Return the tier these figures reach, with progress and the inputs; `falls_on` is left open.

    Without orders a shopper stands lowest. By RFM a shop with fewer than 20 buyers, or without a standing,
    keeps everybody at the lowest tier: being one of three is no merit. `held` is the tier given before,
    for hysteresis and grace; without it the figures alone decide.
    """
    measure, quantile, why = _measure(figures, standing, ladder, now)
    tier, kept = _kept(ladder.reached(measure), measure, ladder, now, held)
    if kept:
        why["kept_by"] = kept
    progress = _progress(tier, figures, standing, ladder, now)
    return Place(tier.tier, tier.title, quantile, progress, why)


def place_of(
    profile: Profile,
    standing: Standing | None,
    ladder: TierLadder,
    now: float,
    held: Held | None = None,
) -> Place:
    """Return the shopper's place by the orders inside the ladder's window, and when it falls without more.

    The fall is projected against today's standing, to the day.
    """
    bought = purchases(profile)

    def later(at: float) -> Figures:
        return figures_of(bought, ladder.window_days, at)

    placed = place(later(now), standing, ladder, now, held)
    return replace(placed, falls_on=_falls_on(placed.tier, later, standing, ladder, now, held))


def _recency(figures: Figures, now: float) -> float:
    return max(0.0, now - (figures.last_at or 0.0)) / DAY


def _measure(
    figures: Figures, standing: Standing | None, ladder: TierLadder, now: float
) -> tuple[float, float | None, dict[str, Any]]:
    """The figure the ladder goes by, the quantile where there is one, and the inputs of both."""
    why: dict[str, Any] = {
        "basis": ladder.basis,
        "orders": figures.orders,
        "spent": figures.spent,
        "recency_days": round(_recency(figures, now), 2) if figures.last_at is not None else None,
        "score": None,
    }
    if ladder.basis == "spend":
        return float(figures.spent), None, why
    if standing is None or not standing.speaks:
        why["too_few_buyers"] = True
        return 0.0, None, why
    why["standing_as_of"] = standing.as_of
    if not figures.orders or figures.last_at is None:
        return 0.0, None, why
    score = standing.edges.score(_recency(figures, now), figures.orders, figures.spent)
    why["score"] = round(score, 4)
    quantile = standing.quantile(score)
    return quantile, quantile, why


def _kept(
    reached: Tier, measure: float, ladder: TierLadder, now: float, held: Held | None
) -> tuple[Tier, str | None]:
    """The tier after hysteresis and grace, and which of the two kept it."""
    if held is None:
        return reached, None
    rank, reached_rank = ladder.rank(held.tier), ladder.rank(reached.tier)
    if rank is None or reached_rank is None or rank <= reached_rank:
        return reached, None
    before = ladder.tiers[rank]
    if measure >= before.threshold - ladder.margin(before):
        return before, "hysteresis"
    if now < (held.below_since if held.below_since is not None else now) + ladder.grace_days * DAY:
        return before, "grace"
    return reached, None


def _progress(
    tier: Tier, figures: Figures, standing: Standing | None, ladder: TierLadder, now: float
) -> dict[str, Any] | None:
    """What leads to the next tier: money by spend, orders like the shopper's own by RFM."""
    goal = ladder.above(tier)
    if goal is None:
        return None
    if ladder.basis == "spend":
        missing = {"amount": max(0, round(goal.threshold) - figures.spent)}
        return {"to": goal.tier, "title": goal.title, "missing": missing}
    if standing is None or not standing.speaks:
        return None
    usual = figures.spent / figures.orders if figures.orders else float(np.median(standing.edges.monetary))
    for more in range(1, ORDERS_AHEAD + 1):
        ahead = Figures(figures.orders + more, round(figures.spent + more * usual), figures.first_at, now)
        if _measure(ahead, standing, ladder, now)[0] >= goal.threshold:
            return {"to": goal.tier, "title": goal.title, "missing": {"orders": more}}
    return None


def _falls_on(
    tier: str,
    later: Callable[[float], Figures],
    standing: Standing | None,
    ladder: TierLadder,
    now: float,
    held: Held | None,
) -> float | None:
    """The first day on which the tier ends if nothing is bought meanwhile.

    Figures only shrink while nothing is bought, so the day is found by halving the window. Hysteresis and
    grace prolong a tier that is remembered as held, and only that.
    """
    rank = ladder.rank(tier)
    if not rank:
        return None
    top, grace = ladder.tiers[rank], 0.0
    needed = top.threshold
    if held is not None:
        needed, grace = needed - ladder.margin(top), ladder.grace_days * DAY

    def carried(at: float) -> bool:
        return _measure(later(at), standing, ladder, at)[0] >= needed

    if not carried(now):
        since = held.below_since if held is not None and held.below_since is not None else now
        return since + grace
    good, bad = 0, ladder.window_days + 1
    if carried(now + bad * DAY):
        return None
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if carried(now + middle * DAY) else (good, middle)
    return now + bad * DAY + grace

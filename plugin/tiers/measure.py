"""What a ladder goes by: one shopper's measure at a moment, by each basis, with the inputs it came from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from plugin.money import digits
from plugin.ownership import Figures
from plugin.shopper import Profile
from plugin.tiers.ladder import TierLadder
from plugin.tiers.recorded import parted_at
from plugin.tiers.standing import Standing
from plugin.tiers.window import DAY, Purchase, figures_of, purchases

if TYPE_CHECKING:
    from plugin.offers.occasion import Occasion

EXACT = frozenset({"spend", "points"})  # bases whose past can be told from the shopper's own facts alone
AGEING = EXACT | {"rfm"}  # bases of which it is known how they fall when nothing more happens
MOST_POINTS = 10**15
Expecting = Callable[[], int | None]
"""What the shopper is expected to spend, minor units; None where there is too little to say."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What the ladder goes by: in its own unit, with the quantile where there is one, and the inputs."""

    value: float
    quantile: float | None
    why: dict[str, Any]


@dataclass(frozen=True)
class Measuring:
    """One shopper's facts, and all that is needed to measure them on one ladder.

    `points` are those given, by day since 1970. No tier is held since before `not_before`. `expecting` is
    asked by `value` alone, `occasion` (without basket and place) by `rule` alone; both know only the present
    moment.
    """

    ladder: TierLadder
    standing: Standing | None
    currency: str
    bought: Sequence[Purchase]
    points: dict[str, int] = field(default_factory=dict)
    not_before: float = 0.0
    expecting: Expecting = lambda: None
    occasion: Callable[[], Occasion | None] = lambda: None

    @classmethod
    def of(
        cls,
        profile: Profile,
        ladder: TierLadder,
        standing: Standing | None,
        currency: str = "EUR",
        expecting: Expecting = lambda: None,
        occasion: Callable[[], Occasion | None] = lambda: None,
    ) -> Measuring:
        """Return how one shopper is measured."""
        bought = purchases(profile)
        since = parted_at(profile)
        return cls(ladder, standing, currency, bought, profile.points, since, expecting, occasion)

    def figures(self, at: float) -> Figures:
        """The shopper's figures within the window before a moment."""
        return figures_of(self.bought, self.ladder.window_days, at)

    def at(self, moment: float) -> Measure:
        """The shopper's measure at a moment."""
        return self.measured(self.figures(moment), moment)

    def measured(self, figures: Figures, now: float) -> Measure:
        """The measure that these figures come to."""
        why: dict[str, Any] = {
            "basis": self.ladder.basis,
            "orders": figures.orders,
            "spent": figures.spent,
            "recency_days": round(recency(figures, now), 2) if figures.last_at is not None else None,
            "score": None,
        }
        return MEASURES[self.ladder.basis](self, figures, now, why)

    def leaving(self) -> list[float]:
        """The moments at which an order or points of a day leave the window, in time."""
        window = self.ladder.window_days * DAY
        days = (int(day) * DAY for day in self.points) if self.ladder.basis == "points" else ()
        return sorted({*(at + window for at, _ in self.bought), *(day + window for day in days)})

    def given(self, now: float) -> int:
        """The points given within the window before a moment."""
        since = now - self.ladder.window_days * DAY
        return sum(points for day, points in self.points.items() if since < int(day) * DAY <= now)

    def earned(self, spent: int) -> int:
        """The points that spending (minor units) brings, a part of a point left off."""
        units = Decimal(spent).scaleb(-digits(self.currency))
        return min(int(units * self.ladder.points_per_unit), MOST_POINTS)


def recency(figures: Figures, now: float) -> float:
    """Return how many days ago the last order was."""
    return max(0.0, now - (figures.last_at or 0.0)) / DAY


def _rfm(asked: Measuring, figures: Figures, now: float, why: dict[str, Any]) -> Measure:
    standing = asked.standing
    if standing is None or not standing.speaks:
        return Measure(0.0, None, {**why, "too_few_buyers": True})
    why["standing_as_of"] = standing.as_of
    if not figures.orders or figures.last_at is None:
        return Measure(0.0, None, why)
    score = standing.edges.score(recency(figures, now), figures.orders, figures.spent)
    quantile = standing.quantile(score)
    return Measure(quantile, quantile, {**why, "score": round(score, 4)})


def _spend(asked: Measuring, figures: Figures, now: float, why: dict[str, Any]) -> Measure:
    return Measure(float(figures.spent), None, why)


def _points(asked: Measuring, figures: Figures, now: float, why: dict[str, Any]) -> Measure:
    earned, given = asked.earned(figures.spent), asked.given(now)
    points = {"points": earned + given, "points_earned": earned, "points_given": given}
    return Measure(float(earned + given), None, {**why, **points})


def _value(asked: Measuring, figures: Figures, now: float, why: dict[str, Any]) -> Measure:
    spend = asked.expecting()
    return Measure(float(spend or 0), None, {**why, "expected_spend": spend})


def _rule(asked: Measuring, figures: Figures, now: float, why: dict[str, Any]) -> Measure:
    occasion = asked.occasion()
    tiers = asked.ladder.tiers if occasion is not None else asked.ladder.tiers[:1]
    step = next((t.step for t in reversed(tiers) if t.when is not None and t.when.holds(occasion)), 0)
    return Measure(float(step), None, why)


MEASURES: dict[str, Callable[[Measuring, Figures, float, dict[str, Any]], Measure]] = {
    "rfm": _rfm,
    "spend": _spend,
    "points": _points,
    "value": _value,
    "rule": _rule,
}

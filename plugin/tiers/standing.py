"""What a shop's buyers look like as a whole, taken now and then, and the place of one among them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from plugin.ownership import Figures
from plugin.tiers.ladder import Title
from plugin.tiers.window import DAY
from recommender import worth

FEWEST_BUYERS = 20
EDGES = 101


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
    """The tier given before; `below_since` is when the figures stopped carrying it, if they did.

    `since` is from when on it is held; `at` is the last moment of which something was recorded.
    """

    tier: str
    below_since: float | None = None
    since: float | None = None
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Fall:
    """When a tier ends if nothing more happens, and which follows; without a date, why there is none."""

    on: float | None = None
    to: str | None = None
    why: str | None = None


NO_FALL = Fall()


@dataclass(frozen=True)
class Place:
    """One shopper's tier with the figures that led to it.

    `quantile` is the shopper's place among the shop's buyers (None by spend, without orders, or in a shop
    of few buyers). `progress` is `{"to", "title", "missing"}`; missing is `{"orders": n}` at the shopper's
    own mean order, `{"amount": minor units}`, `{"points": n}`, `{"expected": minor units}` or what unlocks
    the next tier's rule; None at the top or out of sight. `why` holds the inputs. `since` is from when on
    the tier is held (epoch seconds); None where nobody knows.
    """

    tier: str
    title: Title
    quantile: float | None
    progress: dict[str, Any] | None
    why: dict[str, Any]
    since: float | None = None
    foresee: Callable[[], Fall] = field(default=lambda: NO_FALL, compare=False, repr=False)

    @cached_property
    def fall(self) -> Fall:
        """When the tier ends if nothing more happens; worked out when first asked for."""
        return self.foresee()

    @property
    def falls_on(self) -> float | None:
        """When the tier ends if nothing more happens (epoch seconds); None where it stays or is not known."""
        return self.fall.on


def take_standing(figures: Iterable[Figures], now: float) -> Standing:
    """Return the shop's standing: the quantiles of everybody in `figures` who has an order.

    `figures` are taken within the ladder's window (see `figures_within`); `now` in epoch seconds.
    """
    buyers = [held for held in figures if held.orders and held.last_at is not None]
    recency = np.array([max(0.0, now - (held.last_at or 0.0)) / DAY for held in buyers], np.float64)
    frequency = np.array([held.orders for held in buyers], np.float64)
    monetary = np.array([held.spent for held in buyers], np.float64)
    edges = worth.Standing.of(recency, frequency, monetary)
    scores = edges.scores(recency, frequency, monetary).rfm
    score = np.quantile(scores, np.linspace(0.0, 1.0, min(len(scores), EDGES))) if buyers else scores
    return Standing(now, len(buyers), edges, tuple(score.tolist()))

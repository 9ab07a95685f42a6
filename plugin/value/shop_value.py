"""What a shop's buyers are expected to bring, learned now and then: nothing in it is about anybody."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import orjson

from recommender.worth.foresight import Foresight
from recommender.worth.purchases import Purchases, seen_at

DAY = 86_400.0
AHEAD_DAYS = 365.0
EDGES = 101
BANDS = 10
MOST_RANKED = 200_000  # buyers that the bands and the edges are taken from
ORDERS_TOLD_APART = 6  # digits after the point that are kept of a mean


@dataclass(frozen=True)
class Band:
    """One of ten equal parts of the buyers, the best first: how many they are, and what is expected of one of
    them on average. Money in minor units, None where it is not known.
    """

    buyers: int
    orders: float
    spend: float | None
    still_customer: float


@dataclass(frozen=True)
class ShopValue:
    """What is expected of a shop's buyers, and how one of them is worked out without the others.

    ``as_of`` (epoch seconds) says when it was learned, ``buyers`` from how many. ``margin`` is the share of
    what is paid that is left above cost. ``foresight`` is None where there are too few to say anything.
    """

    as_of: float
    buyers: int
    foresight: Foresight | None = None
    margin: float | None = None
    edges: tuple[float, ...] = ()
    bands: tuple[Band, ...] = ()

    def place(self, score: float) -> float | None:
        """The share of buyers (0 to 1) of whom less is expected, those of whom the same is counted half."""
        if not self.edges:
            return None
        return (bisect_left(self.edges, score) + bisect_right(self.edges, score)) / (2 * len(self.edges))

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> ShopValue:
        """Return the value that `to_document` wrote."""
        held = document["foresight"]
        return cls(
            document["as_of"],
            document["buyers"],
            None if held is None else Foresight.from_document(held),
            document["margin"],
            tuple(document["edges"]),
            tuple(Band(*band) for band in document["bands"]),
        )

    def to_document(self) -> dict[str, Any]:
        """Return it as plain JSON, some tens of kilobytes however large the shop is."""
        return {
            "as_of": self.as_of,
            "buyers": self.buyers,
            "foresight": None if self.foresight is None else self.foresight.to_document(),
            "margin": self.margin,
            "edges": list(self.edges),
            "bands": [[each.buyers, each.orders, each.spend, each.still_customer] for each in self.bands],
        }


@lru_cache(maxsize=256)  # the newest of as many shops
def read_value(body: bytes) -> ShopValue | None:
    """Return the value that the store keeps; None for one that another version wrote and this cannot read."""
    try:
        return ShopValue.from_document(orjson.loads(body))
    except (ValueError, KeyError, TypeError):
        return None


def take_value(purchases: Purchases, now: float, margin: float | None = None) -> ShopValue:
    """Return what is to be expected of buyers in the year after `now` (epoch seconds)."""
    today = float(np.floor(now / DAY)) + 1.0
    rows, seen = seen_at(purchases, today, AHEAD_DAYS)
    foresight = Foresight.of(purchases, today, AHEAD_DAYS) if len(rows) else None
    if foresight is None:
        return ShopValue(now, len(rows), margin=margin)
    some = seen.some(MOST_RANKED)
    score = foresight.rank_score(some)
    orders, spending, still = foresight.orders(some), foresight.spending(some), foresight.still(some)
    edges = np.quantile(score, np.linspace(0.0, 1.0, min(len(score), EDGES)))
    best_first = np.argsort(-(orders if spending is None else spending), kind="stable")
    scale = len(rows) / len(best_first)
    bands = [
        Band(
            round(len(part) * scale),
            round(float(orders[part].mean()), ORDERS_TOLD_APART),
            None if spending is None else float(spending[part].mean()),
            round(float(still[part].mean()), ORDERS_TOLD_APART),
        )
        for part in np.array_split(best_first, min(BANDS, len(best_first)))
    ]
    return ShopValue(now, len(rows), foresight, margin, tuple(edges.tolist()), tuple(bands))

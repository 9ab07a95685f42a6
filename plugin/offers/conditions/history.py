"""Conditions on what a shopper bought and has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from plugin.catalog import CategoryKey, category_key
from plugin.offers.arguments import Text, Whole, argument
from plugin.offers.changes import NOTHING, Change
from plugin.offers.conditions.condition import Condition
from plugin.offers.goods import Goods
from plugin.offers.occasion import Occasion
from plugin.ownership import STILL_THERE, Owned

DAY = 86_400.0
NEVER = float("nan")


@dataclass(frozen=True)
class _OfProducts(Condition[Occasion]):
    """One product, or whatever lies in one category."""

    one_of = ("product_id", "category")
    product_id: str | None = argument(Text())
    category: str | None = argument(Text(500))
    within_days: int | None = argument(Whole(1, 3650))
    at_least: int | None = argument(Whole(1, 10_000))

    @cached_property
    def key(self) -> CategoryKey:
        return category_key(self.category or "")

    @cached_property
    def goods(self) -> Goods:
        """What it is about."""
        return Goods(self.product_id, self.category)

    def theirs(self, occasion: Occasion) -> Iterable[Owned]:
        """What the shopper bought of it."""
        if self.product_id is not None:
            held = occasion.owned.get(self.product_id)
            return (held,) if held else ()
        return occasion.owned_by_category.get(self.key, ())

    def since(self, occasion: Occasion) -> float:
        """The moment from which on a purchase counts."""
        return occasion.now - self.within_days * DAY if self.within_days is not None else float("-inf")

    def which(self) -> dict[str, str]:
        """The product or category, as a document names it."""
        if self.product_id is not None:
            return {"product_id": self.product_id}
        return {"category": self.category or ""}

    def says(self) -> tuple[str, dict[str, Any]]:
        values: dict[str, Any] = {**self.which(), "count": self.at_least or 1}
        if self.within_days is not None:
            values["days"] = self.within_days
        return self.name, values


@dataclass(frozen=True)
class Bought(_OfProducts):
    """Bought in at least so many orders, sent-back ones left out; `within_days` counts back from now.

    The dates of a product's ten latest purchases are known; earlier ones count only without a window.
    """

    name = "bought"
    movable = True

    def holds(self, subject: Occasion) -> bool:
        return self._times(subject) >= (self.at_least or 1)

    def ways(self, occasion: Occasion, wanted: bool = True) -> tuple[Change, ...]:
        """Further orders with it, for a shopper who has begun; a stranger to it is not meant."""
        times, asked = self._times(occasion), self.at_least or 1
        if not wanted:
            return (Change(room={("visits", self.goods): asked - 1 - times}),) if times < asked else ()
        if times >= asked:
            return (NOTHING,)
        return (Change(visits={self.goods: asked - times}),) if times else ()

    def within_reach(self, occasion: Occasion) -> bool:
        return bool(self._times(occasion))

    def _last(self, occasion: Occasion) -> float:
        """When it was bought last; not a number for never, which no moment comes before."""
        if self.product_id is None:
            return occasion.last_bought_in.get(self.key, NEVER)
        held = occasion.owned.get(self.product_id)
        return held.last_at if held and held.times else NEVER

    def _times(self, occasion: Occasion) -> int:
        since = self.since(occasion)
        if (self.at_least or 1) == 1:
            return int(self._last(occasion) >= since)
        dates: set[float] = set()
        undated = 0
        for held in self.theirs(occasion):
            dates.update(at for at in held.purchases if at >= since)
            undated += max(0, held.times - len(held.purchases))
        return len(dates) + (undated if self.within_days is None else 0)


@dataclass(frozen=True)
class Owns(_OfProducts):
    """Has at least so many pieces now: bought, not sent back, not used up; or says so."""

    name = "owned"
    moved_along = True

    def holds(self, subject: Occasion) -> bool:
        since = self.since(subject)
        there = sum(
            held.quantity
            for held in self.theirs(subject)
            if held.state in STILL_THERE and held.last_at >= since
        )
        return there >= (self.at_least or 1)

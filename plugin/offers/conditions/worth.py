"""Conditions on what a shopper is worth to the shop: tier, value, first order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plugin.offers.arguments import Share, Text, argument
from plugin.offers.changes import Change
from plugin.offers.conditions.condition import Condition
from plugin.offers.occasion import Occasion


@dataclass(frozen=True)
class InTier(Condition[Occasion]):
    """The shopper stands in a tier, or at least as high. A guest stands in none."""

    name = "tier"
    one_of = ("at_least", "is")
    at_least: str | None = argument(Text())
    is_: str | None = argument(Text())

    def holds(self, subject: Occasion) -> bool:
        if subject.place is None:
            return False
        if self.is_ is not None:
            return subject.place.tier == self.is_
        own, wanted = subject.ladder.rank(subject.place.tier), subject.ladder.rank(self.at_least or "")
        return own is not None and wanted is not None and own >= wanted

    def changes(self, occasion: Occasion) -> tuple[Change, ...]:
        tier = self.is_ or self.at_least or ""
        wanted = occasion.ladder.rank(tier)
        own = occasion.ladder.rank(occasion.place.tier) if occasion.place else None
        if own is None or wanted is None or own > wanted:
            return ()
        return (Change(tier=(wanted, tier)),)

    def says(self) -> tuple[str, dict[str, Any]]:
        if self.is_ is not None:
            return "tier.is", {"tier": self.is_}
        return "tier.at_least", {"tier": self.at_least}


@dataclass(frozen=True)
class Value(Condition[Occasion]):
    """The shopper's place among the shop's buyers, 0 to 1. Not known without orders, or by spend."""

    name = "value"
    at_least_quantile: float = argument(Share(), required=True)

    def holds(self, subject: Occasion) -> bool:
        quantile = subject.place.quantile if subject.place else None
        return quantile is not None and quantile >= self.at_least_quantile

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"percent": round((1 - self.at_least_quantile) * 100, 1)}


@dataclass(frozen=True)
class FirstOrder(Condition[Occasion]):
    """No order yet that the shop itself reported."""

    name = "first_order"

    def holds(self, subject: Occasion) -> bool:
        return subject.figures.orders == 0

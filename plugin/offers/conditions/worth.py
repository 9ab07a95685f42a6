"""Conditions on what a shopper is worth to the shop: tier and value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plugin.offers.arguments import Share, Text, argument
from plugin.offers.changes import NOTHING, Change, Part
from plugin.offers.conditions.condition import Condition
from plugin.offers.occasion import Occasion


@dataclass(frozen=True)
class InTier(Condition[Occasion]):
    """The shopper stands in a tier, or at least as high. A guest stands in none."""

    name = "tier"
    movable = True
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

    def ways(self, occasion: Occasion, wanted: bool = True) -> tuple[Change, ...]:
        """Climbing, as far as it takes; nobody is sent down the ladder."""
        place, ladder = occasion.place, occasion.ladder
        asked = ladder.rank(self.is_ or self.at_least or "")
        own = ladder.rank(place.tier) if place else None
        if own is None or asked is None:
            return super().ways(occasion, wanted)
        stays: dict[Part, int] = {"tier": asked} if self.is_ is not None else {}
        if wanted:
            if own > asked and stays:
                return ()
            if own >= asked:
                return (Change(room=stays),) if stays else (NOTHING,)
            return (Change(tier=(asked, ladder.tiers[asked].tier), room=stays),)
        below = (Change(room={"tier": asked - 1}),) if own < asked else ()
        if not stays:
            return below
        if own > asked:
            return (NOTHING,)
        past = asked + 1
        beyond = Change(tier=(past, ladder.tiers[past].tier)) if past < len(ladder.tiers) else None
        return (*below, beyond) if beyond else below

    def says(self) -> tuple[str, dict[str, Any]]:
        if self.is_ is not None:
            return "tier.is", {"tier": self.is_}
        return "tier.at_least", {"tier": self.at_least}


@dataclass(frozen=True)
class Value(Condition[Occasion]):
    """The shopper's place among the shop's buyers, 0 to 1. Not known without orders, or by spend.

    At `below_quantile` the band has ended. A shopper of whom it is not known stands in no band.
    """

    name = "value"
    some_of = ("at_least_quantile", "below_quantile")
    at_least_quantile: float | None = argument(Share())
    below_quantile: float | None = argument(Share())

    def holds(self, subject: Occasion) -> bool:
        quantile = subject.place.quantile if subject.place else None
        if quantile is None or (self.at_least_quantile is not None and quantile < self.at_least_quantile):
            return False
        return self.below_quantile is None or quantile < self.below_quantile

    def says(self) -> tuple[str, dict[str, Any]]:
        low, high = self.at_least_quantile or 0.0, self.below_quantile
        if high is None:
            return self.name, {"percent": _percent(1 - low)}
        if not low:
            return "value.below", {"percent": _percent(high)}
        return "value.between", {"above": _percent(1 - low), "percent": _percent(1 - high)}


def _percent(share: float) -> float:
    return round(share * 100, 1)

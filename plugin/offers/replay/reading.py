"""What rules read of the past: which conditions, which products, and so what has to be known of a shopper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from plugin.offers.conditions.basket import InBasket
from plugin.offers.conditions.condition import All, AnyOf, Condition, Not
from plugin.offers.conditions.history import Bought, Owns
from plugin.offers.conditions.moment import (
    Anniversary,
    AtTime,
    Birthday,
    InChannel,
    InCurrency,
    InLocale,
    InShare,
)
from plugin.offers.conditions.orders import FirstOrder, OrderCount, Spent, WinBack
from plugin.offers.conditions.wishes import Prefers
from plugin.offers.conditions.worth import InTier, Value
from plugin.offers.occasion import Occasion
from plugin.offers.offer import Offer
from plugin.shopper import tiers
from plugin.tiers.ladder import TierLadder

COMBINING = (All, AnyOf, Not)
OF_PRODUCTS = (Bought, Owns)
OF_A_SHOPPER = (InTier, Value, FirstOrder, OrderCount, Spent, WinBack, Birthday, Anniversary, Prefers)
OF_ORDERS = (FirstOrder, OrderCount, WinBack, Anniversary)
OF_THE_MOMENT = (InBasket, InLocale, InCurrency, InChannel, AtTime, InShare)
BY_ORDERS_ALONE = frozenset({"rfm", "spend", "points"})
ALWAYS_TOLD = frozenset({"rebought", "returned", "cancelled", "used", "corrected", "preferred"})
OF_TIERS = frozenset(tiers.TAKING)
OF_TRAITS = frozenset({"identified"})


@dataclass(frozen=True)
class Reading:
    """What some rules read.

    `products` are the conditions on what was bought, None where a rule may read anything of a profile;
    `kinds` the activities beside orders that can matter.
    """

    products: tuple[Bought | Owns, ...] | None
    kinds: frozenset[str]

    @property
    def anything(self) -> bool:
        """Whether nothing can be left out."""
        return self.products is None


def reading_of(rules: Sequence[Offer], ladder: TierLadder, every_kind: Iterable[str]) -> Reading:
    """Return what these rules read. `every_kind` are all kinds of activity that a profile is made of."""
    conditions = [condition for rule in rules for condition in leaves(rule.when)]
    known = all(type(held) in (*OF_PRODUCTS, *OF_A_SHOPPER, *OF_THE_MOMENT) for held in conditions)
    ladder_read = any(isinstance(held, InTier | Value) for held in conditions)
    if not known or (ladder_read and ladder.basis not in BY_ORDERS_ALONE):
        return Reading(None, frozenset(every_kind))
    traits = any(isinstance(held, Birthday) for held in conditions)
    kinds = ALWAYS_TOLD | (OF_TIERS if ladder_read else frozenset()) | (OF_TRAITS if traits else frozenset())
    return Reading(tuple(held for held in conditions if isinstance(held, Bought | Owns)), kinds)


def cheaply_held(condition: Condition[Any], occasion: Occasion) -> bool:
    """Return whether a condition holds; of several, what takes little to know is asked first."""
    if isinstance(condition, All):
        return all(cheaply_held(part, occasion) for part in sorted(condition.parts, key=_cost))
    if isinstance(condition, AnyOf):
        return any(cheaply_held(part, occasion) for part in sorted(condition.parts, key=_cost))
    return condition.holds(occasion)


def _cost(condition: Condition[Any]) -> int:
    """How much has to be known for it: the moment, the orders, the products, where they stand, or more."""
    kinds: tuple[tuple[type, ...], ...] = (OF_THE_MOMENT, OF_ORDERS, OF_PRODUCTS, OF_A_SHOPPER)
    return next((cost for cost, kind in enumerate(kinds) if isinstance(condition, kind)), len(kinds))


def leaves(condition: Condition[Any]) -> Iterator[Condition[Any]]:
    """Yield the conditions that `all`, `any` and `not` are made of."""
    if isinstance(condition, All | AnyOf):
        for part in condition.parts:
            yield from leaves(part)
    elif isinstance(condition, Not):
        yield from leaves(condition.part)
    else:
        yield condition

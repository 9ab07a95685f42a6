"""Whether conditions can hold together, and whether one follows from others.

Both answers are one-sided: "never" and "always" are proofs, and whatever is not proven is answered with no.
A condition is first written as alternatives, each a list of plain conditions and negated ones that hold
together (disjunctive normal form), as far as there are few enough of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from plugin.offers.conditions.basket import Contained, InBasket
from plugin.offers.conditions.condition import All, AnyOf, Condition, Not
from plugin.offers.conditions.history import Bought, Owns
from plugin.offers.conditions.moment import Anniversary, AtTime, InChannel, InCurrency, InLocale, InShare
from plugin.offers.conditions.orders import FirstOrder, OrderCount, Spent, WinBack
from plugin.offers.conditions.segment import InSegment
from plugin.offers.conditions.worth import InTier, Value
from plugin.offers.segment import DEEPEST
from plugin.shop import Shop

MOST_ALTERNATIVES = 64
NO_END = 10**9


@dataclass(frozen=True)
class Literal:
    """A plain condition that is to hold, or not to."""

    condition: Condition[Any]
    holds: bool = True


Together = tuple[Literal, ...]
NEVER: tuple[Together, ...] = ()


def alternatives(condition: Condition[Any], shop: Shop, *, holds: bool = True) -> tuple[Together, ...] | None:
    """Return the ways in which a condition holds (or does not); None where there are too many to tell.

    Segments are put in place; what names one that the shop does not have holds for nobody.
    """
    return _alternatives(condition, shop, holds, DEEPEST, {})


Ways = tuple[Together, ...] | None


def _alternatives(
    condition: Condition[Any], shop: Shop, holds: bool, depth: int, known: dict[Any, Ways]
) -> Ways:
    if isinstance(condition, Not):
        return _alternatives(condition.part, shop, not holds, depth, known)
    if isinstance(condition, InSegment):
        segment, asked = shop.segments.get(condition.is_), (condition.is_, holds, depth)
        if segment is None:
            return NEVER if holds else ((),)
        if depth and asked not in known:  # once, however many segments speak of it
            known[asked] = _alternatives(segment.when, shop, holds, depth - 1, known)
        return known[asked] if depth else None
    if not isinstance(condition, All | AnyOf):
        return ((Literal(condition, holds),),)
    parts = [_alternatives(part, shop, holds, depth, known) for part in condition.parts]
    if isinstance(condition, All) == holds:
        return _all_of(parts)
    found = [each for part in parts if part is not None for each in part]
    return None if None in parts or len(found) > MOST_ALTERNATIVES else tuple(found)


def _all_of(parts: Sequence[tuple[Together, ...] | None]) -> tuple[Together, ...] | None:
    if any(part == NEVER for part in parts):
        return NEVER
    known = [part for part in parts if part is not None]
    size = 1
    for part in known:
        size *= len(part)
        if size > MOST_ALTERNATIVES:
            return None
    if len(known) < len(parts):
        return None
    return tuple(tuple(literal for each in chosen for literal in each) for chosen in product(*known))


def never_holds(condition: Condition[Any], shop: Shop) -> bool:
    """Return whether it is proven that a condition holds for nobody."""
    ways = alternatives(condition, shop)
    return ways is not None and all(never_together(way, shop) for way in ways)


def follows(condition: Condition[Any], given: Condition[Any], shop: Shop) -> bool:
    """Return whether it is proven that a condition holds wherever the given one does."""
    ways, against = alternatives(given, shop), alternatives(condition, shop, holds=False)
    if ways is None or against is None or len(ways) * len(against) > MOST_ALTERNATIVES**2:
        return False
    return all(never_together((*way, *other), shop) for way in ways for other in against)


def never_together(literals: Together, shop: Shop) -> bool:
    """Return whether it is proven that these cannot all hold at once."""
    positive = [each.condition for each in literals if each.holds]
    negative = [each.condition for each in literals if not each.holds]
    if any(_implies(p, n) for p in positive for n in negative):
        return True
    bounds = _Bounds.of(positive, negative, shop)
    return (
        not bounds.tiers
        or bounds.quantile[0] >= bounds.quantile[1]
        or any(low > high for low, high in bounds.counts.values())
        or not _times(positive, negative)
        or _foreign(positive, negative, shop)
    )


@dataclass
class _Bounds:
    """What the figures must lie between, both included; of the quantile the upper end is not."""

    tiers: frozenset[int | None]
    quantile: tuple[float, float] = (0.0, 1.1)
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, positive: Sequence[Condition[Any]], negative: Sequence[Condition[Any]], shop: Shop
    ) -> _Bounds:
        bounds = cls(frozenset({None, *range(len(shop.ladder.tiers))}))
        names = ("subtotal", "pieces", "lines", "orders")
        bounds.counts = dict.fromkeys(names, (0, NO_END))
        for held in positive:
            bounds._holds(held, shop)
        for held in negative:
            bounds._does_not_hold(held, shop)
        low, high = bounds.counts["pieces"]
        bounds.counts["pieces"] = (max(low, bounds.counts["lines"][0]), high)
        return bounds

    def _at_least(self, name: str, low: int) -> None:
        self.counts[name] = (max(self.counts[name][0], low), self.counts[name][1])

    def _at_most(self, name: str, high: int) -> None:
        self.counts[name] = (self.counts[name][0], min(self.counts[name][1], high))

    def _holds(self, held: Condition[Any], shop: Shop) -> None:
        if isinstance(held, InTier):
            self.tiers &= _ranks(held, shop)
        elif isinstance(held, Value):
            low, high = self.quantile
            upper = 1.1 if held.below_quantile is None else held.below_quantile
            self.quantile = (max(low, held.at_least_quantile or 0.0), min(high, upper))
        elif isinstance(held, InBasket):
            self._at_least("subtotal", held.subtotal_at_least or 0)
            self._at_least("pieces", held.quantity_at_least or 0)
            self._at_least("lines", held.lines_at_least or 0)
            for part in held.contains or ():
                self._at_least("pieces", part.quantity)
        elif isinstance(held, FirstOrder):
            self._at_most("orders", 0)
        elif isinstance(held, OrderCount):
            self._at_least("orders", held.at_least or 0)
            self._at_most("orders", NO_END if held.at_most is None else held.at_most)
        elif isinstance(held, Bought | Anniversary | WinBack | Spent):
            self._at_least("orders", 1)

    def _does_not_hold(self, held: Condition[Any], shop: Shop) -> None:
        if isinstance(held, InTier):
            self.tiers -= _ranks(held, shop)
        elif isinstance(held, InBasket):
            given = [held.subtotal_at_least, held.quantity_at_least, held.lines_at_least, held.contains]
            if sum(each is not None for each in given) == 1 and held.contains is None:
                names = ("subtotal", "pieces", "lines")
                for name, least in zip(names, given[:3], strict=True):
                    if least is not None:
                        self._at_most(name, least - 1)  # type: ignore[operator]
        elif isinstance(held, FirstOrder):
            self._at_least("orders", 1)
        elif isinstance(held, OrderCount):
            if held.at_most is None:
                self._at_most("orders", (held.at_least or 0) - 1)
            elif not held.at_least:
                self._at_least("orders", held.at_most + 1)


def _ranks(held: InTier, shop: Shop) -> frozenset[int | None]:
    """In which tiers it holds; in none for a name that the ladder does not have."""
    rank = shop.ladder.rank(held.is_ or held.at_least or "")
    if rank is None:
        return frozenset()
    return frozenset({rank} if held.is_ is not None else range(rank, len(shop.ladder.tiers)))


def _implies(given: Condition[Any], then: Condition[Any]) -> bool:
    """Whether one plain condition holds wherever another does."""
    if given == then:
        return True
    if isinstance(given, Bought | Owns) and type(given) is type(then):
        return _of_the_same(given, then)  # type: ignore[arg-type]
    if isinstance(given, Value) and isinstance(then, Value):
        high, upper = given.below_quantile, then.below_quantile
        return (given.at_least_quantile or 0.0) >= (then.at_least_quantile or 0.0) and (
            upper is None or (high is not None and high <= upper)
        )
    if isinstance(given, InBasket) and isinstance(then, InBasket):
        return _basket_implies(given, then)
    if isinstance(given, InShare) and isinstance(then, InShare):
        return given.salt == then.salt and given.percent <= then.percent
    if isinstance(given, Spent) and isinstance(then, Spent):
        return _span(given) <= _span(then) and given.at_least >= then.at_least
    if isinstance(given, InLocale) and isinstance(then, InLocale):
        return all(any(_is_or_below(own, wanted) for wanted in then.is_) for own in given.is_)
    if isinstance(given, InChannel | InCurrency) and type(given) is type(then):
        return frozenset(given.is_) <= frozenset(then.is_)  # type: ignore[attr-defined]
    return False


def _of_the_same(given: Bought | Owns, then: Bought | Owns) -> bool:
    same = (given.product_id, given.key) == (then.product_id, then.key)
    return same and _span(given) <= _span(then) and (given.at_least or 1) >= (then.at_least or 1)


def _span(held: Any) -> int:
    return NO_END if held.within_days is None else held.within_days


def _basket_implies(given: InBasket, then: InBasket) -> bool:
    pieces = max([given.quantity_at_least or 0, *(part.quantity for part in given.contains or ())])
    return (
        (then.subtotal_at_least or 0) <= (given.subtotal_at_least or 0)
        and (then.quantity_at_least or 0) <= pieces
        and (then.lines_at_least or 0) <= (given.lines_at_least or 0)
        and all(
            any(_holds_more(own, wanted) for own in given.contains or ()) for wanted in then.contains or ()
        )
    )


def _holds_more(own: Contained, wanted: Contained) -> bool:
    same = own.product_id == wanted.product_id and own.key == wanted.key and own.where == wanted.where
    return same and own.quantity >= wanted.quantity


def _is_or_below(own: str, wanted: str) -> bool:
    own, wanted = (each.replace("_", "-").casefold() for each in (own, wanted))
    return own == wanted or own.startswith(f"{wanted}-")


class _Minute:
    """A minute of a week, as the condition on times reads it."""

    def __init__(self, local: datetime) -> None:
        self.local = local


def _times(positive: Sequence[Condition[Any]], negative: Sequence[Condition[Any]]) -> bool:
    """Whether any minute of a week is left. Between two turns of the clock that they name, all are alike."""
    wanted = [held for held in positive if isinstance(held, AtTime)]
    barred = [held for held in negative if isinstance(held, AtTime)]
    if not barred and len(wanted) < 2:
        return True
    turns = {0, *(turn or 0 for held in (*wanted, *barred) for turn in (held.from_, held.until))}
    monday = datetime(2024, 1, 1)
    for day, turn in product(range(7), sorted(turns)):
        minute: Any = _Minute(monday + timedelta(days=day, minutes=turn))
        if all(held.holds(minute) for held in wanted) and not any(held.holds(minute) for held in barred):
            return True
    return False


def _foreign(positive: Sequence[Condition[Any]], negative: Sequence[Condition[Any]], shop: Shop) -> bool:
    """Whether another currency than the shop's is asked for, or channels or languages that never meet."""
    own = shop.settings.currency
    if any(isinstance(held, InCurrency) and own not in held.is_ for held in positive):
        return True
    if any(isinstance(held, InCurrency) and own in held.is_ for held in negative):
        return True
    channels = [frozenset(held.is_) for held in positive if isinstance(held, InChannel)]
    if channels and not frozenset.intersection(*channels):
        return True
    locales = [held.is_ for held in positive if isinstance(held, InLocale)]
    return any(
        not any(_is_or_below(a, b) or _is_or_below(b, a) for a in one for b in other)
        for number, one in enumerate(locales)
        for other in locales[:number]
    )

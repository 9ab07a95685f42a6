"""What would have to change for an offer to be granted, as amounts that add up and compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from plugin.catalog import CategoryKey, category_key, category_keys
from plugin.offers.occasion import BasketLine, Occasion

ALTERNATIVES = 32


@dataclass(frozen=True)
class Change:
    """What is missing: money in the basket, pieces, certain products or categories, visits, a tier, a code.

    Each part is how much *more* than now. `tier` is (its height on the ladder, its name), `visits` counts
    further purchases of `visit_of`.
    """

    subtotal: int = 0
    quantity: int = 0
    products: Mapping[str, int] = field(default_factory=dict)
    categories: Mapping[str, int] = field(default_factory=dict)
    visits: int = 0
    visit_of: Mapping[str, str] = field(default_factory=dict)
    tier: tuple[int, str] | None = None
    code: bool = False

    def joined(self, other: Change) -> Change:
        """The least change that contains both: every part is a threshold, so the larger one does."""
        further = self if self.visits >= other.visits else other
        return Change(
            subtotal=max(self.subtotal, other.subtotal),
            quantity=max(self.quantity, other.quantity),
            products=_larger(self.products, other.products),
            categories=_larger(self.categories, other.categories),
            visits=further.visits,
            visit_of=further.visit_of,
            tier=max(filter(None, (self.tier, other.tier)), default=None),
            code=self.code or other.code,
        )


NOTHING = Change()


@dataclass(frozen=True)
class Unlock:
    """One step towards an offer, as the shopper is told it; `also` holds the further ones.

    `missing` by kind: `subtotal` `{"amount": minor units}`, `product` `{"product_id" | "category",
    "quantity"}`, `quantity` `{"quantity"}`, `visit` `{"visits", "product_id" | "category"}`, `tier`
    `{"tier", ...}` with what is missing to it where known, `code` `{}`.
    """

    kind: str
    missing: Mapping[str, Any]
    also: tuple[Unlock, ...] = ()


def all_together(parts: list[tuple[Change, ...]], occasion: Occasion) -> tuple[Change, ...]:
    """Return the changes that meet every part at once, smallest first; none where a part has none."""
    met: tuple[Change, ...] = (NOTHING,)
    for alternatives in parts:
        joined = [one.joined(other) for one in met for other in alternatives]
        met = _smallest(joined, occasion)
    return met


def any_of(parts: list[tuple[Change, ...]], occasion: Occasion) -> tuple[Change, ...]:
    """Return the changes that meet at least one part, smallest first."""
    return _smallest([change for alternatives in parts for change in alternatives], occasion)


def settled(change: Change, occasion: Occasion) -> Change:
    """Return the change with nothing asked for twice: an added product also counts as money and pieces."""
    categories = _uncovered(change, occasion)
    pieces = sum(change.products.values()) + sum(categories.values())
    money = sum(pieces * (_price(product, occasion) or 0) for product, pieces in change.products.items())
    return Change(
        subtotal=max(0, change.subtotal - money),
        quantity=max(0, change.quantity - pieces),
        products=change.products,
        categories=categories,
        visits=change.visits,
        visit_of=change.visit_of,
        tier=change.tier,
        code=change.code,
    )


def cost(change: Change, occasion: Occasion) -> tuple[int, int, bool, int, int]:
    """Return how much a change asks of the shopper, for comparison: tier, visits, code, money, pieces.

    Pieces whose price is not known beforehand count as the cheapest one already in the basket.
    """
    rest = settled(change, occasion)
    loose = rest.quantity + sum(rest.categories.values())
    money = sum(pieces * (_price(product, occasion) or 0) for product, pieces in rest.products.items())
    guess = loose * min((line.unit_price for line in occasion.basket), default=0)
    pieces = loose + sum(rest.products.values())
    height = rest.tier[0] if rest.tier else 0
    return height, rest.visits, rest.code, money + max(rest.subtotal, guess), pieces


def added_lines(change: Change, occasion: Occasion) -> tuple[BasketLine, ...] | None:
    """Return basket lines that carry out a change; None where it is not a matter of the basket alone."""
    rest = settled(change, occasion)
    if rest.tier or rest.visits or rest.code or rest.categories:
        return None
    lines = [
        BasketLine(product, pieces, _price(product, occasion) or 0)
        for product, pieces in rest.products.items()
    ]
    if rest.subtotal or rest.quantity:
        pieces = max(1, rest.quantity)
        lines.append(BasketLine("", pieces, -(-rest.subtotal // pieces)))
    return tuple(lines)


def unlock(change: Change, occasion: Occasion) -> Unlock:
    """Return a change as the steps a shopper is told, those in the basket first."""
    rest = settled(change, occasion)
    steps = [("product", {"product_id": held, "quantity": more}) for held, more in rest.products.items()]
    steps += [("product", {"category": held, "quantity": more}) for held, more in rest.categories.items()]
    if rest.quantity:
        steps.append(("quantity", {"quantity": rest.quantity}))
    if rest.subtotal:
        steps.append(("subtotal", {"amount": rest.subtotal}))
    if rest.visits:
        steps.append(("visit", {"visits": rest.visits, **rest.visit_of}))
    if rest.tier:
        steps.append(("tier", _tier_missing(rest.tier[1], occasion)))
    if rest.code:
        steps.append(("code", {}))
    first, *further = (Unlock(kind, missing) for kind, missing in steps)
    return Unlock(first.kind, first.missing, tuple(further))


def _tier_missing(tier: str, occasion: Occasion) -> dict[str, Any]:
    progress = occasion.place.progress if occasion.place else None
    known = progress["missing"] if progress and progress["to"] == tier else {}
    return {"tier": tier, **known}


def _uncovered(change: Change, occasion: Occasion) -> dict[str, int]:
    """The pieces by category that the change's own products, or narrower categories, do not bring."""
    if not change.categories:
        return {}
    products = [(category_keys(occasion.catalogue.get(held)), n) for held, n in change.products.items()]
    rest: dict[str, int] = {}
    narrowest_first = sorted(change.categories.items(), key=lambda item: -len(category_key(item[0])))
    brought: list[tuple[CategoryKey, int]] = []
    for category, pieces in narrowest_first:
        key = category_key(category)
        pieces -= sum(n for keys, n in products if key in keys)
        pieces -= sum(n for other, n in brought if other != key and _within(other, key))
        if pieces > 0:
            rest[category] = pieces
            brought.append((key, pieces))
    return rest


def _within(narrow: CategoryKey, wide: CategoryKey) -> bool:
    return wide[0] in narrow if len(wide) == 1 else narrow[: len(wide)] == wide


def _price(product_id: str, occasion: Occasion) -> int | None:
    product = occasion.catalogue.get(product_id)
    return product.price_now if product else None


def _larger(one: Mapping[str, int], other: Mapping[str, int]) -> Mapping[str, int]:
    if not one or not other:
        return one or other
    return {key: max(one.get(key, 0), other.get(key, 0)) for key in (*one, *other)}


def _smallest(changes: list[Change], occasion: Occasion) -> tuple[Change, ...]:
    if len(changes) < 2:
        return tuple(changes)
    return tuple(sorted(changes, key=lambda change: cost(change, occasion))[:ALTERNATIVES])

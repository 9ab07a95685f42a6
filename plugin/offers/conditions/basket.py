"""Conditions on what lies in the basket, before any offer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from plugin.catalog import CategoryKey, category_key
from plugin.offers.arguments import Amount, Declared, Nested, Text, Whole, argument
from plugin.offers.changes import NOTHING, Change
from plugin.offers.conditions.condition import Condition
from plugin.offers.occasion import Occasion


@dataclass(frozen=True)
class Contained(Declared):
    """A product, or anything of a category, at least so many pieces of it."""

    one_of = ("product_id", "category")
    product_id: str | None = argument(Text())
    category: str | None = argument(Text(500))
    quantity: int = argument(Whole(1, 10_000), default=1)

    @cached_property
    def key(self) -> CategoryKey:
        return category_key(self.category or "")

    def missing(self, occasion: Occasion) -> int:
        """How many pieces are not in the basket yet."""
        if self.product_id is not None:
            return max(0, self.quantity - occasion.pieces_of(self.product_id))
        return max(0, self.quantity - occasion.pieces_in(self.key))

    def change(self, occasion: Occasion) -> Change | None:
        """The pieces to add; None for a product that cannot be bought now, or that the shopper avoids."""
        missing = self.missing(occasion)
        if occasion.shuns(None if self.product_id is None else (self.product_id,), self.category):
            return None
        if self.product_id is None:
            return Change(categories={self.category or "": missing})
        product = occasion.catalogue.get(self.product_id)
        if product is None or not product.sellable or product.price_now is None:
            return None
        return Change(products={self.product_id: missing})


@dataclass(frozen=True)
class InBasket(Condition[Occasion]):
    """The basket comes to so much, holds so many pieces, contains these: all that is said of it.

    `contains` is a product's id, a list of ids (all of them), or `{"product_id" | "category", "quantity"}`.
    """

    name = "basket"
    some_of = ("subtotal_at_least", "quantity_at_least", "contains")
    subtotal_at_least: int | None = argument(Amount())
    quantity_at_least: int | None = argument(Whole(1, 100_000))
    contains: tuple[Contained, ...] | None = argument(Nested(Contained, shorthand=True))

    def holds(self, subject: Occasion) -> bool:
        if self.subtotal_at_least is not None and subject.subtotal < self.subtotal_at_least:
            return False
        if self.quantity_at_least is not None and subject.pieces < self.quantity_at_least:
            return False
        return all(not held.missing(subject) for held in self.contains or ())

    def changes(self, occasion: Occasion) -> tuple[Change, ...]:
        change = Change(
            subtotal=max(0, (self.subtotal_at_least or 0) - occasion.subtotal),
            quantity=max(0, (self.quantity_at_least or 0) - occasion.pieces),
        )
        for held in self.contains or ():
            more = held.change(occasion) if held.missing(occasion) else NOTHING
            if more is None:
                return ()
            change = change.joined(more)
        return (change,)

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {
            "subtotal": self.subtotal_at_least,
            "quantity": self.quantity_at_least,
            "contains": self.contains or (),
        }

"""Conditions on what lies in the basket, before any offer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from plugin.catalog import CategoryKey, category_key
from plugin.offers.arguments import Amount, Declared, Nested, Text, Where, Whole, argument
from plugin.offers.changes import NOTHING, Change, Part
from plugin.offers.conditions.condition import Condition
from plugin.offers.goods import Goods, Matching
from plugin.offers.occasion import Occasion


@dataclass(frozen=True)
class Contained(Declared):
    """At least so many pieces of a product, a category, or whatever a condition on products means."""

    one_of = ("product_id", "category", "where")
    product_id: str | None = argument(Text())
    category: str | None = argument(Text(500))
    where: Matching | None = argument(Where())  # noqa: RUF009
    quantity: int = argument(Whole(1, 10_000), default=1)

    @cached_property
    def key(self) -> CategoryKey:
        return category_key(self.category or "")

    @cached_property
    def goods(self) -> Goods:
        """What it is about."""
        return Goods(self.product_id, self.category, self.where)

    def there(self, occasion: Occasion) -> int:
        """How many pieces lie in the basket."""
        if self.product_id is not None:
            return occasion.pieces_of(self.product_id)
        if self.category is not None:
            return occasion.pieces_in(self.key)
        return occasion.pieces_like(self.goods)


@dataclass(frozen=True)
class InBasket(Condition[Occasion]):
    """The basket comes to so much, holds so many pieces or different products, contains these: all that is
    said of it.

    `contains` is a product's id, a list of ids (all of them), or `{"product_id" | "category" | "where",
    "quantity"}`, where `where` is a condition on products.
    """

    name = "basket"
    movable = True
    some_of = ("subtotal_at_least", "quantity_at_least", "lines_at_least", "contains")
    subtotal_at_least: int | None = argument(Amount())
    quantity_at_least: int | None = argument(Whole(1, 100_000))
    lines_at_least: int | None = argument(Whole(1, 1000))
    contains: tuple[Contained, ...] | None = argument(Nested(Contained, shorthand=True))

    def holds(self, subject: Occasion) -> bool:
        if self.subtotal_at_least is not None and subject.subtotal < self.subtotal_at_least:
            return False
        if self.quantity_at_least is not None and subject.pieces < self.quantity_at_least:
            return False
        if self.lines_at_least is not None and subject.lines < self.lines_at_least:
            return False
        for held in self.contains or ():  # noqa: SIM110  one of the hottest lines of judging
            if held.there(subject) < held.quantity:
                return False
        return True

    def ways(self, occasion: Occasion, wanted: bool = True) -> tuple[Change, ...]:
        asked = [(part, wish - there) for part, wish, there in self._measured(occasion)]
        if not wanted:  # one of them has to stay below what is asked
            return tuple(Change(room={part: more - 1}) for part, more in asked if more > 0)
        missing = {part: more for part, more in asked if more > 0}
        if not missing:
            return (NOTHING,)
        goods = {part[1]: more for part, more in missing.items() if isinstance(part, tuple)}
        return (
            Change(
                subtotal=missing.get("subtotal", 0),
                quantity=missing.get("quantity", 0),
                lines=missing.get("lines", 0),
                goods=goods,
            ),
        )

    def within_reach(self, occasion: Occasion) -> bool:
        return True  # whether it can be had is found out when a plan is made

    def _measured(self, occasion: Occasion) -> Iterator[tuple[Part, int, int]]:
        """What is asked for, how much of it, and how much there is."""
        if self.subtotal_at_least is not None:
            yield "subtotal", self.subtotal_at_least, occasion.subtotal
        if self.quantity_at_least is not None:
            yield "quantity", self.quantity_at_least, occasion.pieces
        if self.lines_at_least is not None:
            yield "lines", self.lines_at_least, occasion.lines
        for held in self.contains or ():
            yield ("goods", held.goods), held.quantity, held.there(occasion)

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {
            "subtotal": self.subtotal_at_least,
            "quantity": self.quantity_at_least,
            "lines": self.lines_at_least,
            "contains": self.contains or (),
        }

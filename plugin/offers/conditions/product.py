"""Conditions on products, for `where`: which products a placement, a boost or a filter means."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from plugin.catalog import AVAILABILITIES, Product
from plugin.offers.arguments import Amount, Percent, Scalar, Text, Texts, argument
from plugin.offers.conditions.condition import Condition


@dataclass(frozen=True)
class OfCategory(Condition[Product]):
    """In one of these categories, or below."""

    name = "category"
    is_: tuple[str, ...] = argument(Texts(), required=True)

    def holds(self, subject: Product) -> bool:
        return any(subject.in_category(category) for category in self.is_)

    def says(self) -> tuple[str, dict[str, Any]]:
        return "where.category", {"names": self.is_}


@dataclass(frozen=True)
class OfBrand(Condition[Product]):
    """Of one of these brands; names compare without case."""

    name = "brand"
    is_: tuple[str, ...] = argument(Texts(), required=True)

    def holds(self, subject: Product) -> bool:
        brand = (subject.brand or "").casefold()
        return bool(brand) and any(held.casefold() == brand for held in self.is_)

    def says(self) -> tuple[str, dict[str, Any]]:
        return "where.brand", {"names": self.is_}


@dataclass(frozen=True)
class OfPrice(Condition[Product]):
    """Today's price within bounds, both included."""

    name = "price"
    some_of = ("at_least", "at_most")
    at_least: int | None = argument(Amount())
    at_most: int | None = argument(Amount())

    def holds(self, subject: Product) -> bool:
        price = subject.price_now
        if price is None or (self.at_least is not None and price < self.at_least):
            return False
        return self.at_most is None or price <= self.at_most

    def says(self) -> tuple[str, dict[str, Any]]:
        return "where.price", {"at_least": self.at_least, "at_most": self.at_most}


@dataclass(frozen=True)
class InStock(Condition[Product]):
    """Available so."""

    name = "stock"
    is_: tuple[str, ...] = argument(Texts(choices=AVAILABILITIES), required=True)

    def holds(self, subject: Product) -> bool:
        return subject.availability in self.is_

    def says(self) -> tuple[str, dict[str, Any]]:
        return "where.stock", {"names": self.is_}


@dataclass(frozen=True)
class HasAttribute(Condition[Product]):
    """An attribute of this value, or one of these; a list in the product holds each of its members."""

    name = "attribute"
    attribute: str = argument(Text(), required=True)
    is_: tuple[Any, ...] = argument(Scalar(), required=True)

    def holds(self, subject: Product) -> bool:
        own = subject.attributes.get(self.attribute)
        values = own if isinstance(own, list) else [own]
        wanted = [(_comparable(value)) for value in self.is_]
        return any(value is not None and _comparable(value) in wanted for value in values)

    def says(self) -> tuple[str, dict[str, Any]]:
        return "where.attribute", {"attribute": self.attribute, "names": tuple(map(str, self.is_))}


@dataclass(frozen=True)
class OfMargin(Condition[Product]):
    """At least this share of today's price is left above cost. Never, where no cost is known."""

    name = "margin"
    at_least: Fraction = argument(Percent(above_zero=False), required=True)  # noqa: RUF009

    def holds(self, subject: Product) -> bool:
        price, cost = subject.price_now, subject.cost
        if not price or cost is None:
            return False
        return Fraction(price - cost, price) >= self.at_least

    def says(self) -> tuple[str, dict[str, Any]]:
        return "where.margin", {"percent": float(self.at_least * 100)}


@dataclass(frozen=True)
class OnSale(Condition[Product]):
    """Honestly reduced today: below its lowest price of the thirty days before (`plugin/prices`)."""

    name = "on_sale"

    def holds(self, subject: Product) -> bool:
        return subject.was is not None

    def says(self) -> tuple[str, dict[str, Any]]:
        return "where.on_sale", {}


def _comparable(value: Any) -> Any:
    """True is not 1 here, and words compare without case."""
    if isinstance(value, bool):
        return ("truth", value)
    return value.casefold() if isinstance(value, str) else value

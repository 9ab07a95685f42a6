"""The one condition language: every condition by its name, and how a document is read into them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.catalog import Product
from plugin.offers.arguments import Reader, invalid, read_declared
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
from plugin.offers.conditions.need import Due
from plugin.offers.conditions.orders import FirstOrder, OrderCount, Spent, WinBack
from plugin.offers.conditions.product import (
    HasAttribute,
    InStock,
    OfBrand,
    OfCategory,
    OfMargin,
    OfPrice,
    OnSale,
)
from plugin.offers.conditions.segment import InSegment
from plugin.offers.conditions.wishes import Prefers
from plugin.offers.conditions.worth import InTier, Value
from plugin.offers.occasion import Occasion

Table = Mapping[str, type[Condition[Any]]]

OCCASION_CONDITIONS: Table = {
    held.name: held
    for held in (
        InTier,
        Value,
        InSegment,
        FirstOrder,
        OrderCount,
        Spent,
        WinBack,
        Bought,
        Owns,
        Due,
        InBasket,
        InLocale,
        InCurrency,
        InChannel,
        AtTime,
        InShare,
        Birthday,
        Anniversary,
        Prefers,
    )
}
"""What can be said of an occasion, in `when`."""

PRODUCT_CONDITIONS: Table = {
    held.name: held for held in (OfCategory, OfBrand, OfPrice, InStock, HasAttribute, OfMargin, OnSale)
}
"""What can be said of a product, in `where`."""

ALWAYS: Condition[Any] = All(())


def read_when(document: Mapping[str, Any] | None, reader: Reader) -> Condition[Occasion]:
    """Return the condition on occasions that a valid document describes; None means always."""
    return ALWAYS if document is None else _read(document, OCCASION_CONDITIONS, reader, "/when")


def read_where(
    document: Mapping[str, Any] | None, reader: Reader, pointer: str = "/where"
) -> Condition[Product]:
    """Return the condition on products that a valid document describes; None means every product."""
    return ALWAYS if document is None else _read(document, PRODUCT_CONDITIONS, reader, pointer)


def _read(document: Mapping[str, Any], table: Table, reader: Reader, pointer: str) -> Condition[Any]:
    given = [name for name, value in document.items() if value is not None]
    if len(given) != 1:
        raise invalid(pointer, "A condition is an object with exactly one name in it.")
    (name,) = given
    pointer = f"{pointer}/{name}"
    if name in ("all", "any"):
        parts = tuple(_read(d, table, reader, f"{pointer}/{at}") for at, d in enumerate(document[name]))
        return All(parts) if name == "all" else AnyOf(parts)
    if name == "not":
        return Not(_read(document[name], table, reader, pointer))
    if name not in table:
        raise invalid(pointer, f"There is no condition {name!r}; there are {', '.join(table)}.")
    return read_declared(table[name], document[name], reader, pointer)

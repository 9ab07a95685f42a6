"""What the shop shows, worked out once for all rules that are looked through."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from plugin.catalog import CategoryKey, Product, category_keys
from plugin.offers.floor import floor_price
from plugin.shop import Shop


class Priced(NamedTuple):
    """A product that may be in a basket: its price today, and how much of it the shop's floor leaves."""

    product: Product
    price: int
    room: int


class Shown:
    """The products of a shop that are to be seen."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    @cached_property
    def priced(self) -> list[Priced]:
        """Those that have a price."""
        settings = self._shop.settings
        floor = (settings.margin_floor, settings.largest_discount)
        return [
            Priced(each, each.price_now, each.price_now - floor_price(each, each.price_now, *floor))
            for each in self._shop.catalogue
            if not each.hidden and each.price_now is not None
        ]

    @cached_property
    def categories(self) -> frozenset[CategoryKey]:
        """Every category that one of them lies in."""
        shown = (each for each in self._shop.catalogue if not each.hidden)
        return frozenset(key for each in shown for key in category_keys(each))

"""A shop whose history is written by a rule, so that a model of it is good and what spoils it shows."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from plugin.activity import Activity, Line, Shopper
from plugin.catalog import Product
from plugin.merchant import Merchant
from plugin.shops import Shops

DAY = 86400.0
PAIRS = 30
OLD = 3 * 3600.0  # as long ago as the shop was opened, so that it is due


def pair_orders(count: int, now: float, seed: int = 0, days: float = 90.0) -> list[Activity]:
    """Orders of two products that belong together (`a7`, `b7`), by sixty shoppers, over some days."""
    rng = np.random.default_rng(seed)
    orders = []
    for number in range(count):
        at = now - days * DAY * (1.0 - (number + 0.5) / count)
        pair, who = int(rng.integers(PAIRS)), Shopper(f"s{int(rng.integers(60))}")
        lines = tuple(Line(f"{side}{pair}", 1, 500, f"{side}{pair}") for side in "ab")
        name = f"{seed}-{number}"
        orders.append(Activity(name, "bought", "Order Completed", at, now, "shop", who, lines, name))
    return orders


class Opened:
    """One shop, its memory, and orders that come in."""

    def __init__(self, merchant: Merchant, now: float) -> None:
        then = Merchant(merchant.shops, lambda: now - OLD)
        self.shops: Shops = merchant.shops
        self.now = now
        self.shop = then.open_shop("Pairs", {"currency": "EUR"})
        self.shop_id = self.shop.settings.shop_id
        self.memory = self.shops.memory(self.shop_id)
        products = [
            Product(f"{side}{n}", name=f"{side}{n}", price=500) for side in "ab" for n in range(PAIRS)
        ]
        then.put_products(self.shop_id, products, at=now - 200 * DAY)

    def takes(self, orders: list[Activity]) -> None:
        """Take orders in, as the door of activity does."""
        for start in range(0, len(orders), 500):
            self.memory.activities.append(orders[start : start + 500], self.now)

    @property
    def serving(self) -> str | None:
        """The version in service."""
        return self.shops.view(self.shop_id, fresh=True).model_version


@pytest.fixture
def now() -> float:
    return time.time()


@pytest.fixture
def opened(merchant: Merchant, now: float) -> Callable[[], Opened]:
    """Open shops that have sold nothing yet."""
    return lambda: Opened(merchant, now)

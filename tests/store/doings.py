"""Activities in a few words, for tests of the store."""

from __future__ import annotations

import itertools

from plugin.activity import Activity, Line, Shopper, Trust

NOW = 1_700_000_000.0
ANNA = Shopper("anna")

_numbers = itertools.count()


def viewed(
    product: str = "drill",
    who: Shopper | None = ANNA,
    message_id: str | None = None,
    trust: Trust = "shop",
    at: float = NOW,
) -> Activity:
    """A look at a product."""
    name = message_id or f"m{next(_numbers)}"
    return Activity(name, "viewed", "Product Viewed", at, at, trust, who, (Line(product),))


def bought(
    order_id: str = "1001",
    products: tuple[str, ...] = ("drill",),
    who: Shopper | None = ANNA,
    message_id: str | None = None,
    trust: Trust = "shop",
    at: float = NOW,
) -> Activity:
    """An order of one of each product at 10.00."""
    name = message_id or f"m{next(_numbers)}"
    lines = tuple(Line(product, 1, 1000, product.title()) for product in products)
    return Activity(name, "bought", "Order Completed", at, at, trust, who, lines, order_id)

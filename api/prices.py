"""What a product cost over time, and what may honestly be said of its price."""

from __future__ import annotations

from flask import Response, g

from api.answers import answer
from api.auth import merchant, opens
from api.doors import Doors
from api.offers import identity
from api.price_views import prices_view
from plugin.errors import NotFound
from plugin.shop_window import with_its_prices

doors = Doors("prices", __name__, description="What a product cost over time, and what may be said of it")


@doors.get("/v1/products/<identity:product_id>/prices")
@opens("secret")
def prices(product_id: str) -> Response:
    """Answer the prices a product had, what may be struck beside its price today, and why."""
    shop = g.caller.shop
    product = with_its_prices(merchant().shops.memory(shop.shop_id).documents, identity(product_id))
    if product is None:
        raise NotFound(f"There is no product {identity(product_id)!r}.")
    return answer(prices_view(product, shop.settings.currency, shop.settings.timezone))

"""The shop's own documents: settings and products (contract, section 7)."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from api.answers import answer
from api.auth import merchant, opens
from api.bodies import parse, raw_body, valid
from api.doors import Doors
from api.lines import by_line, is_lines
from api.offers import identity, same_id
from api.schemas.documents import ListInQuery, ProductDocument, SettingsChange
from api.views import product_view
from plugin.doubts import doubts_of_settings
from plugin.errors import NotFound
from plugin.listing import listed
from plugin.merchant import product_of, settings_view

doors = Doors("catalogue", __name__, description="The shop's settings and products")

PRODUCT = ProductDocument()


@doors.get("/v1/shop")
@opens("secret")
def shop() -> Response:
    """Answer the shop's settings; secrets only as set."""
    return answer(settings_view(g.caller.shop.settings))


@doors.patch("/v1/shop")
@opens("secret")
@doors.arguments(SettingsChange)
def change_shop(changes: dict[str, Any]) -> Response:
    """Change some of the shop's settings; `warnings` names what looks like a slip."""
    view = settings_view(merchant().change_settings(g.caller.shop.shop_id, changes))
    doubts = doubts_of_settings(changes, g.caller.shop.catalogue)
    return answer({**view, "warnings": doubts} if doubts else view)


@doors.get("/v1/products")
@opens("secret")
@doors.arguments(ListInQuery, location="query")
def products(asked: dict[str, Any]) -> Response:
    """List the catalogue."""
    caller = g.caller
    items, following = listed(caller.shop.catalogue.by_id, asked["cursor"], asked["limit"])
    currency = caller.shop.settings.currency
    return answer({"items": [product_view(product, currency) for product in items], "next": following})


@doors.post("/v1/products")
@opens("secret")
def put_products() -> Response:
    """Add or change products: one document, or NDJSON with one document a line and one result for each."""
    if is_lines():
        caller, now = g.caller, merchant().clock()
        return by_line(
            lambda document: product_of(valid(PRODUCT, document), caller.shop, now),
            lambda good: merchant().put_products(caller.shop.shop_id, good),
        )
    written = valid(PRODUCT, parse(raw_body()))
    is_new = g.caller.shop.catalogue.get(written["product_id"]) is None
    return _kept(written, is_new)


@doors.get("/v1/products/<identity:product_id>")
@opens("secret")
def product(product_id: str) -> Response:
    """Answer one product."""
    found = g.caller.shop.catalogue.get(identity(product_id))
    if found is None:
        raise NotFound(f"There is no product {identity(product_id)!r}.")
    return answer(product_view(found, g.caller.shop.settings.currency))


@doors.put("/v1/products/<identity:product_id>")
@opens("secret")
@doors.arguments(ProductDocument)
def set_product(written: dict[str, Any], product_id: str) -> Response:
    """Write one product whole; what the document leaves out is forgotten."""
    same_id(written["product_id"], identity(product_id), "product_id")
    return _kept(written, g.caller.shop.catalogue.get(written["product_id"]) is None)


@doors.delete("/v1/products/<identity:product_id>")
@opens("secret")
def delete_product(product_id: str) -> Response:
    """Take a product out of the catalogue."""
    merchant().delete_product(g.caller.shop.shop_id, identity(product_id))
    return Response(status=204)


def _kept(written: dict[str, Any], is_new: bool) -> Response:
    shop = g.caller.shop
    kept = product_of(written, shop, merchant().clock())
    merchant().put_products(shop.shop_id, [kept])
    return answer(product_view(kept, shop.settings.currency), 201 if is_new else 200)

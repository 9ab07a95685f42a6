"""Offers to a shopper, and the rules behind them (contract, section 6)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from api.answers import answer
from api.auth import opens, storefront, visitor
from api.doors import Doors
from api.schemas.questions import OffersInQuery
from api.views import offers_view
from plugin.errors import Invalid

doors = Doors("offers", __name__, description="Offers to a shopper")


@doors.get("/v1/offers")
@opens("publishable", "secret")
@doors.arguments(OffersInQuery, location="query")
def offers(asked: dict[str, Any]) -> Response:
    """Answer this shopper's offers: what is granted, and what nearly is."""
    same_currency(asked["currency"])
    who = visitor(asked["shopper"], asked["locale"], asked["channel"])
    scene = storefront().scene(g.caller.shop.shop_id, who, asked["basket"])
    return answer(offers_view(scene, scene.verdicts))


def identity(in_path: str) -> str:
    """Return the id an address means: the path's, or for `-` the one in the query."""
    if in_path != "-":
        return in_path
    given = request.args.get("id")
    if not given:
        detail = "The address `-` needs the id in the query: `/-?id=...`."
        raise Invalid(detail, errors=[{"parameter": "id", "detail": detail}])
    return given


def same_currency(currency: str | None) -> None:
    """Refuse a question in another currency than the shop's."""
    own = g.caller.shop.settings.currency
    if currency is not None and currency.upper() != own:
        detail = f"This shop's prices are in {own}."
        raise Invalid(detail, errors=[{"parameter": "currency", "detail": detail}])


def same_id(written: str, addressed: str, name: str) -> None:
    """Refuse a document whose id is not the one in the address."""
    if written != addressed:
        detail = f"It is {written!r} here and {addressed!r} in the address."
        raise Invalid(f"/{name}: {detail}", errors=[{"pointer": f"/{name}", "detail": detail}])

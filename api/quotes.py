"""What a basket comes to with its offers: asked by a checkout, changes nothing (contract, section 6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response, g

from api import limits
from api.answers import answer
from api.auth import Caller, opens, storefront, visitor
from api.doors import Doors
from api.funding import funding_view
from api.schemas.quotes import QuoteSchema
from api.views import offers_view
from plugin.errors import Invalid
from plugin.gather import Scene
from plugin.money import as_document, minor_units
from plugin.offers.occasion import BasketLine
from plugin.offers.price import Discount, Quote, quote
from plugin.redemptions.entered import unusable
from plugin.redemptions.issuing import with_tokens

doors = Doors("quotes", __name__, description="What a basket comes to with its offers")


@doors.post("/v1/offers/quote")
@opens("publishable", "secret")
@doors.arguments(QuoteSchema)
def quoted(asked: dict[str, Any]) -> Response:
    """Answer what a basket comes to: each discount by line and offer, and what is to be paid."""
    caller: Caller = g.caller
    scene = checkout_scene(asked, caller, storefront().clock())
    found = quote(scene.shop.live_offers, scene.occasion)
    return answer(
        {
            **_sums(found, caller),
            **_verdicts(offers_view(scene, list(found.verdicts))),
            "codes": codes_view(scene),
            "tokens": list(scene.presented),
            **_funding(found, caller),
        }
    )


def checkout_scene(asked: dict[str, Any], caller: Caller, now: float) -> Scene:
    """Return everything a decision about this basket and these codes needs; wrong codes are counted.

    Raises what `priced_lines` raises, and `RateLimited` where too many codes were wrong.
    """
    shop_id = caller.shop.shop_id
    lines = priced_lines(asked["basket"], caller)
    if asked["codes"] or asked.get("tokens"):
        limits.codes_open(shop_id, caller.key.kind, now)
    who = visitor(asked["shopper"], asked["locale"], asked.get("channel"))
    scene = storefront().scene(shop_id, who, lines=lines, codes=tuple(asked["codes"]))
    scene = with_tokens(storefront().shops.memory(shop_id), scene, asked.get("tokens", ()))
    wrong = len(unusable(scene.entered)) + scene.presented.count(False)
    limits.codes_failed(shop_id, caller.key.kind, wrong, now)
    return scene


def priced_lines(basket: dict[str, Any], caller: Caller) -> tuple[BasketLine, ...]:
    """Return the basket at the catalogue's prices, or at those the shop's own server gives.

    Raises `Invalid` for another currency than the shop's, or a product without a price.
    """
    currency = caller.shop.settings.currency
    if basket["currency"] is not None and basket["currency"] != currency:
        raise _invalid("/basket/currency", f"This shop's prices are in {currency}.")
    lines = []
    for number, line in enumerate(basket["lines"]):
        product = caller.shop.catalogue.get(line["product_id"])
        price = product.price_now if product else None
        if caller.trusted and line["unit_price"] is not None:
            price = minor_units(line["unit_price"], currency)
        if price is None:
            where = f"/basket/lines/{number}/product_id"
            raise _invalid(where, "The catalogue has no price for it; give unit_price with the secret key.")
        lines.append(BasketLine(line["product_id"], line["quantity"], price))
    return tuple(lines)


def _sums(found: Quote, caller: Caller) -> dict[str, Any]:
    currency = caller.shop.settings.currency
    return {
        "subtotal": as_document(found.subtotal, currency),
        "discounts": discounts_view(found.discounts, currency),
        "total": as_document(found.total, currency),
        "free_shipping": found.free_shipping,
    }


def discounts_view(discounts: Iterable[Discount], currency: str) -> list[dict[str, Any]]:
    """Return what is taken off, by line and offer."""
    return [
        {
            "line": discount.line,
            "product_id": discount.product_id,
            "offer_id": discount.offer_id,
            "amount": as_document(discount.amount, currency),
        }
        for discount in discounts
    ]


def codes_view(scene: Scene) -> list[dict[str, Any]]:
    """Return of each code entered whether it opens anything; of one that does not, nothing else is told."""
    return [{"code": code.text, "usable": code.usable} for code in scene.entered]


def _funding(found: Quote, caller: Caller) -> dict[str, Any]:
    """What partners bear of it; the shop's own affair."""
    if not caller.trusted:
        return {}
    given = [
        (each.offer_id, sum(each.discounts), each.offer.funded_by)
        for each in found.verdicts
        if any(each.discounts)
    ]
    return {"funding": funding_view(given, caller.shop.settings.currency)}


def _verdicts(view: dict[str, Any]) -> dict[str, Any]:
    return {"verdicts": view["offers"]}


def _invalid(pointer: str, detail: str) -> Invalid:
    return Invalid(f"{pointer}: {detail}", errors=[{"pointer": pointer, "detail": detail}])

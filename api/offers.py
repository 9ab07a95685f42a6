"""Offers to a shopper, and the rules behind them (contract, section 6)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from api.answers import answer
from api.auth import merchant, opens, storefront, visitor
from api.doors import Doors
from api.schemas.documents import ListInQuery
from api.schemas.offers import OfferSchema
from api.schemas.questions import OffersInQuery
from api.schemas.tiers import TierLadderSchema
from api.views import offers_view
from plugin.errors import Invalid, NotFound
from plugin.listing import listed
from plugin.merchant import Expected
from plugin.offers.offer import Offer
from plugin.offers.sentences import Teller, rule_sentence

doors = Doors("offers", __name__, description="Offers, the rules behind them, and the tier ladder")


@doors.get("/v1/offers")
@opens("publishable", "secret")
@doors.arguments(OffersInQuery, location="query")
def offers(asked: dict[str, Any]) -> Response:
    """Answer this shopper's offers: what is granted, and what nearly is."""
    same_currency(asked["currency"])
    who = visitor(asked["shopper"], asked["locale"])
    scene = storefront().scene(g.caller.shop.shop_id, who, asked["basket"])
    return answer(offers_view(scene, scene.verdicts))


@doors.get("/v1/offer-rules")
@opens("secret")
@doors.arguments(ListInQuery, location="query")
def rules(asked: dict[str, Any]) -> Response:
    """List the shop's offer rules."""
    items, following = listed(g.caller.shop.offers, asked["cursor"], asked["limit"])
    return answer({"items": [_rule_view(offer) for offer in items], "next": following})


@doors.post("/v1/offer-rules")
@opens("secret")
@doors.arguments(OfferSchema)
def new_rule(written: dict[str, Any]) -> Response:
    """Write an offer rule; one of the same id gets a new version."""
    return _written(written)


@doors.get("/v1/offer-rules/<identity:offer_id>")
@opens("secret")
def rule(offer_id: str) -> Response:
    """Answer one offer rule."""
    offer = g.caller.shop.offers.get(identity(offer_id))
    if offer is None:
        raise NotFound(f"There is no offer rule {identity(offer_id)!r}.")
    return _rule_answer(offer, 200)


@doors.put("/v1/offer-rules/<identity:offer_id>")
@opens("secret")
@doors.arguments(OfferSchema)
def set_rule(written: dict[str, Any], offer_id: str) -> Response:
    """Write an offer rule under its id; `If-Match` with its version refuses to overwrite another's change."""
    same_id(written["offer_id"], identity(offer_id), "offer_id")
    return _written(written)


@doors.delete("/v1/offer-rules/<identity:offer_id>")
@opens("secret")
def delete_rule(offer_id: str) -> Response:
    """Take an offer rule away."""
    merchant().delete_offer(g.caller.shop.shop_id, identity(offer_id), _if_match())
    return Response(status=204)


@doors.get("/v1/tiers")
@opens("secret")
def tiers() -> Response:
    """Answer the shop's tier ladder."""
    shop = g.caller.shop
    return answer(shop.ladder.to_document(shop.settings.currency))


@doors.put("/v1/tiers")
@opens("secret")
@doors.arguments(TierLadderSchema)
def set_tiers(written: dict[str, Any]) -> Response:
    """Set the shop's tier ladder."""
    ladder = merchant().set_ladder(g.caller.shop.shop_id, written)
    return answer(ladder.to_document(g.caller.shop.settings.currency))


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


def _written(written: dict[str, Any]) -> Response:
    offer, is_new = merchant().put_offer(g.caller.shop.shop_id, written, _if_match())
    return _rule_answer(offer, 201 if is_new else 200)


def _if_match() -> Expected | None:
    """Which versions the caller saw (RFC 9110, section 13.1.1); None when it does not mind."""
    if "If-Match" not in request.headers:
        return None
    given = request.if_match
    return lambda version: bool(version) and given.contains(str(version))


def _rule_view(offer: Offer) -> dict[str, Any]:
    shop = g.caller.shop
    teller = Teller(
        shop.settings.locale, shop.settings.currency, shop.catalogue, shop.ladder, shop.settings.timezone
    )
    return {**offer.to_document(), "sentence": rule_sentence(offer, teller)}


def _rule_answer(offer: Offer, status: int) -> Response:
    response = answer(_rule_view(offer), status)
    response.headers["ETag"] = f'"{offer.version}"'
    return response

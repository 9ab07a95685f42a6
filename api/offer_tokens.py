"""Signed offers: issued to the shop's server, checked by anybody who has the public keys."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from api.answers import answer
from api.auth import Caller, merchant, opens, storefront, visitor
from api.doors import Doors
from api.moments import moment
from api.quotes import priced_lines
from api.schemas.offer_tokens import OfferTokenSchema, RevokedToken
from plugin.errors import NotFound
from plugin.redemptions.issuing import issue, key_set, revoke_token
from plugin.store.memory import SHOP_ID

doors = Doors("signed offers", __name__, description="Offers a till can check without asking")

KEPT_S = 300


@doors.post("/v1/offers/tokens")
@opens("secret")
@doors.arguments(OfferTokenSchema)
def token(asked: dict[str, Any]) -> Response:
    """Sign an offer that a shopper is granted, for so long; its place within the limits is held."""
    caller: Caller = g.caller
    shop_id = caller.shop.shop_id
    lines = () if asked["basket"] is None else priced_lines(asked["basket"], caller)
    scene = storefront().scene(shop_id, visitor(asked["shopper"]), lines=lines)
    memory = storefront().shops.memory(shop_id)
    signed, says = issue(merchant(), memory, scene, asked["offer_id"], asked["valid_seconds"])
    told = {"offer_id": says.offer_id, "version": says.version, "benefit": says.benefit}
    return answer({"token": signed, "jti": says.number, **told, "expires_at": moment(says.ends)}, 201)


@doors.post("/v1/offers/tokens/revoke")
@opens("secret")
@doors.arguments(RevokedToken)
def revoke(asked: dict[str, Any]) -> Response:
    """Have a signed offer open nothing any more, wherever this service is asked."""
    shop = g.caller.shop
    says = revoke_token(merchant(), storefront().shops.memory(shop.shop_id), shop, asked["token"])
    return answer({"jti": says.number, "offer_id": says.offer_id})


@doors.get("/v1/shops/<shop>/jwks")
def jwks(shop: str) -> Response:
    """Answer the public keys that a shop's offers are signed with."""
    if not SHOP_ID.match(shop):
        raise NotFound("There is no such shop.")
    shops = storefront().shops
    shops.store.existing(shop)
    response = answer(key_set(shops.view(shop, fresh=True)))
    response.headers["Cache-Control"] = f"public, max-age={KEPT_S}"
    return response

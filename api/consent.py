"""What a shopper allows: the shopper's own word, and the shop's (contract, section 8)."""

from __future__ import annotations

from flask import Response, g

from api.answers import answer
from api.auth import gpc, opens, storefront
from api.doors import Doors
from api.naming import named_shopper, oneself
from api.schemas.consent import ConsentDocument
from plugin.activity import Shopper
from plugin.rights.consent import consent_view
from plugin.rights.consenting import Speaker, say

doors = Doors("consent", __name__, description="What shoppers allow, and whose word counts")


@doors.get("/v1/shoppers/me/consent")
@opens("publishable")
def own_consent() -> Response:
    """Answer what counts for the shopper whose token this is, and by whose word."""
    return _counting(oneself())


@doors.put("/v1/shoppers/me/consent")
@opens("publishable")
@doors.arguments(ConsentDocument)
def say_own(words: dict[str, str]) -> Response:
    """Take the shopper's own word, which is above the shop's; it holds from the very next call on."""
    return _said(oneself(), words, "shopper")


@doors.get("/v1/shoppers/<identity:shopper_id>/consent")
@opens("secret")
def consent(shopper_id: str) -> Response:
    """Answer what counts for a shopper, and by whose word."""
    return _counting(named_shopper(shopper_id))


@doors.put("/v1/shoppers/<identity:shopper_id>/consent")
@opens("secret")
@doors.arguments(ConsentDocument)
def say_of(words: dict[str, str], shopper_id: str) -> Response:
    """Take the shop's word on a shopper, such as what was ticked in its own forms; theirs stays above it."""
    return _said(named_shopper(shopper_id), words, "shop")


def _counting(shopper: Shopper) -> Response:
    shop = g.caller.shop
    _, profile = storefront().shops.memory(shop.shop_id).gather(shopper)
    return answer(consent_view(profile, shop.settings, gpc()))


def _said(shopper: Shopper, words: dict[str, str], by: Speaker) -> Response:
    shop = g.caller.shop
    profile = say(storefront(), shop.shop_id, shopper, words, by)
    return answer(consent_view(profile, shop.settings, gpc()))

"""Gifts for the next visit: what an order may choose, what was chosen, and how it stands."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from api.answers import answer
from api.auth import Caller, opens, storefront, visitor
from api.doors import Doors
from api.moments import moment
from api.quotes import checkout_scene
from api.schemas.gifts import ChosenGift, GiftsInQuery
from plugin.activity import Shopper
from plugin.errors import Invalid, NotFound, Refused, Unauthenticated
from plugin.gather import Scene
from plugin.gifts.gift import Gift, opens_at
from plugin.gifts.giving import chosen, earned_by, gift_offers, give
from plugin.gifts.waiting import OPEN, WAITING, Standing, standings
from plugin.offers.offer import Offer
from plugin.offers.sentences import Teller, benefit_phrase
from plugin.offers.verdict import NEXT_VISIT
from plugin.store.memory import ShopMemory
from plugin.tiers.ladder import in_language

doors = Doors("gifts", __name__, description="Gifts for the next visit, chosen at the checkout")


@doors.get("/v1/gifts")
@opens("publishable", "secret")
@doors.arguments(GiftsInQuery, location="query")
def gifts(asked: dict[str, Any]) -> Response:
    """Answer this shopper's gifts, and with `order_id` what that order may choose from."""
    who = visitor(asked["shopper"], asked["locale"])
    shopper = _known(who.shopper)
    scene = storefront().scene(g.caller.shop.shop_id, who)
    memory = storefront().shops.memory(scene.shop.shop_id)
    offers: list[Offer] = []
    if asked["order_id"] is not None and chosen(memory, asked["order_id"], shopper) is None:
        earned = earned_by(memory, asked["order_id"], shopper, scene.now)
        names = list(dict.fromkeys(name for held in earned for name in held.gifts))
        offers = gift_offers(scene.shop, names)
    return answer(
        {
            "gifts": [gift_view(each, scene) for each in standings(memory, scene)],
            "choose": [_choice_view(offer, scene) for offer in offers],
        }
    )


@doors.post("/v1/gifts")
@opens("publishable", "secret")
@doors.arguments(ChosenGift)
def choose(asked: dict[str, Any]) -> Response:
    """Choose the gift of an order: once for each order, of what its checkout earned."""
    caller: Caller = g.caller
    who = visitor(asked["shopper"], asked["locale"])
    shopper = _known(who.shopper)
    if who.gpc and not caller.trusted:
        raise Refused(
            "This browser asks that nothing be kept of what it does (Sec-GPC), and a gift would be. "
            "The shop's server can choose it with the order."
        )
    memory, now = storefront().shops.memory(caller.shop.shop_id), storefront().clock()
    offer_id, order_id = asked["offer_id"], asked["order_id"]
    held = chosen(memory, order_id, shopper)
    if held is None:
        offer, redemption_id = _earned(memory, asked, shopper, now)
        held = give(memory, caller.shop, offer, shopper, order_id, now, redemption_id)
    elif held.offer_id != offer_id:
        raise Refused(f"This order chose offer {held.offer_id!r} already.")
    scene = storefront().scene(caller.shop.shop_id, who)
    return answer(gift_view(standing_of(held, scene), scene), 201)


def standing_of(gift: Gift, scene: Scene) -> Standing:
    """Return how a gift that was just given stands."""
    opens = opens_at(gift, scene.profile, scene.now, scene.shop.settings.timezone)
    return Standing(gift, OPEN if scene.now >= opens else WAITING, opens)


def _earned(memory: ShopMemory, asked: dict[str, Any], shopper: Shopper, now: float) -> tuple[Offer, str]:
    """The offer that an order earned, and the redemption that says so; empty where its basket does."""
    caller: Caller = g.caller
    offer_id, order_id = asked["offer_id"], asked["order_id"]
    redemptions = earned_by(memory, order_id, shopper, now)
    by = next((held.redemption_id for held in redemptions if offer_id in held.gifts), None)
    if by is None and not redemptions and caller.trusted and asked["basket"] is not None:
        scene = checkout_scene({**asked, "codes": []}, caller, now)
        granted = {verdict.offer_id for verdict in scene.verdicts if verdict.reason == NEXT_VISIT}
        by = "" if offer_id in granted else None
    elif by is None and not redemptions:
        detail = f"Nothing is known of an order {order_id!r} of this shopper that earns a gift."
        if caller.trusted:
            detail += " Give the basket to have it judged."
        raise NotFound(detail)
    if by is None:
        raise Refused(f"This order did not earn offer {offer_id!r}.")
    offers = gift_offers(caller.shop, [offer_id])
    if not offers:
        raise Refused(f"Offer {offer_id!r} is given no more.")
    return offers[0], by


def gift_view(held: Standing, scene: Scene) -> dict[str, Any]:
    """Return a gift as it is told."""
    gift, offer = held.gift, scene.shop.offers.get(held.gift.offer_id)
    told = {"title": None, "sentence": None, "benefit": None} if offer is None else _told(offer, scene)
    return {
        "gift_id": gift.gift_id,
        "offer_id": gift.offer_id,
        "order_id": gift.order_id,
        **told,
        "state": held.state,
        "given_at": moment(gift.given_at),
        "opens_at": moment(held.opens),
        "expires_at": moment(gift.ends),
    }


def _choice_view(offer: Offer, scene: Scene) -> dict[str, Any]:
    return {"offer_id": offer.offer_id, **_told(offer, scene)}


def _told(offer: Offer, scene: Scene) -> dict[str, Any]:
    teller = Teller.of(scene.occasion)
    phrase = benefit_phrase(offer.gives, teller)
    return {
        "title": in_language(offer.title, scene.locale or scene.shop.settings.locale),
        "sentence": teller.word("granted", benefit=phrase[:1].upper() + phrase[1:]),
        "benefit": offer.benefit,
    }


def _known(shopper: Shopper | None) -> Shopper:
    if shopper is not None and shopper.known:
        return shopper
    caller: Caller = g.caller
    if caller.trusted:
        detail = "Whose gifts are these? The shop's server names the shopper."
        raise Invalid(f"/shopper: {detail}", errors=[{"pointer": "/shopper", "detail": detail}])
    raise Unauthenticated("Gifts are for shoppers; bring a shopper token in `Rapport-Shopper`.")

"""Offers redeemed at a checkout: reserved, committed, released, returned (contract, section 6)."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from flask import Response, g, request

from api.answers import answer
from api.auth import Caller, merchant, opens, storefront, visitor
from api.doors import Doors
from api.funding import funding_view
from api.gifts import gift_view, standing_of
from api.idempotency import HEADER
from api.moments import moment
from api.offers import identity
from api.quotes import checkout_scene, codes_view, discounts_view
from api.schemas.redemptions import (
    CodesSchema,
    CommitSchema,
    NothingSchema,
    RedemptionSchema,
    ReturnSchema,
    RevokeSchema,
)
from api.views import offers_view
from plugin.activity import Shopper
from plugin.errors import Invalid, LimitReached, Refused
from plugin.gifts.giving import gift_offers, give
from plugin.money import as_document
from plugin.offers.price import Discount
from plugin.redemptions.desk import Desk
from plugin.redemptions.made import make_codes, revoke_codes
from plugin.redemptions.redeeming import Wish, desk_of, redeem
from plugin.redemptions.redemption import RESERVED, Redemption

doors = Doors("redemptions", __name__, description="Offers redeemed, within their limits")
ONE = "/v1/redemptions/<identity:redemption_id>"


@doors.post("/v1/redemptions")
@opens("secret")
@doors.arguments(RedemptionSchema)
def reserve(asked: dict[str, Any]) -> Response:
    """Reserve what a basket's offers give: all of it, for a while, or nothing."""
    caller: Caller = g.caller
    shop_id, now = caller.shop.shop_id, storefront().clock()
    scene = checkout_scene(asked, caller, now)
    forged = tuple(at for at, each in enumerate(scene.presented) if not each)
    wish = Wish(*_named(shop_id, asked), asked["hold_seconds"], asked["used_up"] == "leave_out", forged)
    redeemed, found = redeem(storefront().shops.memory(shop_id), scene, wish)
    verdicts = offers_view(scene, list(found.verdicts))["offers"]
    told = {**redemption_view(redeemed, now), "verdicts": verdicts, "codes": codes_view(scene)}
    return answer(told, 201)


@doors.get(ONE)
@opens("secret")
def redemption(redemption_id: str) -> Response:
    """Answer how a redemption stands."""
    return _answer(_desk().find(identity(redemption_id)))


@doors.post(f"{ONE}/commit")
@opens("secret")
@doors.arguments(CommitSchema)
def commit(said: dict[str, Any], redemption_id: str) -> Response:
    """Have a redemption belong to an order; one that holds nothing takes its place anew if there is room.

    With `gift` the order chooses its gift for the next visit, too. Where that cannot be given the order
    stands all the same, and `gift_refused` says why.
    """
    held = _desk().commit(identity(redemption_id), said["order_id"], storefront().clock())
    told = redemption_view(held, storefront().clock())
    if said["gift"] is None:
        return answer(told)
    try:
        return answer({**told, "gift": _gift(held, said["gift"], said["shopper"]), "gift_refused": None})
    except (Refused, LimitReached) as refused:
        return answer({**told, "gift": None, "gift_refused": {"code": refused.code, "detail": str(refused)}})


def _gift(held: Redemption, offer_id: str, shopper_id: str) -> dict[str, Any]:
    shop, now, who = g.caller.shop, storefront().clock(), visitor(shopper_id)
    memory, shopper = storefront().shops.memory(shop.shop_id), Shopper(shopper_id)
    if memory.shopper_mark(shopper.ref) != held.shopper:
        raise Refused("This redemption is another shopper's.")
    offers = gift_offers(shop, [offer_id])
    if offer_id not in held.gifts or not offers:
        raise Refused(f"This checkout did not earn offer {offer_id!r} for the next visit.")
    given = give(memory, shop, offers[0], shopper, held.order_id or "", now, held.redemption_id)
    scene = storefront().scene(shop.shop_id, who)
    return gift_view(standing_of(given, scene), scene)


@doors.post(f"{ONE}/reopen")
@opens("secret")
@doors.arguments(NothingSchema)
def reopen(said: dict[str, Any], redemption_id: str) -> Response:
    """Take the cancellation of a redemption's order back, where its offers still have room."""
    return _answer(_desk().reopen(identity(redemption_id), storefront().clock()))


@doors.post(f"{ONE}/release")
@opens("secret")
@doors.arguments(NothingSchema)
def release(said: dict[str, Any], redemption_id: str) -> Response:
    """Give back what a redemption holds."""
    return _answer(_desk().release(identity(redemption_id), storefront().clock()))


@doors.post(f"{ONE}/return")
@opens("secret")
@doors.arguments(ReturnSchema)
def give_back(said: dict[str, Any], redemption_id: str) -> Response:
    """Count pieces that came back. The same Idempotency-Key, or without one the same lines, count once."""
    lines: dict[int, int] = {}
    for each in said["lines"]:
        lines[each["line"]] = lines.get(each["line"], 0) + each["quantity"]
    return_id = _digest(request.headers.get(HEADER) or orjson.dumps(sorted(lines.items())).decode())
    now = storefront().clock()
    return _answer(_desk().give_back(identity(redemption_id), return_id, lines, now))


@doors.post("/v1/offer-rules/<identity:offer_id>/codes")
@opens("secret")
@doors.arguments(CodesSchema)
def codes(asked: dict[str, Any], offer_id: str) -> Response:
    """Make codes for an offer, which from then on opens by a code only. They are told this once."""
    shop_id, offer, until = g.caller.shop.shop_id, identity(offer_id), _until(asked["until"])
    made = make_codes(merchant(), shop_id, offer, asked["count"], asked["prefix"], asked["uses"], until)
    told = {"offer_id": offer, "count": len(made), "uses": asked["uses"]}
    return answer({**told, "until": moment(until), "codes": made}, 201)


@doors.post("/v1/offer-rules/<identity:offer_id>/codes/revoke")
@opens("secret")
@doors.arguments(RevokeSchema)
def revoke(asked: dict[str, Any], offer_id: str) -> Response:
    """Have codes of an offer open nothing any more: those that are named, or all that were made for it."""
    shop_id, offer = g.caller.shop.shop_id, identity(offer_id)
    gone = revoke_codes(merchant(), shop_id, offer, None if asked["all"] else asked["codes"])
    return answer({"offer_id": offer, "revoked": gone})


def redemption_view(held: Redemption, now: float) -> dict[str, Any]:
    """Return a redemption as it is told."""
    currency, state = held.currency, held.told(now)
    discounts = [
        Discount(at, held.lines[at].product_id, given.offer_id, amount)
        for given in held.given
        for at, amount in given.by_line.items()
    ]
    lines = [
        {
            "line": at,
            "product_id": line.product_id,
            "quantity": line.quantity,
            "unit_price": as_document(line.unit_price, currency),
            "returned": back,
        }
        for at, (line, back) in enumerate(zip(held.lines, held.back(), strict=True))
    ]
    return {
        "redemption_id": held.redemption_id,
        "state": state,
        "expires_at": moment(held.until) if state == RESERVED else None,
        "order_id": held.order_id,
        "subtotal": as_document(held.subtotal, currency),
        "discounts": discounts_view(sorted(discounts, key=lambda each: (each.line, each.offer_id)), currency),
        "total": as_document(held.total, currency),
        "free_shipping": held.free_shipping,
        "lines": lines,
        "refund": as_document(held.refund(), currency),
        "gifts": list(held.gifts),
        "funding": funding_view(
            ((given.offer_id, held.left_of(given)[0], given.funders) for given in held.given), currency
        ),
    }


def _answer(held: Redemption) -> Response:
    return answer(redemption_view(held, storefront().clock()))


def _desk() -> Desk:
    shop_id = g.caller.shop.shop_id
    return desk_of(storefront().shops.memory(shop_id), storefront().shops.view(shop_id))


def _named(shop_id: str, asked: Mapping[str, Any]) -> tuple[str, str]:
    """The redemption's id, the same for the same Idempotency-Key, and a fingerprint of what is asked.

    So a request that broke off anywhere goes on where it was when it is sent again.
    """
    key = request.headers.get(HEADER)
    name = _digest(f"{shop_id}\0{key}") if key else secrets.token_hex(16)
    return f"d_{name}", _digest(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS).decode())


def _digest(text: str) -> str:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=20).digest()
    return base64.b32encode(digest).decode().lower()


def _until(given: str | None) -> float | None:
    if given is None:
        return None
    until = datetime.fromisoformat(given).timestamp()
    if until <= storefront().clock():
        raise Invalid(
            "The codes would be over already.", errors=[{"pointer": "/until", "detail": "Is over."}]
        )
    return until

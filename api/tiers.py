"""The tier ladder, tiers set by hand, and points (contract, section 7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, g

from api.answers import answer
from api.auth import Caller, acting, merchant, opens, storefront
from api.doors import Doors
from api.naming import named_shopper
from api.schemas.tiers import PointsSchema, TierByHandSchema, TierLadderSchema
from api.tier_views import tier_history_view, tier_view
from plugin.activity import Shopper
from plugin.errors import Invalid
from plugin.storefront import Visitor
from plugin.tiers.by_hand import give_points, set_tier, unset_tier
from plugin.tiers.preview import preview
from plugin.tiers.recorded import ByHand

doors = Doors("tiers", __name__, description="The tier ladder, who stands where and why, and points")
OF_SHOPPER = "/v1/shoppers/<identity:shopper_id>/tier"


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


@doors.post("/v1/tiers/preview")
@opens("secret")
@doors.arguments(TierLadderSchema)
def preview_tiers(written: dict[str, Any]) -> Response:
    """Answer who would stand where on this ladder, and how many would flip; it changes nothing."""
    front = storefront()
    return answer(preview(front.shops, g.caller.shop.shop_id, written, front.clock()))


@doors.get(OF_SHOPPER)
@opens("secret")
def tier(shopper_id: str) -> Response:
    """Answer where a shopper stands, why, what is next, and what became of it so far."""
    return _standing(_known(shopper_id))


@doors.put(OF_SHOPPER)
@opens("secret")
@doors.arguments(TierByHandSchema)
def set_by_hand(written: dict[str, Any], shopper_id: str) -> Response:
    """Set a shopper's tier by hand, with the reason; as the least they stand in, or exactly."""
    who, front, caller = _known(shopper_id), storefront(), _caller()
    until = None if written["until"] is None else datetime.fromisoformat(written["until"]).timestamp()
    word = ByHand(written["tier"], front.clock(), written["reason"], acting(), until, written["exact"])
    if set_tier(front, caller.shop.shop_id, who, word):
        _audited("tier.set_by_hand", who, tier=word.tier, exact=word.exact)
    return _standing(who)


@doors.delete(OF_SHOPPER)
@opens("secret")
def unset_by_hand(shopper_id: str) -> Response:
    """Take back a tier set by hand: the figures' own counts again."""
    who = _known(shopper_id)
    unset_tier(storefront(), _caller().shop.shop_id, who, acting())
    _audited("tier.unset_by_hand", who)
    return Response(status=204)


@doors.post("/v1/shoppers/<identity:shopper_id>/points")
@opens("secret")
@doors.arguments(PointsSchema)
def points(written: dict[str, Any], shopper_id: str) -> Response:
    """Give a shopper points, or take some; each id counts once for this shopper, however often it is sent."""
    who, front, caller = _known(shopper_id), storefront(), _caller()
    given = written["points"], written["reason"], written["id"]
    counted = give_points(front, caller.shop.shop_id, who, *given)
    if counted:
        _audited("points.given", who, points=written["points"])
    scene = front.scene(caller.shop.shop_id, Visitor(who, trusted=True))
    told = {"id": written["id"], "counted": counted, "tier": tier_view(scene)}
    return answer(told, 201 if counted else 200)


def _caller() -> Caller:
    return g.caller


def _known(in_path: str) -> Shopper:
    """Return the known shopper of an address. Raises `Invalid` for a visitor: only shoppers have a tier."""
    who = named_shopper(in_path)
    if not who.known:
        detail = "A visitor stands in no tier; name a shopper."
        raise Invalid(detail, errors=[{"parameter": "anonymous_id", "detail": detail}])
    return who


def _standing(who: Shopper) -> Response:
    scene = storefront().scene(_caller().shop.shop_id, Visitor(who, trusted=True))
    return answer({**tier_view(scene), "history": tier_history_view(scene)})


def _audited(did: str, who: Shopper, **what: Any) -> None:
    """Note who did it; the chain outlives shoppers and never names one, so a mark stands for this one."""
    memory = storefront().shops.memory(_caller().shop.shop_id)
    merchant().audit(memory.shop, did, shopper=memory.shopper_mark(who.ref), **what)

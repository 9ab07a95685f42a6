"""What a shopper will need and when, and who is about to look elsewhere."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from api.answers import answer
from api.auth import opens, storefront, visitor
from api.doors import Doors
from api.naming import named_shopper, oneself
from api.need_views import needs_view, signal_view
from api.schemas.needs import NeedsInQuery, SignalsInQuery
from plugin.activity import Shopper
from plugin.errors import Invalid, NotFound
from plugin.gather import Scene
from plugin.needs.needed import needed
from plugin.needs.signals import signals, signals_of_all
from plugin.storefront import Visitor

doors = Doors("needs", __name__, description="What is needed again, and who is about to look elsewhere")


@doors.get("/v1/shoppers/me/needs")
@opens("publishable")
@doors.arguments(NeedsInQuery, location="query")
def my_needs(asked: dict[str, Any]) -> Response:
    """Answer what the shopper whose token this is needs in the coming days, earliest first, and why."""
    oneself()
    scene = storefront().scene(g.caller.shop.shop_id, visitor(None, asked["locale"]))
    return answer(needs_view(scene, needed(scene, asked["days"]), asked["days"]))


@doors.get("/v1/shoppers/<identity:shopper_id>/needs")
@opens("secret")
@doors.arguments(NeedsInQuery, location="query")
def needs(asked: dict[str, Any], shopper_id: str) -> Response:
    """Answer what one shopper needs in the coming days, earliest first, and why."""
    scene = _scene_of(shopper_id, asked["locale"])
    return answer(needs_view(scene, needed(scene, asked["days"]), asked["days"]))


@doors.get("/v1/shoppers/<identity:shopper_id>/signals")
@opens("secret")
def signals_of_one(shopper_id: str) -> Response:
    """Answer what one shopper bought here regularly and no longer does, with what shows it."""
    found = signals(_scene_of(shopper_id))
    return answer({"signals": [signal_view(each) for each in found]})


@doors.get("/v1/signals")
@opens("secret")
@doors.arguments(SignalsInQuery, location="query")
def all_signals(asked: dict[str, Any]) -> Response:
    """Answer who no longer buys here what they bought regularly, a part of the shoppers at a time.

    A part may hold no signal at all and still have a `next`.
    """
    behind = asked["cursor"] or ""
    if behind and not behind.startswith(Shopper("").ref):
        detail = "This is no place in the list; hand `next` of the page before back as it was."
        raise Invalid(detail, errors=[{"parameter": "cursor", "detail": detail}])
    found, following = signals_of_all(storefront(), g.caller.shop.shop_id, behind)
    return answer({"items": [signal_view(each) for each in found], "next": following})


def _scene_of(shopper_id: str, locale: str | None = None) -> Scene:
    named = named_shopper(shopper_id)
    scene = storefront().scene(g.caller.shop.shop_id, Visitor(named, trusted=True, locale=locale))
    if not scene.profile.events:
        raise NotFound(f"Nothing is known of a shopper {named.id!r}.")
    return scene

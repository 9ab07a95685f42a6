"""What the shop knows of a shopper (contract, section 8)."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from api.answers import answer
from api.auth import Caller, opens, storefront, visitor
from api.doors import Doors
from api.moments import moment
from api.offers import identity
from api.views import tier_view
from plugin.activity import Shopper
from plugin.errors import NotFound, Unauthenticated
from plugin.gather import Scene
from plugin.money import as_document
from plugin.storefront import Visitor

doors = Doors("shoppers", __name__, description="What the shop knows of a shopper")


@doors.get("/v1/shoppers/me")
@opens("publishable")
def me() -> Response:
    """Answer what the shop knows of the shopper whose token this is."""
    who = visitor(None)
    if who.shopper is None or not who.shopper.known:
        raise Unauthenticated("Who you are is not known; bring a shopper token in `Rapport-Shopper`.")
    scene = storefront().scene(g.caller.shop.shop_id, who)
    return answer({"shopper_id": who.shopper.id, "tier": tier_view(scene), "ownership": _ownership(scene)})


@doors.get("/v1/shoppers/<identity:shopper_id>")
@opens("secret")
def shopper(shopper_id: str) -> Response:
    """Answer what the shop knows of one shopper."""
    caller: Caller = g.caller
    known = Shopper(identity(shopper_id))
    scene = storefront().scene(caller.shop.shop_id, Visitor(known, trusted=True))
    if not scene.profile.events:
        raise NotFound(f"Nothing is known of a shopper {known.id!r}.")
    figures = scene.figures
    recency = None if figures.last_at is None else round((scene.now - figures.last_at) / 86400, 2)
    return answer(
        {
            "shopper_id": known.id,
            "tier": tier_view(scene),
            "value": {
                "recency_days": recency,
                "frequency": figures.orders,
                "monetary": as_document(figures.spent, caller.shop.settings.currency),
            },
            "ownership": _ownership(scene),
        }
    )


def _ownership(scene: Scene) -> list[dict[str, Any]]:
    held = sorted(scene.owned.values(), key=lambda owned: (-owned.last_at, owned.product_id))
    return [
        {
            "product_id": owned.product_id,
            "quantity": owned.quantity,
            "since": moment(owned.first_at),
            "state": owned.state,
        }
        for owned in held
    ]

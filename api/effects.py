"""What an offer brings beyond what would have come anyway."""

from __future__ import annotations

from flask import Response, g

from api.answers import answer
from api.auth import opens, storefront
from api.doors import Doors
from api.offers import identity
from plugin.errors import NotFound

doors = Doors("effects", __name__, description="What offers bring, offered beside held out")


@doors.get("/v1/offer-rules/<identity:offer_id>/effect")
@opens("secret")
def effect(offer_id: str) -> Response:
    """Answer what an offer was found to bring, as the background work measured it last."""
    from api.effect_views import effect_view  # learning is not loaded until somebody asks
    from plugin.uplift.measuring import known_effect

    shop, front = g.caller.shop, storefront()
    offer = shop.offers.get(identity(offer_id))
    if offer is None:
        raise NotFound(f"There is no offer rule {identity(offer_id)!r}.")
    found = known_effect(front.shops, shop.shop_id, offer, front.clock())
    return answer(effect_view(found, shop.settings.currency))

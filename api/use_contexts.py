"""Learned contexts: what products are used for together, and what the merchant says of it."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from api.answers import answer
from api.auth import merchant, opens, storefront
from api.context_views import context_view
from api.doors import Doors
from api.offers import identity
from api.schemas.documents import ListInQuery
from api.schemas.uses import ContextChange
from plugin.listing import listed
from plugin.uses.learned import contexts_of
from plugin.uses.naming_contexts import change_context

doors = Doors("contexts", __name__, description="What products are used for together, as orders tell")


@doors.get("/v1/use-contexts")
@opens("secret")
@doors.arguments(ListInQuery, location="query")
def contexts(asked: dict[str, Any]) -> Response:
    """List what products of the shop are used for together, as its orders tell."""
    shop = g.caller.shop
    found = contexts_of(shop, storefront().shops.model(shop))
    items, following = listed(found, asked["cursor"], asked["limit"])
    return answer({"items": [context_view(each, shop) for each in items], "next": following})


@doors.patch("/v1/use-contexts/<identity:context_id>")
@opens("secret")
@doors.arguments(ContextChange)
def change(changes: dict[str, Any], context_id: str) -> Response:
    """Name a context, hide it, or count it as another; null takes a word back."""
    shop_id = g.caller.shop.shop_id
    changed = change_context(merchant(), shop_id, identity(context_id), changes)
    return answer(context_view(changed, merchant().shops.view(shop_id)))

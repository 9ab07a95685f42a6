"""Making two shoppers one, by the shop's word, and several again (contract, section 8)."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from api.answers import answer
from api.auth import merchant, opens, storefront
from api.doors import Doors
from api.schemas.merging import Merge, Unmerge
from plugin.identity.joining import merge, unmerge
from plugin.store.memory import ShopMemory
from plugin.store.safety import demand_safety

doors = Doors("merging", __name__, description="Making shoppers one, and several again")


@doors.post("/v1/shoppers/merge")
@opens("secret")
@doors.arguments(Merge)
def merged(asked: dict[str, Any]) -> Response:
    """Make one shopper a part of another: from now on both are one. Asked again, it says the same."""
    merge_id, new = merge(_memory(), asked["part"], asked["into"], storefront().clock)
    if new:
        merchant().audit(g.caller.shop.shop_id, "shoppers.merged", merge_id=merge_id)
    return answer({"merge_id": merge_id}, 201 if new else 200)


@doors.post("/v1/shoppers/unmerge")
@opens("secret")
@doors.arguments(Unmerge)
def unmerged(asked: dict[str, Any]) -> Response:
    """Undo a merge: each is exactly who they were, with what came under each in between.

    A visitor's number that was joined at a sign-in is taken from its shopper by the `merge_id` listed among
    the shopper's identities; that shopper never gets it again.
    """
    if unmerge(_memory(), asked["merge_id"], storefront().clock):
        merchant().audit(g.caller.shop.shop_id, "shoppers.unmerged", merge_id=asked["merge_id"])
    return answer({"merge_id": asked["merge_id"]})


def _memory() -> ShopMemory:
    demand_safety(storefront().safety())
    return storefront().shops.memory(g.caller.shop.shop_id)
